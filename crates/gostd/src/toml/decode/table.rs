//! Where keys and their values go, and which may be defined again: the rules of the original, not those of TOML.

use super::cursor::{Read, quoted};
use super::document::{Reader, Step, dotted, rune_or_end};
use super::tables::{PathId, Slot, TableId};
use crate::Str;

impl Reader<'_> {
    /// Returns the table and the path that keys go into.
    fn here(&self) -> (Option<TableId>, PathId) {
        self.context.last().map_or((Some(0), 0), |step| (step.table, step.path))
    }

    fn context_name(&self) -> String {
        dotted(self.context.iter().map(|step| &step.part))
    }

    /// Makes `[a.b]` or `[[a.b]]` the table that keys go into.
    pub fn open_header(&mut self, names: &[Str], many: bool) -> Read<()> {
        let Some((last, parents)) = names.split_last() else { return Ok(()) };
        let mut steps: Vec<Step> = Vec::with_capacity(names.len());
        let (mut table, mut path) = (0, 0);
        for (at, part) in parents.iter().enumerate() {
            let found = self.tables.get(table, part).map(Slot::table);
            path = self.paths.add(path, part);
            table = match found {
                Some(Some(table)) => table,
                Some(None) => {
                    let name = dotted(names[..=at].iter());
                    return self.key_fault(format!("Key '{name}' was already created as a hash."));
                }
                None => {
                    self.paths.mark(path).implicit = true;
                    self.new_table(table, part)
                }
            };
            steps.push(Step { part: part.clone(), table: Some(table), path });
        }
        self.context = steps;
        let path = self.paths.add(path, last);
        self.open(last, path, many)?;
        self.paths.mark(path).list = false;
        Ok(())
    }

    fn new_table(&mut self, parent: TableId, part: &Str) -> TableId {
        let table = self.tables.add();
        self.tables.set(parent, part, Slot::Table(table));
        table
    }

    /// Opens a table, or one more table of a list of tables, below the current one.
    fn open(&mut self, part: &Str, path: PathId, many: bool) -> Read<()> {
        let (Some(parent), _) = self.here() else {
            let name = self.context_name();
            return self.key_fault(format!("Key '{name}' was already created as a hash."));
        };
        let table = match many {
            true => match self.tables.append(parent, part) {
                Some(table) => Some(table),
                None => {
                    let name = dotted(self.context.iter().map(|step| &step.part).chain([part]));
                    let text = "was already created and cannot be used as an array.";
                    return self.key_fault(format!("Key '{name}' {text}"));
                }
            },
            false => {
                let table = self.tables.add();
                self.set(part, Slot::Table(table))?;
                self.tables.get(parent, part).and_then(Slot::table)
            }
        };
        self.context.push(Step { part: part.clone(), table, path });
        Ok(())
    }

    /// Opens the tables that the front parts of a key name; the last part becomes the current key.
    pub fn open_parents(&mut self, parts: &[Str]) -> Read<()> {
        let Some((last, parents)) = parts.split_last() else { return Ok(()) };
        self.key = last.clone();
        for part in parents {
            let path = self.paths.add(self.here().1, part);
            self.paths.mark(path).implicit = true;
            self.open(part, path, false)?;
        }
        Ok(())
    }

    /// Gives the current key its value.
    pub fn define(&mut self, slot: Slot) -> Read<()> {
        let is_list = slot.is_list();
        let key = self.key.clone();
        self.set(&key, slot)?;
        self.mark_list(is_list);
        Ok(())
    }

    /// Sets a key of the current table. A key that was only implied keeps its table; one marked as a list loses it.
    fn set(&mut self, key: &Str, slot: Slot) -> Read<()> {
        let (table, path) = self.here();
        let Some(table) = table else {
            let name = self.context_name();
            return self.key_fault(format!("Key '{name}' has already been defined."));
        };
        if self.tables.get(table, key).is_none() {
            self.tables.set(table, key, slot);
            return Ok(());
        }
        if let Some(path) = self.paths.find(path, key) {
            let mark = self.paths.mark(path);
            if mark.implicit {
                mark.implicit = false;
                if mark.list {
                    self.tables.set(table, key, slot);
                }
                return Ok(());
            }
        }
        let name = dotted(self.context.iter().map(|step| &step.part).chain([key]));
        self.key_fault(format!("Key '{name}' has already been defined."))
    }

    /// Marks the current key as a list or not; with an empty key, by an oddity of the original, the current table.
    pub fn mark_list(&mut self, is_list: bool) {
        let (_, here) = self.here();
        if self.key.is_empty() && !self.context.is_empty() {
            self.paths.mark(here).list = is_list;
        } else if is_list {
            let path = self.paths.add(here, &self.key);
            self.paths.mark(path).list = true;
        } else if let Some(path) = self.paths.find(here, &self.key) {
            self.paths.mark(path).list = false;
        }
    }

    /// Reads `{a = 1}` behind the brace. Its keys go into the document, where faults are found, and into a table of its
    /// own, which is the value.
    pub fn inline_table(&mut self, in_list: bool) -> Read<Slot> {
        let (outer, outer_key) = (self.context.len(), std::mem::take(&mut self.key));
        self.open_inline(&outer_key, in_list)?;
        let own = self.tables.add();
        loop {
            match self.next_in_brackets()? {
                ',' => return self.cursor.fail("unexpected comma"),
                '}' => break,
                _ => self.cursor.back(),
            }
            self.inline_pair(own)?;
            self.context.truncate(outer + 1);
            match self.next_in_brackets()? {
                ',' => {}
                '}' => break,
                c => {
                    let text = "expected a comma or an inline table terminator '}', but got";
                    return self.cursor.fail(format!("{text} {} instead", rune_or_end(c)));
                }
            }
        }
        self.context.truncate(outer);
        self.key = outer_key;
        Ok(Slot::Table(own))
    }

    fn open_inline(&mut self, key: &Str, in_list: bool) -> Read<()> {
        let (table, path) = self.here();
        let path = self.paths.add(path, key);
        self.paths.mark(path).implicit = true;
        if table.is_none() {
            let name = self.context_name();
            self.context.push(Step { part: key.clone(), table: None, path });
            return self.key_fault(format!("Key '{name}' was already created as a hash."));
        }
        self.open(key, path, in_list)
    }

    fn inline_pair(&mut self, own: TableId) -> Read<()> {
        let parts = self.key_parts()?;
        self.open_parents(&parts)?;
        let slot = self.value(false)?;
        self.define(slot.clone())?;
        let mut table = own;
        for part in &parts[..parts.len().saturating_sub(1)] {
            table = match self.tables.get(table, part) {
                Some(Slot::Table(table)) => *table,
                None => self.new_table(table, part),
                Some(_) => return self.key_fault(format!("{} is not a table", quoted(self.context_name().as_bytes()))),
            };
        }
        let key = self.key.clone();
        self.tables.set(table, &key, slot);
        Ok(())
    }
}

//! Lines of a document: headers, and keys with their values.

use super::super::quote::append_quoted;
use super::MAX_DEPTH;
use super::cursor::{Cursor, END, Fault, Read, is_bare, is_blank, is_line_end, is_space, shown};
use super::tables::{PathId, Paths, Slot, TableId, Tables};
use crate::{GoError, Str, Value};

/// A part of the key of the table that keys go into.
pub struct Step {
    pub part: Str,
    /// None when the key stands for no table: the fault comes with the next key below it.
    pub table: Option<TableId>,
    pub path: PathId,
}

pub struct Reader<'a> {
    pub cursor: Cursor<'a>,
    /// The table that keys go into.
    pub context: Vec<Step>,
    /// The last part of the key whose value is read.
    pub key: Str,
    /// The line that faults of keys name: that of the last key that began.
    pub key_line: i64,
    pub tables: Tables,
    pub paths: Paths,
    /// How many lists are open around this value.
    pub depth: usize,
}

pub fn read(text: &[u8]) -> Result<Value, GoError> {
    let mut reader = Reader {
        cursor: Cursor::new(text),
        context: Vec::new(),
        key: Str::default(),
        key_line: 0,
        tables: Tables::default(),
        paths: Paths::new(),
        depth: 0,
    };
    let root = reader.tables.add();
    match reader.document() {
        Ok(()) => Ok(reader.tables.value(&Slot::Table(root))),
        Err(fault) => Err(fault.error(&reader.last_key())),
    }
}

/// Writes a key with dots, its parts in quotes where TOML needs them.
pub fn dotted<'k>(parts: impl Iterator<Item = &'k Str>) -> String {
    let mut out = Vec::new();
    for part in parts {
        if !out.is_empty() {
            out.push(b'.');
        }
        match !part.is_empty() && part.iter().all(|byte| is_bare(char::from(*byte))) {
            true => out.extend_from_slice(part),
            false => append_quoted(&mut out, part),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl Reader<'_> {
    fn last_key(&self) -> String {
        let context = dotted(self.context.iter().map(|step| &step.part));
        match (self.key.is_empty(), self.context.is_empty()) {
            (true, _) => context,
            // The original quotes no key without a context.
            (false, true) => self.key.to_text().into_owned(),
            (false, false) => format!("{context}.{}", self.key.to_text()),
        }
    }

    fn document(&mut self) -> Read<()> {
        loop {
            self.cursor.skip(is_space)?;
            match self.cursor.next()? {
                END => return Ok(()),
                '#' => self.cursor.comment()?,
                '[' => {
                    self.header()?;
                    self.line_end()?;
                }
                _ => {
                    self.cursor.back();
                    self.pair()?;
                    self.line_end()?;
                }
            }
        }
    }

    fn line_end(&mut self) -> Read<()> {
        self.cursor.skip(is_blank)?;
        match self.cursor.next()? {
            '#' => self.cursor.comment(),
            END => {
                self.cursor.back();
                Ok(())
            }
            c if is_line_end(c) => Ok(()),
            c => {
                let text = "expected a top-level item to end with a newline, comment, or EOF, but got";
                self.cursor.fail(format!("{text} {} instead", shown(c)))
            }
        }
    }

    fn header(&mut self) -> Read<()> {
        let many = self.cursor.accept('[')?;
        let names = self.header_names()?;
        if many {
            let next = self.cursor.next()?;
            if next != ']' {
                let text = "expected end of table array name delimiter ']', but got";
                return self.cursor.fail(format!("{text} {} instead", shown(next)));
            }
        }
        self.open_header(&names, many)
    }

    fn header_names(&mut self) -> Read<Vec<Str>> {
        let mut names = Vec::new();
        loop {
            self.cursor.skip(is_blank)?;
            match self.cursor.peek()? {
                ']' | END => return self.cursor.fail("unexpected end of table name (table names cannot be empty)"),
                '.' => return self.cursor.fail("unexpected table separator (table names cannot be empty)"),
                first => self.key_part(first, &mut names)?,
            }
            match self.cursor.next()? {
                '.' => {}
                ']' => return Ok(names),
                c => {
                    let text = "expected '.' or ']' to end table name, but got";
                    return self.cursor.fail(format!("{text} {} instead", shown(c)));
                }
            }
        }
    }

    /// Reads a part of a key and the blanks behind it.
    fn key_part(&mut self, first: char, parts: &mut Vec<Str>) -> Read<()> {
        if parts.len() >= MAX_DEPTH {
            return self.cursor.fail(format!("a key has more than {MAX_DEPTH} parts"));
        }
        if parts.is_empty() {
            self.key_line = self.cursor.line;
        }
        self.cursor.begin();
        let part = match first {
            '"' => self.cursor.next().and_then(|_| self.cursor.basic())?,
            '\'' => self.cursor.next().and_then(|_| self.cursor.literal())?,
            _ => {
                self.cursor.pass(is_bare)?;
                Str::from(self.cursor.piece())
            }
        };
        parts.push(part);
        self.cursor.skip(is_blank)
    }

    /// Reads a key and the `=` behind it.
    pub fn key_parts(&mut self) -> Read<Vec<Str>> {
        self.cursor.skip(is_blank)?;
        match self.cursor.peek()? {
            '=' | END => return self.cursor.fail("unexpected '=': key name appears blank"),
            '.' => return self.cursor.fail("unexpected '.': keys cannot start with a '.'"),
            _ => {}
        }
        let mut parts = Vec::new();
        loop {
            self.cursor.skip(is_blank)?;
            match self.cursor.peek()? {
                '=' | END => return self.cursor.fail("unexpected '='"),
                '.' => return self.cursor.fail("unexpected '.'"),
                first => self.key_part(first, &mut parts)?,
            }
            match self.cursor.next()? {
                '.' => {}
                '=' => return Ok(parts),
                END => return self.cursor.fail("unexpected EOF; expected key separator '='"),
                '\n' => {
                    return self.cursor.fail_before(format!("expected '.' or '=', but got {} instead", shown('\n')));
                }
                c => return self.cursor.fail(format!("expected '.' or '=', but got {} instead", shown(c))),
            }
        }
    }

    /// Reads `a.b = value` into the current table.
    fn pair(&mut self) -> Read<()> {
        let outer = self.context.len();
        let parts = self.key_parts()?;
        self.open_parents(&parts)?;
        let slot = self.value(false)?;
        self.define(slot)?;
        self.context.truncate(outer);
        self.key = Str::default();
        Ok(())
    }

    /// Reads a value; `in_list` when it is an item of a list.
    pub fn value(&mut self, in_list: bool) -> Read<Slot> {
        if self.context.len() + self.depth > MAX_DEPTH {
            return self.cursor.fail(format!("values are nested more than {MAX_DEPTH} deep"));
        }
        self.cursor.skip(is_blank)?;
        let value = match self.cursor.next()? {
            '[' => self.list()?,
            '{' => return self.inline_table(in_list),
            '"' if !self.cursor.accept('"')? => Value::Str(self.cursor.basic()?),
            '"' => Value::Str(match self.cursor.accept('"')? {
                true => self.cursor.long_basic()?,
                false => Str::default(),
            }),
            '\'' if !self.cursor.accept('\'')? => Value::Str(self.cursor.literal()?),
            '\'' => Value::Str(match self.cursor.accept('\'')? {
                true => self.cursor.long_literal()?,
                false => Str::default(),
            }),
            first => self.cursor.word(first)?,
        };
        Ok(Slot::Value(value))
    }

    fn list(&mut self) -> Read<Value> {
        self.mark_list(true);
        self.depth += 1;
        let mut items = Vec::new();
        loop {
            match self.next_in_brackets()? {
                ',' => return self.cursor.fail("unexpected comma"),
                ']' => break,
                _ => self.cursor.back(),
            }
            let slot = self.value(true)?;
            items.push(self.tables.value(&slot));
            match self.next_in_brackets()? {
                ',' => {}
                ']' => break,
                c => {
                    let got = rune_or_end(c);
                    let text = "expected a comma (',') or array terminator (']'), but got";
                    return self.cursor.fail(format!("{text} {got}"));
                }
            }
        }
        self.depth -= 1;
        Ok(Value::list(items))
    }

    /// Steps over a character behind white space, line ends and comments.
    pub fn next_in_brackets(&mut self) -> Read<char> {
        loop {
            self.cursor.skip(is_space)?;
            match self.cursor.next()? {
                '#' => self.cursor.comment()?,
                c => return Ok(c),
            }
        }
    }

    /// A fault of a key.
    pub fn key_fault<T>(&self, message: String) -> Read<T> {
        Err(Fault { line: self.key_line, message })
    }
}

pub fn rune_or_end(c: char) -> String {
    if c == END { "end of file".to_string() } else { format!("'{c}'") }
}

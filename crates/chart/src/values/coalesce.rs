//! Combines what the user gives with the defaults of a chart and its subcharts (Helm 4.3.1,
//! `pkg/chart/common/util/coalesce.go`): the user wins, globals go down, a null takes a default away.

use std::rc::Rc;

use gostd::{GoError, Map, Str, Value};

use super::defaults::Defaults;
use super::prefix::Prefix;
use super::tree::{Node, Table};
use crate::chart::Chart;
use crate::log::Log;

const GLOBAL: &[u8] = b"global";

/// What becomes of nulls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A null takes the default away; nulls of defaults are dropped. What templates get.
    Coalesce,
    /// Nulls stay. What import-values works on.
    Merge,
}

/// One run; says what it had to leave out as Helm does, by records of level INFO.
pub struct Coalescer<'a> {
    log: &'a mut dyn Log,
    mode: Mode,
}

impl<'a> Coalescer<'a> {
    pub fn new(mode: Mode, log: &'a mut dyn Log) -> Self {
        Coalescer { log, mode }
    }

    /// Adds the defaults of a chart and of its subcharts to values.
    ///
    /// # Errors
    /// `type mismatch on NAME: …` when a subchart's values are no map.
    pub fn chart(&mut self, chart: &Chart, values: &Table, prefix: Prefix<'_>) -> Result<(), GoError> {
        let inside = prefix.then(chart.name().as_bytes());
        self.defaults(chart, values, inside);
        for child in chart.dependencies() {
            let key = child.name().as_bytes();
            match values.get(key) {
                None => values.insert(Str::from(key), Node::Table(Table::default())),
                Some(node) if !node.is_table() => return Err(type_mismatch(child.name(), &node)),
                Some(_) => {}
            }
            let Some(table) = values.open(key) else { continue };
            self.globals(&table, values, inside);
            self.chart(child, &table, inside)?;
        }
        Ok(())
    }

    /// Adds a chart's own defaults.
    fn defaults(&mut self, chart: &Chart, values: &Table, prefix: Prefix<'_>) {
        let defaults: &Rc<Defaults> = &chart.defaults;
        let merging = self.mode == Mode::Merge;
        let source = if merging { defaults.map() } else { defaults.clean() };
        let mut absent = Vec::new();
        for (key, default) in Node::Leaf(Value::Map(source.clone())).entries() {
            match values.get(&key) {
                None if !merging && default.is_nil() => {}
                None => absent.push((key, default)),
                Some(node) if node.is_nil() && !merging => values.remove(&key),
                Some(node) if node.is_table() => self.default(chart, values, (&key, &default), prefix),
                Some(_) => {}
            }
        }
        values.append(absent);
    }

    /// Adds a default to a map that the user gave.
    fn default(&mut self, chart: &Chart, values: &Table, (key, default): (&[u8], &Node), prefix: Prefix<'_>) {
        if !default.is_table() {
            if !default.is_nil() {
                self.warn(&format!("warning: skipped value for {}: Not a table.", prefix.then(key)));
            }
        } else if is_child(chart, key) {
            // Nulls of a parent's defaults take nothing away from a subchart.
            let raw = Node::Leaf(chart.defaults.map().get(key).unwrap_or(Value::Nil));
            self.table_at(values, key, &raw, prefix, Mode::Merge);
        } else {
            self.table_at(values, key, default, prefix, self.mode);
        }
    }

    /// Gives a subchart the globals of its parent: tables are merged, anything else is the parent's.
    fn globals(&mut self, child: &Table, parent: &Table, prefix: Prefix<'_>) {
        let Some(target) = global_table(child) else {
            return self.warn("warning: skipping globals because destination global is not a table.");
        };
        let Some(source) = global_table(parent) else {
            return self.warn("warning: skipping globals because source global is not a table.");
        };
        for (key, value) in Node::Table(source.clone()).entries() {
            let present = target.get(&key);
            if value.is_table() {
                // Tables inside stay those of the parent, in Helm too: all who hold them see every change.
                let Some(shared) = source.open(&key) else { continue };
                shared.open_all();
                let copy = shared.shallow_clone();
                match present {
                    None => target.insert(key, Node::Table(copy)),
                    Some(node) if node.is_table() => {
                        self.tables(&copy, &node, prefix.then(&key), Mode::Merge);
                        target.insert(key, Node::Table(copy));
                    }
                    Some(_) => {
                        let key = quoted(&key);
                        self.warn(&format!("Conflict: cannot merge map onto non-map for {key}. Skipping."));
                    }
                }
            } else if present.is_some_and(|node| node.is_table()) {
                self.warn(&format!("key {} is table. Skipping", key.to_text()));
            } else {
                target.insert(key, value);
            }
        }
        child.insert(Str::from(GLOBAL), Node::Table(target));
    }

    fn table_at(&mut self, values: &Table, key: &[u8], source: &Node, prefix: Prefix<'_>, mode: Mode) {
        // The same untouched map on both sides has nothing to give.
        if values.get(key).is_some_and(|node| node.same(source)) {
            return;
        }
        if let Some(table) = values.open(key) {
            self.tables(&table, source, prefix.then(key), mode);
        }
    }

    /// Adds what a map lacks from another one.
    pub fn tables(&mut self, target: &Table, source: &Node, prefix: Prefix<'_>, mode: Mode) {
        let entries = source.entries();
        let nils = target.nil_keys();
        if let Node::Table(source) = source {
            // Helm leaves these nulls in the source, where import-values may show them.
            nils.iter().for_each(|key| source.insert(key.clone(), Node::Leaf(Value::Nil)));
        }
        for (key, value) in entries {
            let Some(present) = target.get(&key) else {
                target.insert(key, value);
                continue;
            };
            if present.is_nil() {
                if mode == Mode::Coalesce && !value.is_nil() {
                    target.remove(&key);
                }
            } else if value.is_table() {
                if present.is_table() {
                    let opened = match source {
                        Node::Table(source) => source.open(&key).map(Node::Table),
                        Node::Leaf(_) => None,
                    };
                    self.table_at(target, &key, &opened.unwrap_or(value), prefix, mode);
                } else {
                    let value = text(&value);
                    let key = prefix.then(&key);
                    self.warn(&format!("warning: cannot overwrite table with non table for {key} ({value})"));
                }
            } else if present.is_table() && !value.is_nil() {
                let value = text(&value);
                let key = prefix.then(&key);
                self.warn(&format!("warning: destination for {key} is a table. Ignoring non-table value ({value})"));
            }
        }
    }

    fn warn(&mut self, text: &str) {
        self.log.info(text, &[]);
    }
}

/// Adds to `target` what it lacks from `source`; a null in `target` takes the other's value away.
pub fn coalesce_tables(target: &Map, source: &Map, log: &mut dyn Log) -> Map {
    let table = Table::of(target);
    let source = Node::Leaf(Value::Map(source.clone()));
    Coalescer::new(Mode::Coalesce, log).tables(&table, &source, Prefix::ROOT, Mode::Coalesce);
    table.to_map()
}

/// The table of globals, a new one when there is none; `None` when it is something else.
fn global_table(values: &Table) -> Option<Table> {
    match values.get(GLOBAL) {
        None => Some(Table::default()),
        Some(_) => values.open(GLOBAL),
    }
}

fn is_child(chart: &Chart, key: &[u8]) -> bool {
    chart.dependencies().iter().any(|child| child.name().as_bytes() == key)
}

fn type_mismatch(name: &str, node: &Node) -> GoError {
    let printed = gostd::fmt::sprintf(b"%t", &[node.to_value()]);
    GoError::new(format!("type mismatch on {name}: {}", String::from_utf8_lossy(&printed)))
}

fn text(node: &Node) -> String {
    let mut text = Vec::new();
    gostd::fmt::append_value(&mut text, &node.to_value());
    String::from_utf8_lossy(&text).into_owned()
}

fn quoted(text: &[u8]) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text)).into_owned()
}

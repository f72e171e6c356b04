//! The tables of a document while it is read: TOML may define a table in several places, but only once in each way.

use std::collections::BTreeMap;

use crate::value::{Entries, Map};
use crate::{List, Str, Type, Value};

/// What a key stands for.
pub enum Item {
    Value(Value),
    Table(Table),
    /// `[[key]]`, one table for each.
    Tables(Vec<Table>),
}

/// A table; an implicit one was only named on the way to another.
#[derive(Default)]
pub struct Table {
    pub entries: BTreeMap<Str, Item>,
    pub implicit: bool,
}

impl Table {
    pub fn implicit() -> Self {
        Table { entries: BTreeMap::new(), implicit: true }
    }

    /// Returns the table that a path leads to; what is missing becomes implicit tables.
    ///
    /// # Errors
    /// How many parts of the path lead to what is no table.
    pub fn descend(&mut self, path: &[Str]) -> Result<&mut Table, usize> {
        let mut table = self;
        for (at, part) in path.iter().enumerate() {
            let item = table.entries.entry(part.clone()).or_insert_with(|| Item::Table(Table::implicit()));
            table = match item {
                Item::Table(table) => table,
                Item::Tables(tables) => tables.last_mut().ok_or(at + 1)?,
                Item::Value(_) => return Err(at + 1),
            };
        }
        Ok(table)
    }

    pub fn into_value(self) -> Value {
        let entries: Entries = self.entries.into_iter().map(|(key, item)| (key, item.into_value())).collect();
        Value::Map(Map::new(entries))
    }
}

impl Item {
    fn into_value(self) -> Value {
        match self {
            Item::Value(value) => value,
            Item::Table(table) => table.into_value(),
            Item::Tables(tables) => {
                Value::List(List::of(Type::MapAny, tables.into_iter().map(Table::into_value).collect()))
            }
        }
    }
}

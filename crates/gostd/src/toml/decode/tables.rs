//! The tables of a document while it is read, and what is known of its keys.

use std::collections::{BTreeMap, HashMap};

use crate::value::Map;
use crate::{List, Str, Type, Value};

pub type TableId = usize;

/// What a key stands for.
#[derive(Clone)]
pub enum Slot {
    Value(Value),
    Table(TableId),
    /// `[[key]]`, one table for each.
    Tables(Vec<TableId>),
}

impl Slot {
    pub fn is_list(&self) -> bool {
        matches!(self, Slot::Value(Value::List(_)))
    }

    /// Returns the table that keys below this one go into.
    pub fn table(&self) -> Option<TableId> {
        match self {
            Slot::Table(id) => Some(*id),
            Slot::Tables(ids) => ids.last().copied(),
            Slot::Value(_) => None,
        }
    }
}

/// All tables; the first one is the document.
#[derive(Default)]
pub struct Tables(Vec<BTreeMap<Str, Slot>>);

impl Tables {
    pub fn add(&mut self) -> TableId {
        self.0.push(BTreeMap::new());
        self.0.len() - 1
    }

    pub fn get(&self, id: TableId, key: &Str) -> Option<&Slot> {
        self.0[id].get(key)
    }

    pub fn set(&mut self, id: TableId, key: &Str, slot: Slot) {
        self.0[id].insert(key.clone(), slot);
    }

    /// Adds a table to the list of tables of a key; none if the key stands for something else.
    pub fn append(&mut self, id: TableId, key: &Str) -> Option<TableId> {
        let table = self.add();
        match self.0[id].entry(key.clone()).or_insert_with(|| Slot::Tables(Vec::new())) {
            Slot::Tables(tables) => tables.push(table),
            Slot::Value(_) | Slot::Table(_) => return None,
        }
        Some(table)
    }

    /// Makes the value of a slot. Recurses as deep as the tables are nested, which the reader limits.
    pub fn value(&self, slot: &Slot) -> Value {
        let table = |id: &TableId| {
            let entries = self.0[*id].iter().map(|(key, slot)| (key.clone(), self.value(slot)));
            Value::Map(Map::new(entries.collect()))
        };
        match slot {
            Slot::Value(value) => value.clone(),
            Slot::Table(id) => table(id),
            Slot::Tables(ids) => Value::List(List::of(Type::MapAny, ids.iter().map(table).collect())),
        }
    }
}

pub type PathId = usize;

/// What is known of a full key, by its parts alone: all tables of one `[[key]]` share it, as in the original.
#[derive(Default, Clone, Copy)]
pub struct Mark {
    /// Named on the way to another key only, so that it may still be defined once.
    pub implicit: bool,
    pub list: bool,
}

/// The marks of full keys; path 0 is that of the document.
pub struct Paths {
    marks: Vec<Mark>,
    children: HashMap<(PathId, Str), PathId>,
}

impl Paths {
    pub fn new() -> Self {
        Paths { marks: vec![Mark::default()], children: HashMap::new() }
    }

    pub fn find(&self, parent: PathId, key: &Str) -> Option<PathId> {
        self.children.get(&(parent, key.clone())).copied()
    }

    pub fn add(&mut self, parent: PathId, key: &Str) -> PathId {
        let next = self.marks.len();
        let id = *self.children.entry((parent, key.clone())).or_insert(next);
        if id == next {
            self.marks.push(Mark::default());
        }
        id
    }

    pub fn mark(&mut self, id: PathId) -> &mut Mark {
        &mut self.marks[id]
    }
}

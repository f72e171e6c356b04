//! Values while they are combined: maps that change are ours, the rest is shared with where it came from.
//!
//! Helm copies all values deeply before it combines them, then changes the copies in place. The same result costs less
//! here: a map is opened, one level, when something inside it changes; what nobody touches is never copied.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use gostd::{Map, Str, Value};

/// A value of a [`Table`].
#[derive(Clone)]
pub enum Node {
    /// Anything; a map in here may belong to others and does not change.
    Leaf(Value),
    /// A map that may change.
    Table(Table),
}

/// A map that may change, seen by all who hold it.
#[derive(Clone, Default)]
pub struct Table(Rc<RefCell<BTreeMap<Str, Node>>>);

impl Node {
    pub fn is_table(&self) -> bool {
        matches!(self, Node::Table(_) | Node::Leaf(Value::Map(_)))
    }

    pub fn is_nil(&self) -> bool {
        matches!(self, Node::Leaf(Value::Nil))
    }

    /// Returns what a map has under a key.
    pub fn get(&self, key: &[u8]) -> Option<Node> {
        match self {
            Node::Table(table) => table.get(key),
            Node::Leaf(Value::Map(map)) => map.get(key).map(Node::Leaf),
            Node::Leaf(_) => None,
        }
    }

    /// Returns the entries of a map.
    pub fn entries(&self) -> Vec<(Str, Node)> {
        match self {
            Node::Table(table) => table.0.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            Node::Leaf(Value::Map(map)) => {
                map.borrow().iter().map(|(k, v)| (k.clone(), Node::Leaf(v.clone()))).collect()
            }
            Node::Leaf(_) => Vec::new(),
        }
    }

    /// Reports whether both are one map that nobody changed.
    pub fn same(&self, other: &Node) -> bool {
        match (self, other) {
            (Node::Leaf(Value::Map(a)), Node::Leaf(Value::Map(b))) => a.same(b),
            _ => false,
        }
    }

    /// Returns the value as it is now.
    pub fn to_value(&self) -> Value {
        Converter::default().value(self)
    }

    fn deep_clone(&self) -> Node {
        match self {
            Node::Leaf(value) => Node::Leaf(value.clone()),
            Node::Table(table) => Node::Table(table.deep_clone()),
        }
    }
}

impl Table {
    /// Opens a map.
    pub fn of(map: &Map) -> Self {
        let entries = map.borrow().iter().map(|(key, value)| (key.clone(), Node::Leaf(value.clone()))).collect();
        Table(Rc::new(RefCell::new(entries)))
    }

    pub fn get(&self, key: &[u8]) -> Option<Node> {
        self.0.borrow().get(key).cloned()
    }

    pub fn insert(&self, key: Str, node: Node) {
        self.0.borrow_mut().insert(key, node);
    }

    /// Adds entries whose keys are not there, in the order of their keys.
    pub fn append(&self, entries: Vec<(Str, Node)>) {
        self.0.borrow_mut().append(&mut entries.into_iter().collect());
    }

    pub fn remove(&self, key: &[u8]) {
        self.0.borrow_mut().remove(key);
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Opens the map under a key for change; `None` when there is none.
    pub fn open(&self, key: &[u8]) -> Option<Table> {
        let mut entries = self.0.borrow_mut();
        let node = entries.get_mut(key)?;
        match node {
            Node::Table(table) => Some(table.clone()),
            Node::Leaf(Value::Map(map)) => {
                let table = Table::of(map);
                *node = Node::Table(table.clone());
                Some(table)
            }
            Node::Leaf(_) => None,
        }
    }

    /// Opens all maps inside (but those in lists), so that every holder of one sees its changes.
    pub fn open_all(&self) {
        let keys: Vec<Str> = self.0.borrow().iter().filter(|(_, n)| n.is_table()).map(|(k, _)| k.clone()).collect();
        for key in keys {
            if let Some(table) = self.open(&key) {
                table.open_all();
            }
        }
    }

    /// Copies the entries; maps inside are the same ones.
    pub fn shallow_clone(&self) -> Table {
        Table(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    /// Copies all that may change.
    pub fn deep_clone(&self) -> Table {
        let entries = self.0.borrow().iter().map(|(key, node)| (key.clone(), node.deep_clone())).collect();
        Table(Rc::new(RefCell::new(entries)))
    }

    /// Returns the keys whose value is null.
    pub fn nil_keys(&self) -> Vec<Str> {
        self.0.borrow().iter().filter(|(_, node)| node.is_nil()).map(|(key, _)| key.clone()).collect()
    }

    /// Returns the finished map; tables that are in several places become one map in several places.
    pub fn to_map(&self) -> Map {
        Converter::default().table(self)
    }
}

/// Makes plain values; remembers tables with several holders.
#[derive(Default)]
struct Converter {
    shared: HashMap<*const RefCell<BTreeMap<Str, Node>>, Map>,
}

impl Converter {
    fn value(&mut self, node: &Node) -> Value {
        match node {
            Node::Leaf(value) => value.clone(),
            Node::Table(table) => Value::Map(self.table(table)),
        }
    }

    fn table(&mut self, table: &Table) -> Map {
        let address = Rc::as_ptr(&table.0);
        if let Some(map) = self.shared.get(&address) {
            return map.clone();
        }
        let entries = table.0.borrow().iter().map(|(key, node)| (key.clone(), self.value(node))).collect();
        let map = Map::new(entries);
        if Rc::strong_count(&table.0) > 1 {
            self.shared.insert(address, map.clone());
        }
        map
    }
}

/// Copies the maps of a value, also those in lists.
pub fn deep_copy(value: &Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(deep_copy_map(map)),
        Value::List(list) if list.iter().any(|v| matches!(v, Value::Map(_) | Value::List(_))) => {
            Value::List(gostd::List::of(list.element(), list.iter().map(deep_copy).collect()))
        }
        _ => value.clone(),
    }
}

/// [`deep_copy`] of a map.
pub fn deep_copy_map(map: &Map) -> Map {
    let mut entries = map.borrow().clone();
    for value in entries.values_mut() {
        if matches!(value, Value::Map(_) | Value::List(_)) {
            *value = deep_copy(value);
        }
    }
    Map::of(map.map_type(), entries)
}

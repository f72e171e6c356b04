//! Go maps with string keys.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Str, Type, Value};
use crate::GoError;

/// The entries, in the byte order of their keys: the order of Go's `range` over a map in a template.
pub type Entries = BTreeMap<Str, Value>;

/// The Go type of a map: its name and the methods that templates can call on it.
pub struct MapType {
    /// What `%T` prints.
    pub name: &'static str,
    pub methods: &'static [MapMethod],
    /// Maps of this type are nil.
    nil: bool,
}

/// A method of a named map type; in Go it hides a key of the same name.
pub struct MapMethod {
    pub name: &'static str,
    pub params: &'static [Type],
    pub call: fn(&Map, &[Value]) -> Result<Value, GoError>,
}

impl MapType {
    pub const fn new(name: &'static str) -> Self {
        MapType::with_methods(name, &[])
    }

    pub const fn with_methods(name: &'static str, methods: &'static [MapMethod]) -> Self {
        MapType { name, methods, nil: false }
    }

    const NIL: &'static MapType = &MapType { nil: true, ..MapType::new("map[string]interface {}") };
    pub const ANY: &'static MapType = &MapType::new("map[string]interface {}");
    pub const STRINGS: &'static MapType = &MapType::new("map[string]string");
}

/// A Go map. Cloning shares the entries: a change is seen by every holder, also through a view of another type.
#[derive(Clone)]
pub struct Map {
    entries: Rc<RefCell<Entries>>,
    map_type: &'static MapType,
}

impl Map {
    /// Makes a `map[string]interface {}`.
    pub fn new(entries: Entries) -> Self {
        Map::of(MapType::ANY, entries)
    }

    /// Makes a nil `map[string]interface {}`: it reads as an empty one, is written as `null`, and takes no entries.
    pub fn nil() -> Self {
        Map::of(MapType::NIL, Entries::new())
    }

    /// Reports whether this is a nil map.
    pub fn is_nil(&self) -> bool {
        self.map_type.nil
    }

    /// Makes a map of another type, as `map[string]string`.
    pub fn of(map_type: &'static MapType, entries: Entries) -> Self {
        Map { entries: Rc::new(RefCell::new(entries)), map_type }
    }

    /// Returns the same entries under another type, as Go's conversion between map types does.
    pub fn view(&self, map_type: &'static MapType) -> Self {
        Map { entries: self.entries.clone(), map_type }
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow().get(key).cloned()
    }

    pub fn insert(&self, key: impl Into<Str>, value: Value) {
        self.entries.borrow_mut().insert(key.into(), value);
    }

    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow_mut().remove(key)
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        self.entries.borrow().contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Borrows the entries. A change while the borrow lives is a panic: keep it short, never across a call-back.
    pub fn borrow(&self) -> Ref<'_, Entries> {
        self.entries.borrow()
    }

    pub fn borrow_mut(&self) -> RefMut<'_, Entries> {
        self.entries.borrow_mut()
    }

    /// Reports whether both are the same map in memory.
    pub fn same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }

    /// Returns where the entries are in memory: the identity of the map.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.entries).cast::<()>() as usize
    }

    pub fn go_type(&self) -> &'static str {
        self.map_type.name
    }

    pub fn map_type(&self) -> &'static MapType {
        self.map_type
    }
}

impl Default for Map {
    fn default() -> Self {
        Map::new(Entries::new())
    }
}

//! Go maps with string keys.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Str, Value};

/// The entries, in the byte order of their keys: the order of Go's `range` over a map in a template.
pub type Entries = BTreeMap<Str, Value>;

/// A Go map. Cloning shares the entries: a change is seen by every holder.
#[derive(Clone)]
pub struct Map(Rc<Inner>);

struct Inner {
    go_type: &'static str,
    entries: RefCell<Entries>,
}

impl Map {
    /// Makes a `map[string]interface {}`.
    pub fn new(entries: Entries) -> Self {
        Map::of("map[string]interface {}", entries)
    }

    /// Makes a map with another type name, as `common.Values` or `map[string]string`.
    pub fn of(go_type: &'static str, entries: Entries) -> Self {
        Map(Rc::new(Inner { go_type, entries: RefCell::new(entries) }))
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.0.entries.borrow().get(key).cloned()
    }

    pub fn insert(&self, key: impl Into<Str>, value: Value) {
        self.0.entries.borrow_mut().insert(key.into(), value);
    }

    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        self.0.entries.borrow_mut().remove(key)
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        self.0.entries.borrow().contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.0.entries.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Borrows the entries. A change while the borrow lives is a panic: keep it short, never across a call-back.
    pub fn borrow(&self) -> Ref<'_, Entries> {
        self.0.entries.borrow()
    }

    pub fn borrow_mut(&self) -> RefMut<'_, Entries> {
        self.0.entries.borrow_mut()
    }

    /// Reports whether both are the same map in memory.
    pub fn same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub fn go_type(&self) -> &'static str {
        self.0.go_type
    }
}

impl Default for Map {
    fn default() -> Self {
        Map::new(Entries::new())
    }
}

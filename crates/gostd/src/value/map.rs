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
    content: Content,
}

enum Content {
    Own(RefCell<Entries>),
    /// The entries of another map, seen as another type: a conversion of Go.
    Shared(Map),
}

impl Map {
    /// Makes a `map[string]interface {}`.
    pub fn new(entries: Entries) -> Self {
        Map::of("map[string]interface {}", entries)
    }

    /// Makes a map with another type name, as `common.Values` or `map[string]string`.
    pub fn of(go_type: &'static str, entries: Entries) -> Self {
        Map(Rc::new(Inner { go_type, content: Content::Own(RefCell::new(entries)) }))
    }

    /// Returns the same map as another type, as when Go passes `common.Values` to a `map[string]interface {}`.
    pub fn retyped(&self, go_type: &'static str) -> Self {
        match &self.0.content {
            _ if self.0.go_type == go_type => self.clone(),
            Content::Shared(map) => map.retyped(go_type),
            Content::Own(_) => Map(Rc::new(Inner { go_type, content: Content::Shared(self.clone()) })),
        }
    }

    /// Follows at most one step: what is shared is never itself a sharing map.
    fn entries(&self) -> &RefCell<Entries> {
        match &self.0.content {
            Content::Own(entries) => entries,
            Content::Shared(map) => map.entries(),
        }
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries().borrow().get(key).cloned()
    }

    pub fn insert(&self, key: impl Into<Str>, value: Value) {
        self.entries().borrow_mut().insert(key.into(), value);
    }

    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        self.entries().borrow_mut().remove(key)
    }

    pub fn contains(&self, key: &[u8]) -> bool {
        self.entries().borrow().contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.entries().borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Borrows the entries. A change while the borrow lives is a panic: keep it short, never across a call-back.
    pub fn borrow(&self) -> Ref<'_, Entries> {
        self.entries().borrow()
    }

    pub fn borrow_mut(&self) -> RefMut<'_, Entries> {
        self.entries().borrow_mut()
    }

    /// Reports whether both are the same map in memory.
    pub fn same(&self, other: &Map) -> bool {
        std::ptr::eq(self.entries(), other.entries())
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

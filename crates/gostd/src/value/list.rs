//! Go slices.

use std::ops::Deref;
use std::rc::Rc;

use super::{Type, Value};

/// A Go slice of a given element type. Cloning shares the items.
#[derive(Clone)]
pub struct List(Rc<Inner>);

struct Inner {
    element: Type,
    items: Vec<Value>,
}

impl List {
    /// Makes a `[]interface {}`.
    pub fn new(items: Vec<Value>) -> Self {
        List::of(Type::Any, items)
    }

    /// Makes a slice of another element type, as `[]string` or `[]int`; every item must be of that type.
    pub fn of(element: Type, items: Vec<Value>) -> Self {
        List(Rc::new(Inner { element, items }))
    }

    /// Makes a `[]string`.
    pub fn strings<S: Into<super::Str>>(items: impl IntoIterator<Item = S>) -> Self {
        List::of(Type::String, items.into_iter().map(|s| Value::Str(s.into())).collect())
    }

    pub fn element(&self) -> Type {
        self.0.element
    }

    pub fn items(&self) -> &[Value] {
        &self.0.items
    }

    /// Reports whether both are the same slice in memory.
    pub fn same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub fn go_type(&self) -> &'static str {
        self.0.element.slice_name()
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        &self.0.items
    }
}

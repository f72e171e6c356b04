//! Go slices.

use std::cell::OnceCell;
use std::ops::Deref;
use std::rc::Rc;

use super::{Type, Value};

/// A Go slice of a given element type. Cloning shares the items.
#[derive(Clone)]
pub struct List(Rc<Inner>);

struct Inner {
    element: Type,
    /// Go tells a nil slice from an empty one in JSON (`null`), YAML and `reflect.DeepEqual`.
    nil: bool,
    items: Vec<Value>,
    /// What `items` became when something sorted the slice in place: the only change that a template can make.
    sorted: OnceCell<Vec<Value>>,
}

impl List {
    /// Makes a `[]interface {}`.
    pub fn new(items: Vec<Value>) -> Self {
        List::of(Type::Any, items)
    }

    /// Makes a slice of another element type, as `[]string` or `[]int`; every item must be of that type.
    pub fn of(element: Type, items: Vec<Value>) -> Self {
        List(Rc::new(Inner { element, nil: false, items, sorted: OnceCell::new() }))
    }

    /// Makes a nil slice: prints as an empty one, but is `null` in JSON.
    pub fn nil(element: Type) -> Self {
        List(Rc::new(Inner { element, nil: true, items: Vec::new(), sorted: OnceCell::new() }))
    }

    /// Makes a `[]string`.
    pub fn strings<S: Into<super::Str>>(items: impl IntoIterator<Item = S>) -> Self {
        List::of(Type::String, items.into_iter().map(|s| Value::Str(s.into())).collect())
    }

    pub fn element(&self) -> Type {
        self.0.element
    }

    pub fn is_nil(&self) -> bool {
        self.0.nil
    }

    pub fn items(&self) -> &[Value] {
        self.0.sorted.get().unwrap_or(&self.0.items)
    }

    /// Sorts the slice for every holder, as Go's `sort.Strings` does; items that are no strings stay in front.
    pub fn sort_strings(&self) {
        self.0.sorted.get_or_init(|| {
            let mut items = self.0.items.clone();
            items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            items
        });
    }

    /// Reports whether both are the same slice in memory.
    pub fn same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Returns where the slice is in memory: its identity.
    pub fn address(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }

    pub fn go_type(&self) -> &'static str {
        self.0.element.slice_name()
    }
}

impl Deref for List {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        self.items()
    }
}

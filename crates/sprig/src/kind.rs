//! What Go's reflection says about a value: its kind, its items, whether it is empty.

use gostd::value::IntKind;
use gostd::{List, Str, Value};

/// The text of a method call on Go's nil interface, as `reflect.TypeOf(nil).Kind()`.
pub(crate) const NIL_DEREFERENCE: &str = "runtime error: invalid memory address or nil pointer dereference";

/// Returns the name of a value's `reflect.Kind`; `invalid` for nil.
pub(crate) fn kind_name(v: &Value) -> &'static str {
    match v {
        Value::Nil => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Int64(_) => "int64",
        Value::Sized(kind, _) => kind.name(),
        Value::Float(_) => "float64",
        Value::Complex(_) => "complex128",
        Value::Str(_) => "string",
        Value::List(_) | Value::Bytes(_) => "slice",
        Value::Map(_) => "map",
        Value::Object(object) => match object.underlying() {
            Some(value) => kind_name(&value),
            None if object.go_type().starts_with('*') => "ptr",
            None => "struct",
        },
    }
}

/// The items of a slice of any type.
pub(crate) enum Items {
    List(List),
    Bytes(Str),
}

impl Items {
    /// Returns the items of a slice; `None` for any other kind.
    pub(crate) fn of(v: &Value) -> Option<Items> {
        match v {
            Value::List(list) => Some(Items::List(list.clone())),
            Value::Bytes(bytes) => Some(Items::Bytes(bytes.clone())),
            Value::Object(object) => Items::of(&object.underlying()?),
            _ => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Items::List(list) => list.len(),
            Items::Bytes(bytes) => bytes.len(),
        }
    }

    /// Returns an item, `nil` past the end.
    pub(crate) fn get(&self, i: usize) -> Value {
        match self {
            Items::List(list) => list.get(i).cloned().unwrap_or(Value::Nil),
            Items::Bytes(bytes) => bytes.get(i).map_or(Value::Nil, byte),
        }
    }

    /// Copies a part into a new vector; the bounds are clipped.
    pub(crate) fn copy(&self, from: usize, to: usize, extra: usize) -> Vec<Value> {
        let to = to.min(self.len());
        let from = from.min(to);
        let mut items = Vec::with_capacity((to - from).saturating_add(extra));
        match self {
            Items::List(list) => items.extend_from_slice(&list[from..to]),
            Items::Bytes(bytes) => items.extend(bytes[from..to].iter().map(byte)),
        }
        items
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }
}

fn byte(b: &u8) -> Value {
    Value::Sized(IntKind::Uint8, i64::from(*b))
}

/// Reports what sprig's `empty` does: nil, false, zero, and anything without items; a struct never is.
pub(crate) fn is_empty(v: &Value) -> bool {
    match v {
        Value::Nil => true,
        Value::Bool(b) => !b,
        Value::Int(n) | Value::Int64(n) | Value::Sized(_, n) => *n == 0,
        Value::Float(x) => *x == 0.0,
        Value::Complex(c) => c.0 == 0.0 && c.1 == 0.0,
        Value::Str(s) | Value::Bytes(s) => s.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Object(object) => object.underlying().is_some_and(|value| is_empty(&value)),
    }
}

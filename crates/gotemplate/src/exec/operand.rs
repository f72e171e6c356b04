//! Values under evaluation, with what Go's reflection knows of them beside the value.

use gostd::{Type, Value};

/// Go's `reflect.Value`, as far as templates can tell.
#[derive(Clone)]
pub(crate) struct Operand {
    pub value: Value,
    /// The static type is `interface {}`: an element of a map or list, or the result of a function that says so. Together
    /// with [`Value::Nil`] this is a nil interface; without it, nil is no value at all.
    pub interface: bool,
}

impl Operand {
    /// Go's zero `reflect.Value`.
    pub const INVALID: Operand = Operand { value: Value::Nil, interface: false };

    pub fn concrete(value: Value) -> Self {
        Operand { value, interface: false }
    }

    pub fn interface(value: Value) -> Self {
        Operand { value, interface: true }
    }

    /// Digs the value out of its interface, as the end of every pipeline does.
    pub fn unwrapped(mut self) -> Self {
        self.interface = false;
        self
    }

    pub fn is_invalid(&self) -> bool {
        !self.interface && self.value.is_nil()
    }

    /// Returns the name of the static type.
    pub fn go_type(&self) -> &'static str {
        if self.interface { Type::Any.name() } else { self.value.go_type() }
    }
}

/// Sees a named map, list or number as what it is made of.
pub(crate) fn underlying(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.underlying().unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    }
}

/// Go's `isTrue`.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Nil => false,
        Value::Bool(truth) => *truth,
        Value::Int(n) | Value::Int64(n) | Value::Sized(_, n) => *n != 0,
        Value::Float(x) => *x != 0.0,
        Value::Complex(parts) => parts.0 != 0.0 || parts.1 != 0.0,
        Value::Str(text) | Value::Bytes(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Object(object) => object.underlying().is_none_or(|value| is_true(&value)),
    }
}

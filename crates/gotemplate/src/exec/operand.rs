//! Values under evaluation, with what Go's reflection knows of them beside the value.

use std::rc::Rc;

use gostd::{Object, Type, Value};

/// Go's `reflect.Value`, as far as templates can tell.
#[derive(Clone)]
pub(crate) struct Operand {
    pub value: Value,
    pub seen: Seen,
}

/// What Go's reflection knows of a value beside it. It fills a word for the reason that [`Value`]'s tag does.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Seen {
    /// The static type is that of the value; with [`Value::Nil`], no value at all.
    Concrete,
    /// The static type is `interface {}`: an element of a map or list, or the result of a function that says so. With
    /// [`Value::Nil`] this is a nil interface.
    Interface,
    /// A field of a struct behind a pointer: it has the methods of pointers too.
    Addressable,
    /// A variable whose declaration was skipped.
    Undeclared,
}

impl Operand {
    /// Go's zero `reflect.Value`.
    pub const INVALID: Operand = Operand { value: Value::Nil, seen: Seen::Concrete };
    pub const UNDECLARED: Operand = Operand { value: Value::Nil, seen: Seen::Undeclared };

    pub fn concrete(value: Value) -> Self {
        Operand { value, seen: Seen::Concrete }
    }

    pub fn interface(value: Value) -> Self {
        Operand { value, seen: Seen::Interface }
    }

    /// Makes a value of a static type that may be `interface {}`.
    pub fn element(value: Value, interface: bool) -> Self {
        Operand { value, seen: if interface { Seen::Interface } else { Seen::Concrete } }
    }

    /// Digs the value out of its interface, as the end of every pipeline does.
    pub fn unwrapped(mut self) -> Self {
        if self.seen == Seen::Interface {
            self.seen = Seen::Concrete;
        }
        self
    }

    pub fn is_interface(&self) -> bool {
        self.seen == Seen::Interface
    }

    pub fn is_invalid(&self) -> bool {
        !self.is_interface() && self.value.is_nil()
    }

    /// Returns the name of the static type.
    pub fn go_type(&self) -> &'static str {
        if self.is_interface() { Type::Any.name() } else { self.value.go_type() }
    }
}

/// Returns the type of what a pointer points to, and of everything else its own.
pub(crate) fn indirect_type(value: &Value) -> &'static str {
    value.go_type().trim_start_matches('*')
}

/// What a pointer without a `String` of its own points to; actions print that.
struct Pointee(Rc<dyn Object>);

impl Object for Pointee {
    fn go_type(&self) -> &'static str {
        self.0.go_type().trim_start_matches('*')
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        self.0.fields()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Go's `printableValue`: a value as actions, `html` and the like print it, where that is not the value itself.
pub(crate) fn printable(operand: &Operand) -> Option<Value> {
    let Value::Object(object) = &operand.value else { return None };
    if operand.seen == Seen::Addressable
        && let Some(text) = object.pointer_display()
    {
        return Some(Value::from(text));
    }
    let bare = object.go_type().starts_with('*') && object.display().is_none();
    bare.then(|| Value::object(Pointee(object.clone())))
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

//! The dynamic values of a Go template: what an `interface{}` can hold when Helm runs a chart.
//!
//! Rendering is one thread's work, so values are shared by `Rc`; what crosses threads is bytes. A clone never copies
//! content. Maps have Go's reference semantics (`set` is seen by every holder); strings and lists never change.

mod deep;
mod list;
mod map;
mod object;
mod str;
mod types;

pub use deep::{deep_copy, deep_equal};
pub use list::List;
pub use map::{Entries, Map, MapMethod, MapType};
pub use object::{Method, MethodCall, Object};
pub use str::Str;
pub use types::{IntKind, Type};

use std::rc::Rc;

/// One Go value.
///
/// The tag fills a word: values that are moved as whole words need a sixth less time than those moved in pieces, which
/// the processor must put together again (`bench.py --only pipeline10k`).
#[derive(Clone)]
#[repr(u64)]
pub enum Value {
    /// A nil interface. Whether Go would see an invalid `reflect.Value` or a nil interface is the engine's to know.
    Nil,
    Bool(bool),
    /// Go's `int`: template literals, `len`, `int`, `atoi`.
    Int(i64),
    /// Go's `int64`: `--set x=5`, `add`, `int64`.
    Int64(i64),
    /// Every other integer type; the bits are those of the type, sign-extended or zero-extended.
    Sized(IntKind, i64),
    /// Go's `float64`: every number read from YAML or JSON.
    Float(f64),
    /// Go's `complex128`, only ever written as a literal (`1i`).
    Complex(Rc<(f64, f64)>),
    Str(Str),
    /// A slice of anything but bytes.
    List(List),
    /// `[]byte`.
    Bytes(Str),
    Map(Map),
    /// A struct or pointer with fields and methods: `.Capabilities`, `.Files`, a time, a version, an error.
    Object(Rc<dyn Object>),
}

impl Value {
    /// Makes a string value.
    pub fn str(s: impl Into<Str>) -> Self {
        Value::Str(s.into())
    }

    /// Makes a `[]interface {}`.
    pub fn list(items: Vec<Value>) -> Self {
        Value::List(List::new(items))
    }

    /// Makes a `map[string]interface {}`.
    pub fn map(entries: Entries) -> Self {
        Value::Map(Map::new(entries))
    }

    /// Wraps an object.
    pub fn object(object: impl Object) -> Self {
        Value::Object(Rc::new(object))
    }

    /// Returns the name that `%T` prints; `<nil>` for nil.
    pub fn go_type(&self) -> &'static str {
        match self {
            Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Int64(_) => "int64",
            Value::Sized(kind, _) => kind.name(),
            Value::Float(_) => "float64",
            Value::Complex(_) => "complex128",
            Value::Str(_) => "string",
            Value::Bytes(_) => "[]uint8",
            Value::List(list) => list.go_type(),
            Value::Map(map) => map.go_type(),
            Value::Object(object) => object.go_type(),
        }
    }

    /// Returns the name of `reflect.Kind`, as `kindOf` of Sprig prints it: `map`, `slice`, `ptr`, `invalid` for nil.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Nil => "invalid",
            Value::List(_) | Value::Bytes(_) => "slice",
            Value::Map(_) => "map",
            Value::Object(object) => match object.underlying() {
                Some(plain) => plain.kind(),
                None if object.go_type().starts_with('*') => "ptr",
                None => "struct",
            },
            scalar => scalar.go_type(),
        }
    }

    /// Returns the bytes of a string value.
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(m) => Some(m),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&List> {
        match self {
            Value::List(l) => Some(l),
            _ => None,
        }
    }

    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// Returns the object as a concrete type.
    pub fn downcast<T: 'static>(&self) -> Option<&T> {
        match self {
            Value::Object(o) => o.as_any().downcast_ref(),
            _ => None,
        }
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Value::Str(s.into())
    }
}

impl From<String> for Value {
    fn from(s: String) -> Self {
        Value::Str(s.into())
    }
}

impl From<Str> for Value {
    fn from(s: Str) -> Self {
        Value::Str(s)
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(i) => write!(f, "{i}"),
            Value::Int64(i) => write!(f, "{i}i64"),
            Value::Sized(k, i) => write!(f, "{i}{}", k.name()),
            Value::Float(x) => write!(f, "{x:?}f"),
            Value::Complex(c) => write!(f, "{c:?}"),
            Value::Str(s) => write!(f, "{s:?}"),
            Value::Bytes(s) => write!(f, "b{s:?}"),
            Value::List(l) => f.debug_list().entries(l.iter()).finish(),
            Value::Map(m) => f.debug_map().entries(m.borrow().iter()).finish(),
            Value::Object(o) => write!(f, "<{}>", o.go_type()),
        }
    }
}

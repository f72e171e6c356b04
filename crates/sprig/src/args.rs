//! Reads arguments that the engine has already checked against the parameter types.
//!
//! An argument of another type cannot arrive through the engine; it is an error rather than a panic all the same.

use gostd::{GoError, List, Map, Str, Value};

fn wrong(want: &str, got: Option<&Value>) -> GoError {
    GoError::new(format!("wrong type for value; expected {want}; got {}", got.unwrap_or(&Value::Nil).go_type()))
}

/// Returns an `interface {}` argument.
pub(crate) fn any(args: &[Value], i: usize) -> Result<&Value, GoError> {
    args.get(i).ok_or_else(|| wrong("interface {}", None))
}

/// Returns a `string` argument.
pub(crate) fn string(args: &[Value], i: usize) -> Result<&Str, GoError> {
    match args.get(i) {
        Some(Value::Str(s)) => Ok(s),
        other => Err(wrong("string", other)),
    }
}

/// Returns an `int` argument.
pub(crate) fn int(args: &[Value], i: usize) -> Result<i64, GoError> {
    match args.get(i) {
        Some(Value::Int(n)) => Ok(*n),
        other => Err(wrong("int", other)),
    }
}

/// Returns a `float64` argument.
pub(crate) fn float(args: &[Value], i: usize) -> Result<f64, GoError> {
    match args.get(i) {
        Some(Value::Float(x)) => Ok(*x),
        other => Err(wrong("float64", other)),
    }
}

pub(crate) fn boolean(args: &[Value], i: usize) -> Result<bool, GoError> {
    match args.get(i) {
        Some(Value::Bool(b)) => Ok(*b),
        other => Err(wrong("bool", other)),
    }
}

/// Returns a map argument; `None` is Go's nil map.
pub(crate) fn map(args: &[Value], i: usize) -> Result<Option<&Map>, GoError> {
    as_map(args.get(i))
}

/// Reads one of a variadic function's maps.
pub(crate) fn as_map(arg: Option<&Value>) -> Result<Option<&Map>, GoError> {
    match arg {
        Some(Value::Map(m)) if m.is_nil() => Ok(None),
        Some(Value::Map(m)) => Ok(Some(m)),
        Some(Value::Nil) => Ok(None),
        other => Err(wrong("map[string]interface {}", other)),
    }
}

/// Returns a `[]interface {}` argument; `None` is Go's nil slice.
pub(crate) fn list(args: &[Value], i: usize) -> Result<Option<&List>, GoError> {
    match args.get(i) {
        Some(Value::List(l)) if l.is_nil() => Ok(None),
        Some(Value::List(l)) => Ok(Some(l)),
        Some(Value::Nil) => Ok(None),
        other => Err(wrong("[]interface {}", other)),
    }
}

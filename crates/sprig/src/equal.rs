//! `reflect.DeepEqual` over template values.

use std::rc::Rc;

use gostd::value::Object;
use gostd::{GoError, List, Map, Value};

use crate::limits;

/// Reports whether two values are deeply equal: same type, same content; NaN equals nothing, nil is no empty slice.
///
/// # Errors
/// When the values are nested too deep to compare.
pub(crate) fn deep_equal(a: &Value, b: &Value) -> Result<bool, GoError> {
    equal(a, b, limits::DEPTH)
}

fn equal(a: &Value, b: &Value, depth: usize) -> Result<bool, GoError> {
    let depth = depth.checked_sub(1).ok_or_else(limits::too_deep)?;
    Ok(match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
        (Value::Sized(k, a), Value::Sized(l, b)) => k == l && a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Complex(a), Value::Complex(b)) => a == b,
        (Value::Str(a), Value::Str(b)) | (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => lists(a, b, depth)?,
        (Value::Map(a), Value::Map(b)) => maps(a, b, depth)?,
        (Value::Object(a), Value::Object(b)) => objects(a, b, depth)?,
        _ => false,
    })
}

fn lists(a: &List, b: &List, depth: usize) -> Result<bool, GoError> {
    if a.element() != b.element() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return Ok(false);
    }
    if a.same(b) {
        return Ok(true);
    }
    for (a, b) in a.iter().zip(b.iter()) {
        if !equal(a, b, depth)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(a: &Map, b: &Map, depth: usize) -> Result<bool, GoError> {
    if a.go_type() != b.go_type() || a.len() != b.len() {
        return Ok(false);
    }
    if a.same(b) {
        return Ok(true);
    }
    for ((k, a), (l, b)) in a.borrow().iter().zip(b.borrow().iter()) {
        if k != l || !equal(a, b, depth)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Structs are equal when their fields are; what has no visible fields is compared by what it prints.
fn objects(a: &Rc<dyn Object>, b: &Rc<dyn Object>, depth: usize) -> Result<bool, GoError> {
    if a.go_type() != b.go_type() {
        return Ok(false);
    }
    if Rc::ptr_eq(a, b) {
        return Ok(true);
    }
    match (a.underlying(), b.underlying()) {
        (Some(a), Some(b)) => return equal(&a, &b, depth),
        (None, None) => {}
        _ => return Ok(false),
    }
    let (fields, others) = (a.fields(), b.fields());
    if fields.is_empty() || others.is_empty() {
        return Ok(fields.len() == others.len() && a.display() == b.display());
    }
    for ((name, _, a), (other, _, b)) in fields.iter().zip(&others) {
        if name != other || !equal(a, b, depth)? {
            return Ok(false);
        }
    }
    Ok(fields.len() == others.len())
}

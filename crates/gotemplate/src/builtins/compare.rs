//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`.

use std::borrow::Cow;

use gostd::value::{IntKind, deep_equal};
use gostd::{GoError, Value, fmt};

use crate::exec::Operand;

/// Go's `basicKind`.
#[derive(PartialEq)]
enum Basic<'a> {
    Bool(bool),
    Complex(f64, f64),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(Cow<'a, [u8]>),
    /// Nothing that can be ordered: nil, maps, lists, structs.
    Other,
}

fn basic(value: &Value) -> Basic<'_> {
    match value {
        Value::Bool(b) => Basic::Bool(*b),
        Value::Complex(c) => Basic::Complex(c.0, c.1),
        Value::Int(n) | Value::Int64(n) => Basic::Int(*n),
        Value::Sized(kind, bits) if IntKind::is_unsigned(*kind) => Basic::Uint(*bits as u64),
        Value::Sized(_, n) => Basic::Int(*n),
        Value::Float(x) => Basic::Float(*x),
        Value::Str(s) => Basic::Str(Cow::Borrowed(s)),
        Value::Object(object) => match object.underlying() {
            Some(Value::Str(s)) => Basic::Str(Cow::Owned(s.to_vec())),
            Some(Value::Int(n) | Value::Int64(n)) => Basic::Int(n),
            Some(Value::Sized(kind, bits)) if IntKind::is_unsigned(kind) => Basic::Uint(bits as u64),
            Some(Value::Sized(_, n)) => Basic::Int(n),
            Some(Value::Bool(b)) => Basic::Bool(b),
            Some(Value::Float(x)) => Basic::Float(x),
            _ => Basic::Other,
        },
        _ => Basic::Other,
    }
}

fn bad_type() -> GoError {
    GoError::new("invalid type for comparison")
}

fn incompatible(a: &Value, b: &Value) -> GoError {
    GoError::new(format!("incompatible types for comparison: {} and {}", a.go_type(), b.go_type()))
}

/// Reports whether the first equals any of the others.
pub fn equal(first: &Value, others: &[Operand]) -> Result<bool, GoError> {
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    let left = basic(first);
    for other in others {
        if equal_to(first, &left, &other.value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal_to(first: &Value, left: &Basic, other: &Value) -> Result<bool, GoError> {
    let right = basic(other);
    match (left, &right) {
        (Basic::Int(a), Basic::Uint(b)) | (Basic::Uint(b), Basic::Int(a)) => Ok(*a >= 0 && *a as u64 == *b),
        (Basic::Other, Basic::Other) => identical(first, other),
        (a, b) if std::mem::discriminant(a) == std::mem::discriminant(b) => Ok(a == b),
        _ if first.is_nil() || other.is_nil() => Ok(false),
        _ => Err(incompatible(first, other)),
    }
}

/// Compares values that are not basic: only nil, pointers and structs can be.
fn identical(a: &Value, b: &Value) -> Result<bool, GoError> {
    if !(a.is_nil() || b.is_nil() || a.kind() == b.kind()) {
        let (a_text, b_text) = (shown("%s", a), shown("%v", b));
        return Err(format!("non-comparable types {a_text}: {}, {}: {b_text}", a.go_type(), b.go_type()).into());
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    if !comparable(b) {
        return Err(format!("non-comparable type {}: {}", shown("%s", b), b.go_type()).into());
    }
    Ok(same(a, b))
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.is_nil(),
        Value::Map(map) => map.is_nil(),
        _ => false,
    }
}

/// Reports whether Go's `==` takes a value: lists, maps and structs that hold some it does not.
fn comparable(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Bytes(_) | Value::Map(_) => false,
        Value::Object(object) => match object.underlying() {
            Some(plain) => comparable(&plain),
            None => value.kind() == "ptr" || object.fields().iter().all(|(.., field)| comparable(field)),
        },
        _ => true,
    }
}

/// Go's `==` on values that can be compared.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if std::rc::Rc::ptr_eq(a, b) => true,
        (Value::Object(_), Value::Object(_)) => {
            // Structs hold few values, and none deep inside.
            a.kind() == "struct" && deep_equal(a, b).unwrap_or(false)
        }
        _ => false,
    }
}

fn shown(verb: &str, value: &Value) -> String {
    String::from_utf8_lossy(&fmt::sprintf(verb.as_bytes(), std::slice::from_ref(value))).into_owned()
}

/// Reports whether the first comes before the second.
pub fn less(a: &Value, b: &Value) -> Result<bool, GoError> {
    match (basic(a), basic(b)) {
        (Basic::Other, _) | (_, Basic::Other) => Err(bad_type()),
        (Basic::Int(a), Basic::Uint(b)) => Ok(a < 0 || (a as u64) < b),
        (Basic::Uint(a), Basic::Int(b)) => Ok(b >= 0 && a < b as u64),
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a < b),
        (Basic::Float(a), Basic::Float(b)) => Ok(a < b),
        (Basic::Str(a), Basic::Str(b)) => Ok(a < b),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => Err(bad_type()),
        _ => Err(incompatible(a, b)),
    }
}

pub fn less_or_equal(a: &Value, b: &Operand) -> Result<bool, GoError> {
    Ok(less(a, &b.value)? || equal(a, std::slice::from_ref(b))?)
}

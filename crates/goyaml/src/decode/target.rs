//! What sigs.k8s.io/yaml knows of the Go type that a value will be decoded into: it writes scalars as text for strings.

use gostd::Str;
use gostd::json::{Field, Shape};

use crate::resolve::Resolved;

pub(crate) fn is_string(shape: Option<&Shape>) -> bool {
    matches!(shape, Some(Shape::String))
}

pub(crate) fn item(shape: Option<&Shape>) -> Option<&Shape> {
    match shape {
        Some(Shape::List(item, _)) => Some(item),
        _ => None,
    }
}

/// Returns the shape of a mapping's value by its key.
pub(crate) fn member<'s>(shape: Option<&'s Shape>, key: &[u8]) -> Option<&'s Shape> {
    match shape {
        Some(Shape::Map(value, _)) => Some(value),
        Some(Shape::Struct(fields, _)) => field(fields, key).map(|field| &field.shape),
        _ => None,
    }
}

/// Finds a field: by its exact name, else by the first name that differs only in case.
fn field<'s>(fields: &'s [Field], key: &[u8]) -> Option<&'s Field> {
    let exact = fields.iter().find(|field| field.name.as_bytes() == key);
    exact.or_else(|| fields.iter().find(|field| equal_fold(field.name.as_bytes(), key)))
}

/// Compares as Go's `bytes.EqualFold` does when the first text is ASCII: two letters beyond fold into it.
pub(crate) fn equal_fold(ascii: &[u8], text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let mut chars = text.chars().map(|c| match c {
        '\u{212A}' => 'k',
        '\u{17F}' => 's',
        c => c.to_ascii_lowercase(),
    });
    ascii.iter().all(|b| chars.next() == Some(char::from(b.to_ascii_lowercase()))) && chars.next().is_none()
}

/// Returns a number or boolean as text.
pub(crate) fn scalar_text(resolved: Resolved) -> Option<Str> {
    match resolved {
        Resolved::Bool(true) => Some(Str::from("true")),
        Resolved::Bool(false) => Some(Str::from("false")),
        Resolved::Int(int) => Some(Str::from(int.to_string())),
        Resolved::Uint(uint) => Some(Str::from(uint.to_string())),
        Resolved::Float(float) => Some(super::float_text(float)),
        Resolved::Null | Resolved::Timestamp | Resolved::String => None,
    }
}

//! Equality of JSON values, and the search for equal items.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::instance::{Instance, Items, Members, Numeric, Shape};

/// Up to this many items are compared each with each.
const FEW: usize = 20;

/// Why equality cannot be told.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A value is no JSON; its Go type.
    Foreign(&'static str),
    /// The library would panic.
    Panic,
}

/// Reports whether two values are equal; numbers by value, objects without regard to order.
///
/// # Errors
/// The Go type of what is no JSON.
pub fn equal(a: Instance<'_>, b: Instance<'_>) -> Result<bool, &'static str> {
    Ok(match (a.shape(), b.shape()) {
        (Shape::Foreign(go_type), _) => return Err(go_type),
        (Shape::Null, Shape::Null) => true,
        (Shape::Bool(a), Shape::Bool(b)) => a == b,
        (Shape::Text(a), Shape::Text(b)) => a == b,
        (Shape::Number(a), Shape::Number(b)) => equal_numbers(a, b),
        (Shape::Array(a), Shape::Array(b)) => return equal_items(a, b),
        (Shape::Object(a), Shape::Object(b)) => return equal_members(a, b),
        _ => false,
    })
}

fn equal_numbers(a: Numeric<'_>, b: Numeric<'_>) -> bool {
    match (a, b) {
        (Numeric::Float(a), Numeric::Float(b)) => a == b,
        _ => matches!((a.number(), b.number()), (Some(a), Some(b)) if a == b),
    }
}

fn equal_items(a: Items<'_>, b: Items<'_>) -> Result<bool, &'static str> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for ((_, a), (_, b)) in a.from(0).zip(b.from(0)) {
        if !equal(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_members(a: Members<'_>, b: Members<'_>) -> Result<bool, &'static str> {
    let (a, b) = (a.borrow(), b.borrow());
    if a.len() != b.len() {
        return Ok(false);
    }
    for ((a_key, a), (b_key, b)) in a.iter().zip(b.iter()) {
        if a_key.bytes() != b_key.bytes() || !equal(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns the first item that equals one before it: the number of that one, then its own.
///
/// # Errors
/// [`Trouble`].
pub fn duplicates(items: Items<'_>) -> Result<Option<(usize, usize)>, Trouble> {
    let mut seen: HashMap<u64, Vec<usize>> = HashMap::new();
    for (i, item) in items.from(0) {
        let others = if items.len() <= FEW {
            seen.entry(0).or_default()
        } else {
            let mut hasher = DefaultHasher::new();
            hash(item, &mut hasher)?;
            seen.entry(hasher.finish()).or_default()
        };
        for j in others.iter() {
            let Some(other) = items.get(*j) else { continue };
            if equal(item, other).map_err(Trouble::Foreign)? {
                return Ok(Some((*j, i)));
            }
        }
        others.push(i);
    }
    Ok(None)
}

fn hash(value: Instance<'_>, hasher: &mut DefaultHasher) -> Result<(), Trouble> {
    match value.shape() {
        Shape::Null => 2u8.hash(hasher),
        Shape::Bool(b) => (3u8, b).hash(hasher),
        Shape::Text(text) => (4u8, text).hash(hasher),
        Shape::Number(number) => (5u8, number.number().ok_or(Trouble::Panic)?).hash(hasher),
        Shape::Array(items) => {
            1u8.hash(hasher);
            for (_, item) in items.from(0) {
                hash(item, hasher)?;
            }
        }
        Shape::Object(members) => {
            0u8.hash(hasher);
            for (key, value) in members.borrow().iter() {
                key.bytes().hash(hasher);
                hash(value, hasher)?;
            }
        }
        Shape::Foreign(_) => {}
    }
    Ok(())
}

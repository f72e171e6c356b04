//! Whole trees: `reflect.DeepEqual` and the copies of mitchellh/copystructure.

use std::collections::HashSet;

use super::{Entries, List, Map, Object, Value};
use crate::GoError;
use crate::limits::exceeded;

/// Containers inside containers that may be copied or compared.
const DEPTH_LIMIT: usize = 10_000;
/// Values that one copy may make: a tree whose branches are shared can be small and still stand for more than fits
/// into memory.
const COPY_LIMIT: usize = 1_000_000;
/// Comparisons of containers after which pairs are remembered, so that cycles and shared branches come to an end.
const REMEMBER_FROM: usize = 1_000;

/// `reflect.DeepEqual`: the same types and contents; NaN equals nothing, a nil slice is not an empty one.
///
/// # Errors
/// Values nested deeper than 10,000 levels.
pub fn deep_equal(a: &Value, b: &Value) -> Result<bool, GoError> {
    Comparison { compared: 0, seen: HashSet::new(), depth: 0 }.equal(a, b)
}

struct Comparison {
    compared: usize,
    seen: HashSet<(usize, usize)>,
    depth: usize,
}

impl Comparison {
    fn equal(&mut self, a: &Value, b: &Value) -> Result<bool, GoError> {
        Ok(match (a, b) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
            (Value::Sized(kind, a), Value::Sized(other, b)) => kind == other && a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Complex(a), Value::Complex(b)) => **a == **b,
            (Value::Str(a), Value::Str(b)) | (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::List(a), Value::List(b)) => self.deeper(|me| me.lists(a, b))?,
            (Value::Map(a), Value::Map(b)) => self.deeper(|me| me.maps(a, b))?,
            (Value::Object(a), Value::Object(b)) => self.deeper(|me| me.objects(a.as_ref(), b.as_ref()))?,
            _ => false,
        })
    }

    fn deeper(&mut self, compare: impl FnOnce(&mut Self) -> Result<bool, GoError>) -> Result<bool, GoError> {
        if self.depth == DEPTH_LIMIT {
            return Err(exceeded("value is nested deeper than 10000 levels"));
        }
        self.depth += 1;
        let equal = compare(self);
        self.depth -= 1;
        equal
    }

    /// Compares the members of two containers of the same size.
    fn members<'v>(&mut self, mut pairs: impl Iterator<Item = (&'v Value, &'v Value)>) -> Result<bool, GoError> {
        pairs.try_fold(true, |equal, (left, right)| Ok(equal && self.equal(left, right)?))
    }

    /// Reports whether a pair was compared already, or is being compared right now.
    fn known(&mut self, a: usize, b: usize) -> bool {
        self.compared += 1;
        self.compared > REMEMBER_FROM && !self.seen.insert((a, b))
    }

    fn lists(&mut self, a: &List, b: &List) -> Result<bool, GoError> {
        if a.element() != b.element() || a.is_nil() != b.is_nil() || a.len() != b.len() {
            return Ok(false);
        }
        if a.same(b) || self.known(a.address(), b.address()) {
            return Ok(true);
        }
        self.members(a.iter().zip(b.iter()))
    }

    fn maps(&mut self, a: &Map, b: &Map) -> Result<bool, GoError> {
        if a.go_type() != b.go_type() || a.is_nil() != b.is_nil() || a.len() != b.len() {
            return Ok(false);
        }
        if a.same(b) || self.known(a.address(), b.address()) {
            return Ok(true);
        }
        let (left, right) = (a.borrow(), b.borrow());
        if !left.keys().eq(right.keys()) {
            return Ok(false);
        }
        self.members(left.values().zip(right.values()))
    }

    /// Structs are equal when their fields are; what has no visible fields is compared by what it prints.
    fn objects(&mut self, a: &dyn Object, b: &dyn Object) -> Result<bool, GoError> {
        if a.go_type() != b.go_type() {
            return Ok(false);
        }
        if std::ptr::addr_eq(a, b) {
            return Ok(true);
        }
        match (a.underlying(), b.underlying()) {
            (Some(left), Some(right)) => return self.equal(&left, &right),
            (None, None) => {}
            _ => return Ok(false),
        }
        let (left, right) = (a.fields(), b.fields());
        if left.is_empty() || left.len() != right.len() {
            return Ok(left.len() == right.len() && a.display() == b.display());
        }
        let named = left.iter().zip(&right).all(|(l, r)| l.0 == r.0);
        Ok(named && self.members(left.iter().map(|l| &l.2).zip(right.iter().map(|r| &r.2)))?)
    }
}

/// Copies maps and lists, all the way down; everything else is shared, as it never changes.
///
/// # Errors
/// A value nested deeper than 10,000 levels, as a map that holds itself, or more than a million values.
pub fn deep_copy(value: &Value) -> Result<Value, GoError> {
    Copy { left: COPY_LIMIT }.value(value, 0)
}

struct Copy {
    left: usize,
}

impl Copy {
    fn value(&mut self, value: &Value, depth: usize) -> Result<Value, GoError> {
        if depth > DEPTH_LIMIT {
            return Err(exceeded("value is nested deeper than 10000 levels"));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| exceeded("value has more than 1000000 parts"))?;
        match value {
            Value::List(list) if list.is_nil() => Ok(value.clone()),
            Value::List(list) => {
                let items: Result<Vec<Value>, GoError> = list.iter().map(|item| self.value(item, depth + 1)).collect();
                Ok(Value::List(List::of(list.element(), items?)))
            }
            Value::Map(map) => {
                let entries: Result<Entries, GoError> =
                    map.borrow().iter().map(|(key, item)| Ok((key.clone(), self.value(item, depth + 1)?))).collect();
                Ok(Value::Map(Map::of(map.map_type(), entries?)))
            }
            other => Ok(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_limited() {
        let tree = (0..60).fold(Value::Nil, |inner, _| Value::list(vec![inner.clone(), inner]));
        let error = Copy { left: 1000 }.value(&tree, 0).err();
        assert_eq!(error.map(|e| e.text).as_deref(), Some("value has more than 1000000 parts"));
    }
}

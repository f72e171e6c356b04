//! `mergo.Merge` 1.0.1 on string-keyed maps, as sprig's `merge` and `mergeOverwrite` call it.
//!
//! A nested map of the source is put into the destination by reference, where a later merge changes it for every holder:
//! charts depend on it. Source keys are visited in byte order (Go: any order).

use std::cell::Cell;

use gostd::{GoError, Map, Str, Value};

use crate::kind::{NIL_DEREFERENCE, kind_name};
use crate::limits;

pub(crate) const DIFFERENT_TYPES: &str = "src and dst must be of same type";

/// What happens to a value that the destination already has.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    /// Only empty values of the destination are filled.
    Fill,
    /// The source wins, also with an empty value.
    Overwrite,
}

/// Merges `src` into `dst`.
///
/// # Errors
/// mergo's own, the panics of Go's reflection, and nesting beyond the limit.
pub(crate) fn merge(dst: &Map, src: &Map, mode: Mode) -> Result<(), GoError> {
    level(dst, src, Budget { mode, depth: limits::DEPTH, entries: &Cell::new(limits::MERGED_ENTRIES) })
}

/// How to merge, and how much of it may still be done: shared branches make small maps large.
#[derive(Clone, Copy)]
struct Budget<'a> {
    mode: Mode,
    depth: usize,
    entries: &'a Cell<usize>,
}

fn level(dst: &Map, src: &Map, budget: Budget<'_>) -> Result<(), GoError> {
    let depth = budget.depth.checked_sub(1).ok_or_else(limits::too_deep)?;
    let entries = budget.entries.get().checked_sub(src.len()).ok_or_else(limits::too_many_entries)?;
    budget.entries.set(entries);
    let budget = Budget { depth, ..budget };
    if dst.same(src) {
        return Ok(());
    }
    let keys: Vec<Str> = src.borrow().keys().cloned().collect();
    for key in keys {
        if let Some(value) = src.get(&key) {
            entry(dst, &key, &value, Source { map: src, budget })?;
        }
    }
    Ok(())
}

/// Where an entry comes from.
#[derive(Clone, Copy)]
struct Source<'a> {
    map: &'a Map,
    budget: Budget<'a>,
}

fn entry(dst: &Map, key: &Str, value: &Value, source: Source<'_>) -> Result<(), GoError> {
    let overwrite = source.budget.mode == Mode::Overwrite;
    if value.is_nil() {
        return if overwrite { set(dst, key, value.clone(), source.map) } else { Ok(()) };
    }
    let old = dst.get(key);
    let kind = kind_name(value);
    match kind {
        "map" | "ptr" | "struct" => nested(old.as_ref(), value, source)?,
        "slice" => list(dst, key, value, source)?,
        _ => {}
    }
    let filled = old.as_ref().is_some_and(|old| !is_empty_for_merge(old));
    if filled && (kind == "slice" || kind == "map" && old.as_ref().is_some_and(|old| kind_name(old) == "map")) {
        return Ok(());
    }
    if overwrite || !filled {
        set(dst, key, value.clone(), source.map)?;
    }
    Ok(())
}

/// Merges into what the destination has; only a map can take anything.
fn nested(old: Option<&Value>, value: &Value, source: Source<'_>) -> Result<(), GoError> {
    let Some(old) = old else { return Ok(()) };
    if let Some(dst) = map_of(old) {
        return map_of(value).map_or(Ok(()), |src| level(&dst, &src, source.budget));
    }
    match (kind_name(old), kind_name(value)) {
        ("ptr", "ptr") => Ok(()),
        ("ptr", _) if source.budget.mode == Mode::Fill => Err(GoError::new(DIFFERENT_TYPES)),
        ("struct", "map" | "ptr") if old.downcast::<crate::certificate::Certificate>().is_some() => {
            Err(GoError::new(format!("reflect: call of reflect.Value.Field on {} Value", kind_name(value))))
        }
        _ => Ok(()),
    }
}

/// A list is never merged: it replaces, or the key keeps what it has.
fn list(dst: &Map, key: &Str, value: &Value, source: Source<'_>) -> Result<(), GoError> {
    if source.budget.mode == Mode::Overwrite || dst.is_empty() {
        return set(dst, key, value.clone(), source.map);
    }
    Ok(())
}

/// Puts a value into a map, which must be able to hold it.
fn set(dst: &Map, key: &Str, value: Value, src: &Map) -> Result<(), GoError> {
    if dst.go_type() == "map[string]string" && src.go_type() != "map[string]string" {
        let got = if kind_name(&value) == "slice" { value.go_type() } else { "interface {}" };
        return Err(GoError::new(format!(
            "reflect.Value.SetMapIndex: value of type {got} is not assignable to type string"
        )));
    }
    dst.insert(key.clone(), value);
    Ok(())
}

fn map_of(v: &Value) -> Option<Map> {
    match v {
        Value::Map(map) => Some(map.clone()),
        Value::Object(object) => map_of(&object.underlying()?),
        _ => None,
    }
}

/// mergo's idea of empty: as `empty`, but looking through pointers, and complex numbers never are.
fn is_empty_for_merge(v: &Value) -> bool {
    !matches!(v, Value::Complex(_)) && crate::kind::is_empty(v)
}

/// Copies a value with everything it holds, as `copystructure.Copy`.
///
/// # Errors
/// For nil, Go's panic; nesting or size beyond the limit.
pub(crate) fn deep_copy(v: &Value) -> Result<Value, GoError> {
    if v.is_nil() {
        return Err(GoError::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    gostd::value::deep_copy(v)
}

/// Follows a path of keys into nested maps, as `dig`.
pub(crate) fn dig(path: &[Value], default: &Value, dict: &Value) -> Result<Value, GoError> {
    let mut dict = dict.clone();
    for (i, key) in path.iter().enumerate() {
        let map = match &dict {
            Value::Map(map) if map.go_type() == MAP => map,
            other => return Err(conversion(other, MAP)),
        };
        let Value::Str(key) = key else { return Err(conversion(key, "string")) };
        let Some(step) = map.get(key) else { return Ok(default.clone()) };
        if i + 1 == path.len() {
            return Ok(step);
        }
        dict = step;
    }
    Err(GoError::new(NIL_DEREFERENCE))
}

pub(crate) const MAP: &str = "map[string]interface {}";

/// The text of Go's failed type assertion.
pub(crate) fn conversion(got: &Value, want: &str) -> GoError {
    let got = if got.is_nil() { "nil" } else { got.go_type() };
    GoError::new(format!("interface conversion: interface {{}} is {got}, not {want}"))
}

//! Merges the two halves of a strategic merge patch into one.
//!
//! Source: `mergeMap` of k8s.io/apimachinery pkg/util/strategicpatch with its options off: both sides are patches, so
//! directives and nulls stay.

use serde_json::Value;

use super::lists::{Kind, check_order, deduplicate, element_kind, keyed, merge_sorted, plain, sorted_like};
use super::strategic::{DELETE_FROM, DIRECTIVE, ELEMENT_ORDER, Fields, RETAIN_KEYS};
use super::types::{Field, Schema, Strategy};
use crate::Error;

/// Merges `patch` into `original`.
pub(super) fn merge(mut original: Fields, mut patch: Fields, schema: Schema, depth: usize) -> Result<Fields, Error> {
    let depth = depth.checked_sub(1).ok_or_else(|| Error::plain("objects are nested too deeply"))?;
    match patch.remove(DIRECTIVE) {
        None => {}
        Some(directive) if directive == "replace" => return Ok(patch),
        Some(directive) if directive == "delete" => return Ok(Fields::new()),
        Some(directive) => return Err(unknown(&directive, &patch)),
    }
    if let Some(retained) = patch.remove(RETAIN_KEYS) {
        let known = original.entry(RETAIN_KEYS).or_insert_with(|| retained.clone());
        if *known != retained {
            return Err(Error::Plain(format!(
                "{known} and {retained} are not deep equal: this may happen when calculating the 3-way diff patch"
            )));
        }
    }
    merge_ordered(&mut original, &mut patch, schema, depth)?;
    for (key, new) in patch {
        if key.starts_with(DELETE_FROM) {
            original.insert(key, new);
            continue;
        }
        let merged = match (original.remove(&key), new) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                let field = schema.field(&key)?;
                Some(Value::Object(match field.strategy {
                    Strategy::Replace => new,
                    _ => merge(old, new, field.schema, depth)?,
                }))
            }
            (Some(Value::Array(old)), Value::Array(new)) => {
                Some(Value::Array(arrays(old, new, schema.list_field(&key)?, depth)?))
            }
            (_, new) => without_directives(new),
        };
        if let Some(merged) = merged {
            original.insert(key, merged);
        }
    }
    Ok(original)
}

fn unknown(directive: &Value, patch: &Fields) -> Error {
    Error::Plain(format!("unknown patch type: {} in map: {}", plain(directive), plain(&Value::Object(patch.clone()))))
}

/// `mergePatchIntoOriginal`: lists whose order the patch sets.
fn merge_ordered(original: &mut Fields, patch: &mut Fields, schema: Schema, depth: usize) -> Result<(), Error> {
    let orders: Vec<String> = patch.keys().filter(|key| key.starts_with(ELEMENT_ORDER)).cloned().collect();
    for name in orders {
        let Some(order) = patch.remove(&name) else { continue };
        let known = original.entry(name.clone()).or_insert_with(|| order.clone());
        let bad = || Error::plain("invalid patch format of setElementOrder list");
        if *known != order {
            return Err(bad());
        }
        let key = name.split_once('/').ok_or_else(bad)?.1;
        let Value::Array(order) = order else { return Err(bad()) };
        let field = schema.list_field(key)?;
        let (old, new) = (taken(original, key)?, taken(patch, key)?);
        check_order(new.as_deref().unwrap_or_default(), &order, field.merge_key)?;
        let merged = match (old.clone(), new.clone()) {
            (None, None) => continue,
            (Some(old), None) => old,
            (None, Some(new)) => match without_directives(Value::Array(new)) {
                Some(Value::Array(new)) => new,
                _ => continue,
            },
            (Some(old), Some(new)) => arrays(old, new, field, depth)?,
        };
        let kind = element_kind(&[old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default()])?;
        let list = in_order(merged, &order, old.as_deref().unwrap_or_default(), (field.merge_key, kind))?;
        original.insert(key.to_owned(), Value::Array(list));
    }
    Ok(())
}

fn taken(fields: &mut Fields, key: &str) -> Result<Option<Vec<Value>>, Error> {
    match fields.remove(key) {
        None => Ok(None),
        Some(Value::Array(list)) => Ok(Some(list)),
        Some(_) => Err(Error::plain("expected a []interface {}, but received another type")),
    }
}

/// `mergeSliceHandler`.
fn arrays(old: Vec<Value>, new: Vec<Value>, field: Field, depth: usize) -> Result<Vec<Value>, Error> {
    if field.strategy != Strategy::Merge || (old.is_empty() && new.is_empty()) {
        return Ok(new);
    }
    let kind = element_kind(&[&old, &new])?;
    let key = field.merge_key;
    let (merged, old, new) = match kind {
        Kind::Scalar => {
            let mut both = old.clone();
            both.extend(new.iter().cloned());
            deduplicate(&mut both);
            (both, old, new)
        }
        Kind::Map if key.is_empty() => return Err(Error::plain("cannot merge lists without merge key for struct")),
        Kind::Map => {
            let (old, new) = special(old, new, key)?;
            (merge_maps(old.clone(), &new, field, depth)?, old, new)
        }
    };
    in_order(merged, &new, &old, (key, kind))
}

/// Puts what the patch names into its order, between what only the other side has.
fn in_order(
    merged: Vec<Value>,
    order: &[Value],
    other_order: &[Value],
    (key, kind): (&str, Kind),
) -> Result<Vec<Value>, Error> {
    let named = |item: &Value| match key.is_empty() {
        true => order.contains(item),
        false => order.iter().any(|other| other.get(key).is_some_and(|value| *value == item[key])),
    };
    let (patched, others): (Vec<Value>, Vec<Value>) = merged.into_iter().partition(named);
    let patched = sorted_like(patched, order, key, kind)?;
    let others = sorted_like(others, other_order, key, kind)?;
    Ok(merge_sorted(others, patched, other_order, key, kind))
}

/// `mergeSliceWithSpecialElements`: elements of the patch that are directives.
fn special(mut old: Vec<Value>, new: Vec<Value>, key: &str) -> Result<(Vec<Value>, Vec<Value>), Error> {
    let mut rest = Vec::new();
    let mut replaces = false;
    for item in new {
        match item[DIRECTIVE].as_str() {
            None if item.get(DIRECTIVE).is_none() => rest.push(item),
            Some("delete") => {
                let value = keyed(&item, key)?.1.clone();
                old.retain(|other| other.get(key) != Some(&value));
            }
            Some("replace") => replaces = true,
            Some("merge") => return Err(Error::plain("merging lists cannot yet be specified in the patch")),
            _ => return Err(unknown(&item[DIRECTIVE], &Fields::new())),
        }
    }
    Ok(if replaces { (rest, Vec::new()) } else { (old, rest) })
}

/// `mergeSliceWithoutSpecialElements`.
fn merge_maps(mut old: Vec<Value>, new: &[Value], field: Field, depth: usize) -> Result<Vec<Value>, Error> {
    let key = field.merge_key;
    for item in new {
        let (fields, value) = keyed(item, key)?;
        match old.iter_mut().find(|other| other.get(key) == Some(value)) {
            Some(found) => {
                let base = found.as_object().cloned().unwrap_or_default();
                *found = Value::Object(merge(base, fields.clone(), field.schema, depth)?);
            }
            None => old.push(item.clone()),
        }
    }
    Ok(old)
}

/// `removeDirectives`: none for an object that is itself a directive.
fn without_directives(value: Value) -> Option<Value> {
    match value {
        Value::Object(fields) if fields.contains_key(DIRECTIVE) => None,
        Value::Object(fields) => {
            let kept = fields.into_iter().filter_map(|(key, value)| Some((key, without_directives(value)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(list) => Some(Value::Array(list.into_iter().filter_map(without_directives).collect())),
        scalar => Some(scalar),
    }
}

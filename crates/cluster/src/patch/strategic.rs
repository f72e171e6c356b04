//! Strategic merge patches between three states of an object: what was, what shall be, what is.
//!
//! Source: `CreateThreeWayMergePatch`, k8s.io/apimachinery pkg/util/strategicpatch. What Go leaves to the order of its maps
//! is done in the order of names here.

use serde_json::{Map, Value, json};

use super::lists::{self, Kind, element_kind, plain, same_key_order, sort_by_key, sort_scalars, sorted_like};
use super::merge::merge;
use super::types::{Field, Schema, Strategy};
use crate::Error;

pub(super) type Fields = Map<String, Value>;

pub(super) const DIRECTIVE: &str = "$patch";
pub(super) const RETAIN_KEYS: &str = "$retainKeys";
pub(super) const DELETE_FROM: &str = "$deleteFromPrimitiveList";
pub(super) const ELEMENT_ORDER: &str = "$setElementOrder";

/// Objects nested deeper are none of Kubernetes'.
pub(super) const DEPTH: usize = 512;

/// Which half of a difference is wanted.
#[derive(Clone, Copy, PartialEq)]
enum Half {
    /// What was changed or added.
    Changes,
    /// What is gone.
    Deletions,
}

/// What is the same all the way down.
#[derive(Clone, Copy)]
struct Way {
    half: Half,
    retain_keys: bool,
    depth: usize,
}

impl Way {
    fn down(self, retain_keys: bool) -> Result<Self, Error> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| Error::plain("objects are nested too deeply"))?;
        Ok(Way { depth, retain_keys, ..self })
    }
}

/// Returns the patch that makes `current` what `modified` says, less what `original` had and `modified` has not.
pub(super) fn three_way(original: &Value, modified: &Value, current: &Value, schema: Schema) -> Result<Value, Error> {
    let bad = || Error::plain("invalid JSON document");
    let (original, modified, current) = (
        original.as_object().ok_or_else(bad)?,
        modified.as_object().ok_or_else(bad)?,
        current.as_object().ok_or_else(bad)?,
    );
    let way = |half| Way { half, retain_keys: false, depth: DEPTH };
    let changes = diff(current, modified, schema, way(Half::Changes))?;
    let deletions = diff(original, modified, schema, way(Half::Deletions))?;
    merge(deletions, changes, schema, DEPTH).map(Value::Object)
}

/// `diffMaps`.
fn diff(original: &Fields, modified: &Fields, schema: Schema, way: Way) -> Result<Fields, Error> {
    let mut patch = Fields::new();
    let mut retained = Vec::new();
    for (key, new) in modified {
        if way.retain_keys && !new.is_null() {
            retained.push(Value::String(key.clone()));
        }
        match original.get(key) {
            None => add(&mut patch, key, new, way),
            Some(old) if key == DIRECTIVE => directive(old, new, &mut patch)?,
            Some(Value::Object(old)) if new.is_object() => {
                objects(key, (old, new.as_object().unwrap_or(old)), &mut patch, schema, way)?;
            }
            Some(Value::Array(old)) if new.is_array() => {
                let new = new.as_array().map(Vec::as_slice).unwrap_or_default();
                arrays(key, (old, new), &mut patch, schema, way)?;
            }
            Some(old) if old == new => {}
            Some(_) => add(&mut patch, key, new, way),
        }
    }
    if way.half == Half::Deletions {
        for key in original.keys().filter(|key| !modified.contains_key(*key)) {
            patch.insert(key.clone(), Value::Null);
        }
    }
    let more = || original.iter().any(|(key, old)| !old.is_null() && !modified.contains_key(key));
    if !retained.is_empty() && (!patch.is_empty() || more()) {
        sort_scalars(&mut retained);
        patch.insert(RETAIN_KEYS.to_owned(), Value::Array(retained));
    }
    Ok(patch)
}

fn add(patch: &mut Fields, key: &str, new: &Value, way: Way) {
    if way.half == Half::Changes {
        patch.insert(key.to_owned(), new.clone());
    }
}

/// `handleDirectiveMarker`: a manifest may carry a directive itself.
fn directive(old: &Value, new: &Value, patch: &mut Fields) -> Result<(), Error> {
    if !old.is_string() || !new.is_string() {
        return Err(Error::Plain(format!("invalid value for special key: {DIRECTIVE}")));
    }
    if old != new {
        patch.insert(DIRECTIVE.to_owned(), new.clone());
    }
    Ok(())
}

/// `handleMapDiff`.
fn objects(
    key: &str,
    (old, new): (&Fields, &Fields),
    patch: &mut Fields,
    schema: Schema,
    way: Way,
) -> Result<(), Error> {
    let field = match schema.field(key) {
        Ok(field) => field,
        Err(_) if old == new => return Ok(()),
        Err(error) => return Err(error),
    };
    if field.strategy == Strategy::Replace {
        add(patch, key, &Value::Object(new.clone()), way);
        return Ok(());
    }
    let inner = diff(old, new, field.schema, way.down(field.retain_keys)?)?;
    if !inner.is_empty() {
        patch.insert(key.to_owned(), Value::Object(inner));
    }
    Ok(())
}

/// `handleSliceDiff`.
fn arrays(
    key: &str,
    (old, new): (&[Value], &[Value]),
    patch: &mut Fields,
    schema: Schema,
    way: Way,
) -> Result<(), Error> {
    let field = match schema.list_field(key) {
        Ok(field) => field,
        Err(_) if old == new => return Ok(()),
        Err(error) => return Err(error),
    };
    if field.strategy != Strategy::Merge {
        if old != new {
            add(patch, key, &Value::Array(new.to_vec()), way);
        }
        return Ok(());
    }
    let difference = merging_lists(old, new, field, way.down(field.retain_keys)?)?;
    for (name, list) in [
        (key.to_owned(), difference.patch),
        (format!("{DELETE_FROM}/{key}"), difference.deleted),
        (format!("{ELEMENT_ORDER}/{key}"), difference.order),
    ] {
        if !list.is_empty() {
            patch.insert(name, Value::Array(list));
        }
    }
    Ok(())
}

#[derive(Default)]
struct Difference {
    patch: Vec<Value>,
    deleted: Vec<Value>,
    order: Vec<Value>,
}

/// `diffLists`.
fn merging_lists(old: &[Value], new: &[Value], field: Field, way: Way) -> Result<Difference, Error> {
    if old.is_empty() {
        let patch = if way.half == Half::Changes { new.to_vec() } else { Vec::new() };
        return Ok(Difference { patch, ..Difference::default() });
    }
    match element_kind(&[old, new])? {
        Kind::Map => lists_of_maps(old, new, field, way),
        _ => lists_of_scalars(old, new, way),
    }
}

fn lists_of_maps(old: &[Value], new: &[Value], field: Field, way: Way) -> Result<Difference, Error> {
    let key = field.merge_key;
    let (patch, deleted) = pairs_of_maps(old, new, field, way)?;
    let mut patch = sorted_like(patch, new, key, Kind::Map)?;
    let same_order = same_key_order(old, new, key)?;
    patch.extend(deleted);
    let wanted = match way.half {
        Half::Changes => !patch.is_empty() || !same_order,
        Half::Deletions => !patch.is_empty(),
    };
    let order = match wanted {
        true => new.iter().map(|item| json!({key: item[key]})).collect(),
        false => Vec::new(),
    };
    Ok(Difference { patch, order, ..Difference::default() })
}

/// `diffListsOfMaps`: walks both lists by the text of their merge keys.
fn pairs_of_maps(old: &[Value], new: &[Value], field: Field, way: Way) -> Result<(Vec<Value>, Vec<Value>), Error> {
    let key = field.merge_key;
    let (old, new) = (sort_by_key(old, key), sort_by_key(new, key));
    let (mut patch, mut deleted) = (Vec::new(), Vec::new());
    let (mut at_old, mut at_new) = (0, 0);
    loop {
        let before = old.get(at_old).map(|item| lists::keyed(item, key)).transpose()?;
        let after = new.get(at_new).map(|item| lists::keyed(item, key)).transpose()?;
        match (before, after) {
            (None, None) => return Ok((patch, deleted)),
            (Some((old, old_key)), Some((new, new_key))) if plain(old_key) == plain(new_key) => {
                let mut inner = diff(old, new, field.schema, way)?;
                if !inner.is_empty() {
                    inner.insert(key.to_owned(), new_key.clone());
                    patch.push(Value::Object(inner));
                }
                (at_old, at_new) = (at_old + 1, at_new + 1);
            }
            (before, Some((new, new_key))) if before.is_none_or(|(_, old_key)| plain(old_key) > plain(new_key)) => {
                if way.half == Half::Changes {
                    patch.push(Value::Object(new.clone()));
                }
                at_new += 1;
            }
            (Some((_, old_key)), _) => {
                if way.half == Half::Deletions {
                    deleted.push(json!({key: old_key, DIRECTIVE: "delete"}));
                }
                at_old += 1;
            }
            (None, Some(_)) => at_new += 1,
        }
    }
}

/// `diffListsOfScalars` with what `diffLists` makes of it.
fn lists_of_scalars(old: &[Value], new: &[Value], way: Way) -> Result<Difference, Error> {
    let (mut old_sorted, mut new_sorted) = (old.to_vec(), new.to_vec());
    sort_scalars(&mut old_sorted);
    sort_scalars(&mut new_sorted);
    let (mut added, mut deleted) = (Vec::new(), Vec::new());
    let (mut before, mut after) = (old_sorted.iter().peekable(), new_sorted.iter().peekable());
    loop {
        match (before.peek(), after.peek()) {
            (None, None) => break,
            (Some(old), Some(new)) if plain(old) == plain(new) => {
                before.next();
                after.next();
            }
            (old, Some(new)) if old.is_none_or(|old| plain(old) > plain(new)) => {
                added.push((*new).clone());
                after.next();
            }
            (old, _) => {
                deleted.extend(old.map(|old| (*old).clone()));
                before.next();
            }
        }
    }
    // Go sorts the old list in place before it compares.
    let (patch, deleted, order) = match way.half {
        Half::Changes => (added, Vec::new(), old_sorted != new),
        Half::Deletions => {
            lists::deduplicate(&mut deleted);
            let any = !deleted.is_empty();
            (Vec::new(), deleted, any)
        }
    };
    let patch = sorted_like(patch, new, "", Kind::Scalar)?;
    Ok(Difference { patch, deleted, order: if order { new.to_vec() } else { Vec::new() } })
}

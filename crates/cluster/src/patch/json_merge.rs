//! JSON merge patches (RFC 7386): for kinds that we know no types of.
//!
//! Source: `CreateMergePatch` of evanphx/json-patch, `CreateThreeWayJSONMergePatch` of apimachinery util/jsonmergepatch.

use serde_json::{Map, Value};

use crate::Error;

const DEPTH: usize = 512;

/// Returns what makes `from` into `to`; an empty object where they are the same.
pub(super) fn diff(from: &Value, to: &Value) -> Result<Value, Error> {
    let (Some(from), Some(to)) = (from.as_object(), to.as_object()) else {
        return Err(Error::plain("Invalid JSON Document"));
    };
    objects(from, to, DEPTH).map(Value::Object)
}

fn objects(from: &Map<String, Value>, to: &Map<String, Value>, depth: usize) -> Result<Map<String, Value>, Error> {
    if depth == 0 {
        return Err(Error::plain("objects are nested too deeply"));
    }
    let mut patch = Map::new();
    for (key, new) in to {
        match (from.get(key), new) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                let inner = objects(old, new, depth - 1)?;
                if !inner.is_empty() {
                    patch.insert(key.clone(), Value::Object(inner));
                }
            }
            (Some(old), new) if old == new => {}
            _ => {
                patch.insert(key.clone(), new.clone());
            }
        }
    }
    for key in from.keys().filter(|key| !to.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    Ok(patch)
}

/// Returns what makes the live object the target: what is new or other there, less what the original had alone.
pub(super) fn three_way(original: &Value, modified: &Value, current: &Value) -> Result<Value, Error> {
    let changes = half(&diff(current, modified)?, Half::Changes, DEPTH);
    let deletions = half(&diff(original, modified)?, Half::Deletions, DEPTH);
    let patch = overlay(deletions, changes, DEPTH);
    let metadata = patch.get("metadata").and_then(Value::as_object);
    let changed = patch.contains_key("apiVersion") || patch.contains_key("kind");
    if changed || metadata.is_some_and(|metadata| metadata.contains_key("name")) {
        let shown = Value::Object(patch);
        return Err(Error::Plain(format!(
            "precondition failed for: {shown}: at least one field was changed: apiVersion, kind or name"
        )));
    }
    Ok(Value::Object(patch))
}

#[derive(Clone, Copy, PartialEq)]
enum Half {
    Changes,
    Deletions,
}

/// `keepOrDeleteNullInObj`.
fn half(patch: &Value, wanted: Half, depth: usize) -> Map<String, Value> {
    let mut kept = Map::new();
    for (key, value) in patch.as_object().into_iter().flatten().filter(|_| depth > 0) {
        match value {
            Value::Null if wanted == Half::Deletions => drop(kept.insert(key.clone(), Value::Null)),
            Value::Null => {}
            Value::Object(fields) if !fields.is_empty() => {
                let inner = half(value, wanted, depth - 1);
                if !inner.is_empty() {
                    kept.insert(key.clone(), Value::Object(inner));
                }
            }
            value if wanted == Half::Changes => drop(kept.insert(key.clone(), value.clone())),
            _ => {}
        }
    }
    kept
}

/// Lays one patch over another.
fn overlay(mut under: Map<String, Value>, over: Map<String, Value>, depth: usize) -> Map<String, Value> {
    for (key, new) in over {
        let merged = match (under.remove(&key), new) {
            (Some(Value::Object(old)), Value::Object(new)) if depth > 0 => Value::Object(overlay(old, new, depth - 1)),
            (_, new) => new,
        };
        under.insert(key, merged);
    }
    under
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_live_object_counts() {
        let original = json!({"spec": {"a": 1, "b": 2}});
        let modified = json!({"spec": {"a": 1, "c": {}}});
        let current = json!({"spec": {"a": 5, "b": 2, "d": 4}});
        let patch = three_way(&original, &modified, &current).expect("a patch");
        assert_eq!(patch, json!({"spec": {"a": 1, "b": null, "c": {}}}));
        assert_eq!(diff(&original, &modified).expect("a patch"), json!({"spec": {"b": null, "c": {}}}));
    }
}

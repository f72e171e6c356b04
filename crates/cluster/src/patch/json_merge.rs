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

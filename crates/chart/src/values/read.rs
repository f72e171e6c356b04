//! Values files, and maps put over each other.

use std::borrow::Cow;

use gostd::json::Shape;
use gostd::{GoError, Map, Value};

use super::VALUES_NAME;

/// Reads a values file: its YAML documents, each merged over those before.
///
/// # Errors
/// `cannot unmarshal yaml document: …`, `error reading yaml document: …`.
pub fn load_values(text: &[u8]) -> Result<Map, GoError> {
    let mut values: Option<Map> = None;
    each_document(text, |document| {
        if let Value::Map(map) = goyaml::from_yaml_map(document)? {
            values = Some(match values.take() {
                Some(before) => merge_maps(&before, &map),
                None => map,
            });
        }
        Ok(())
    })?;
    Ok(values.unwrap_or_default())
}

/// Checks what [`load_values`] would read.
///
/// # Errors
/// The same.
pub fn check_values(text: &[u8]) -> Result<(), GoError> {
    each_document(text, goyaml::check_map)
}

fn each_document(text: &[u8], mut take: impl FnMut(&[u8]) -> Result<(), GoError>) -> Result<(), GoError> {
    let text = match text.last() {
        None | Some(b'\n') => Cow::Borrowed(text),
        // Go's reader of documents would lose some last lines without an end.
        Some(_) => Cow::Owned([text, b"\n"].concat()),
    };
    for document in goyaml::Documents::new(&text) {
        let document = document.map_err(|e| GoError::wrap(format!("error reading yaml document: {}", e.text), e))?;
        take(&document).map_err(|e| GoError::wrap(format!("cannot unmarshal yaml document: {}", e.text), e))?;
    }
    Ok(())
}

/// Reads one YAML document as values (`common.ReadValues`).
///
/// # Errors
/// The text of sigs.k8s.io/yaml.
pub fn read_values(text: &[u8]) -> Result<Map, GoError> {
    const SHAPE: Shape = Shape::Map(&Shape::Any, VALUES_NAME);
    Ok(goyaml::from_yaml_shaped(text, &SHAPE)?.as_map().cloned().unwrap_or_default())
}

/// Returns `under` with `over` put on it: maps merge, anything else, null too, replaces. Neither changes.
pub fn merge_maps(under: &Map, over: &Map) -> Map {
    let mut merged = under.borrow().clone();
    for (key, value) in over.borrow().iter() {
        let both = match (value, merged.get(&key[..])) {
            (Value::Map(over), Some(Value::Map(under))) => Some(merge_maps(under, over)),
            _ => None,
        };
        merged.insert(key.clone(), both.map_or_else(|| value.clone(), Value::Map));
    }
    Map::new(merged)
}

//! Reads the documents of a manifest, without asking a cluster what they are.

use gostd::{GoError, Value as GoValue};
use goyaml::Documents;
use serde_json::Value;

/// One object of a manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The template it comes from, as the comment before it says; empty without one.
    pub source: String,
    pub object: Value,
}

/// Lists in lists in lists.
const LIST_DEPTH: usize = 16;

/// Returns the objects of a manifest in its order, those of lists one by one.
///
/// # Errors
/// YAML that cannot be read; nothing of the document is told but what the reader says.
pub fn documents(manifest: &[u8]) -> Result<Vec<Document>, GoError> {
    let mut documents = Vec::new();
    for document in Documents::new(manifest) {
        let document = document?;
        let value = goyaml::Objects::with_integers(&document).next().transpose()?.unwrap_or(GoValue::Nil);
        if matches!(value, GoValue::Nil) {
            continue;
        }
        let bytes = gostd::json::encode(&value)?;
        let object = serde_json::from_slice(&bytes).map_err(|error| GoError::new(error.to_string()))?;
        let source = source(&document);
        let mut items = Vec::new();
        flatten(object, &mut items, LIST_DEPTH)?;
        documents.extend(items.into_iter().map(|object| Document { source: source.clone(), object }));
    }
    Ok(documents)
}

/// Returns what the first line of a document says of its template.
fn source(document: &[u8]) -> String {
    let mut lines = document.split(|byte| *byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"---"));
    let path = lines.next().and_then(|line| line.strip_prefix(b"# Source: ")).unwrap_or_default();
    String::from_utf8_lossy(path).trim().to_owned()
}

/// Takes the objects out of lists. An item without kind and API version has those of its list, less `List`.
fn flatten(mut object: Value, items: &mut Vec<Value>, depth: usize) -> Result<(), GoError> {
    let Some(inner) = object.get_mut("items").and_then(Value::as_array_mut).map(std::mem::take) else {
        items.push(object);
        return Ok(());
    };
    if depth == 0 {
        return Err(GoError::new("lists in a manifest are nested too deeply"));
    }
    let kind = object["kind"].as_str().unwrap_or_default().trim_end_matches("List").to_owned();
    for mut item in inner {
        if let Some(fields) = item.as_object_mut()
            && !fields.contains_key("kind")
            && !fields.contains_key("apiVersion")
        {
            fields.insert("kind".to_owned(), Value::String(kind.clone()));
            fields.insert("apiVersion".to_owned(), object["apiVersion"].clone());
        }
        flatten(item, items, depth - 1)?;
    }
    Ok(())
}

//! Reads an index as a whole, as Helm does (`jsonOrYamlUnmarshal`): JSON if it is valid JSON, else YAML without unknown
//! and doubled names.

use std::io::Write;

use gostd::{GoError, Value, json as go_json};

use super::gather::Gather;
use super::{Bounds, Doubt, Scanned};
use crate::index::catalogue::Writer;
use crate::index::version::{INDEX, index_from_yaml};
use crate::index::{EMPTY, Version};

/// Says that a text is too long to be read this way.
pub fn too_long(bytes: u64) -> GoError {
    GoError::new(format!(
        "the index is larger than {} MiB and not written as Helm or a chart server writes it",
        bytes >> 20
    ))
}

/// Reads the text of an index into a tree that fits [`INDEX`].
///
/// # Errors
/// `empty index.yaml file`; what `encoding/json` or sigs.k8s.io/yaml says of the text.
pub fn value(text: &[u8]) -> Result<Value, GoError> {
    if text.is_empty() {
        return Err(GoError::new(EMPTY));
    }
    match go_json::decode(text) {
        Ok(_) => go_json::decode_shaped(text, &INDEX),
        Err(_) => index_from_yaml(text),
    }
}

/// Writes the catalogue of an index that was read as a whole. The texts of its versions are kept in it.
///
/// # Errors
/// Doubt is only about the system here.
pub fn scanned<W: Write>(index: &Value, out: W) -> Result<Scanned<W>, Doubt> {
    let mut gather = Gather::new(Writer::new(out), Bounds::default());
    let mut has_api_version = false;
    if let Some(map) = index.as_map() {
        has_api_version = map.get(b"apiVersion").is_some_and(|v| v.as_str().is_some_and(|text| !text.is_empty()));
        if let Some(Value::Map(entries)) = map.get(b"entries") {
            for (name, versions) in entries.borrow().iter() {
                gather.open(name.to_text().into_owned())?;
                for value in versions.as_list().map(|list| list.items()).unwrap_or_default() {
                    let version = Version::from_value(value);
                    let text = go_json::encode(value).map_err(|_| Doubt::Form)?;
                    let place = gather.writer.keep(&text)?;
                    gather.check(version, place)?;
                }
            }
        }
    }
    gather.close()?;
    let mut writer = gather.writer;
    writer.sort();
    Ok(Scanned { writer, has_api_version })
}

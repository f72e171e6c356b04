//! The long way of `sigs.k8s.io/yaml.Marshal`: the value to JSON, and the JSON back as YAML. What it changes decides
//! what `toYaml` writes, and whether it can at all; for most values it changes nothing, and is left out.

use gostd::{GoError, Value};

use super::object::json_error;
use crate::decode::{Mode, decode};
use crate::{compose, reader};

/// A longer key may become too long for a simple key of YAML when every byte is written as `\u0000`.
pub(super) const MAX_KEY_BYTES: usize = 160;

/// Reports text that does not come back from JSON and YAML as it went: not UTF-8, control characters that go-yaml
/// rejects, the line break NEL, and two characters that are none.
pub(super) fn needs_json(text: &[u8]) -> bool {
    if text.iter().all(|b| *b < 0x7F) {
        return false;
    }
    match std::str::from_utf8(text) {
        Ok(text) => text.chars().any(|c| matches!(c, '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')),
        Err(_) => true,
    }
}

/// Sends a value through JSON and back.
pub(super) fn through_json(value: &Value) -> Result<Value, GoError> {
    let json = gostd::json::encode(value).map_err(|error| json_error(&error.text))?;
    read_json(&json)
}

/// Reads JSON as YAML, integers as such.
pub(super) fn read_json(json: &[u8]) -> Result<Value, GoError> {
    let mut source = reader::Source::new(json);
    let document = compose::compose(&mut source)?;
    decode(&document, Mode::Exact, None)
}

//! The long way of `sigs.k8s.io/yaml.Marshal`: the value to JSON, and the JSON back as YAML. What it changes decides
//! what `toYaml` writes, and whether it can at all; for most values it changes nothing, and is left out.

use gostd::{GoError, Value};

use super::object::json_error;
use crate::decode::{Mode, decode, encode_base64};
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
    let mut json = Vec::new();
    encode(&mut json, value, 0)?;
    read_json(&json)
}

/// Reads JSON as YAML, integers as such.
pub(super) fn read_json(json: &[u8]) -> Result<Value, GoError> {
    let mut source = reader::Source::new(json);
    let document = compose::compose(&mut source)?;
    decode(&document, Mode::Exact, None)
}

fn encode(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), GoError> {
    if depth > 10_000 {
        return Err(json_error("exceeded max depth"));
    }
    match value {
        Value::Str(text) => encode_text(out, text),
        Value::Bytes(bytes) => encode_text(out, &encode_base64(bytes)),
        Value::List(list) => {
            out.push(b'[');
            for (i, item) in list.iter().enumerate() {
                separate(out, i);
                encode(out, item, depth + 1)?;
            }
            out.push(b']');
        }
        Value::Map(map) => {
            out.push(b'{');
            for (i, (key, value)) in map.borrow().iter().enumerate() {
                separate(out, i);
                encode_text(out, key);
                out.push(b':');
                encode(out, value, depth + 1)?;
            }
            out.push(b'}');
        }
        Value::Object(object) => match (object.json(), object.underlying()) {
            (Some(json), _) => out.extend_from_slice(json.as_bytes()),
            (None, Some(value)) => encode(out, &value, depth + 1)?,
            (None, None) => {
                let fields = object.fields().into_iter().map(|(_, name, value)| (name.into(), value));
                encode(out, &Value::map(fields.collect()), depth)?;
            }
        },
        scalar => super::append_scalar(out, scalar)?,
    }
    Ok(())
}

fn separate(out: &mut Vec<u8>, i: usize) {
    if i > 0 {
        out.push(b',');
    }
}

fn encode_text(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for c in crate::decode::json_str(text).chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
            }
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

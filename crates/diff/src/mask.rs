//! Hides the values of Secrets, wherever in an object one is; that they change stays visible.

use data_encoding::BASE64;
use serde_json::{Map, Value};

/// The fields whose values are secret, and whether they are in base64.
const FIELDS: [(&str, bool); 2] = [("data", true), ("stringData", false)];
/// What `kubectl apply` keeps of the object it was given: the values are in it once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// What is deeper is hidden as a whole.
const DEPTH: usize = 256;

/// On which side of a difference a value is.
#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

impl Side {
    fn mark(self) -> &'static str {
        match self {
            Side::Before => "--------",
            Side::After => "++++++++",
        }
    }
}

/// Hides what is secret in an object before and after a change; says whether there was something.
pub(crate) fn mask(before: &mut Option<Value>, after: &mut Option<Value>) -> bool {
    let (old, new) = (before.clone(), after.clone());
    let mut found = false;
    if let Some(before) = before {
        found |= walk(before, new.as_ref(), (Side::Before, false), DEPTH);
    }
    if let Some(after) = after {
        found |= walk(after, old.as_ref(), (Side::After, false), DEPTH);
    }
    found
}

/// Shows the values of Secrets as text where they are one.
pub(crate) fn decode(object: &mut Value) {
    if !is_secret(object, false) {
        return;
    }
    for value in object.get_mut("data").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        let bytes = value.as_str().and_then(|text| BASE64.decode(text.as_bytes()).ok());
        if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            *value = Value::String(text);
        }
    }
}

/// `inherited` says that the object is in a list of Secrets.
fn walk(value: &mut Value, other: Option<&Value>, (side, inherited): (Side, bool), depth: usize) -> bool {
    if depth == 0 {
        hide(value, other, (side, false));
        return true;
    }
    let secret = is_secret(value, inherited);
    let of_list = is_kind(value, "SecretList");
    match value {
        Value::Object(fields) => {
            let mut found = secret && hide_fields(fields, other, side);
            found |= hide_last_applied(fields, other, (side, secret));
            for (name, field) in fields.iter_mut().filter(|(name, _)| !(secret && is_hidden(name))) {
                let inherited = of_list && name == "items";
                found |= walk(field, other.and_then(|other| other.get(name)), (side, inherited), depth - 1);
            }
            found
        }
        Value::Array(items) => {
            let mut found = false;
            for (at, item) in items.iter_mut().enumerate() {
                found |= walk(item, other.and_then(|other| other.get(at)), (side, inherited), depth - 1);
            }
            found
        }
        _ => false,
    }
}

fn is_secret(value: &Value, inherited: bool) -> bool {
    is_kind(value, "Secret") || (inherited && value.is_object() && value.get("kind").is_none())
}

fn is_kind(value: &Value, kind: &str) -> bool {
    value.get("kind").and_then(Value::as_str).is_some_and(|found| found.eq_ignore_ascii_case(kind))
}

fn is_hidden(field: &str) -> bool {
    FIELDS.iter().any(|(name, _)| *name == field)
}

/// Hides the values of a Secret, one by one: the names of its keys are no secret.
fn hide_fields(fields: &mut Map<String, Value>, other: Option<&Value>, side: Side) -> bool {
    let mut found = false;
    for (name, base64) in FIELDS {
        let Some(field) = fields.get_mut(name) else { continue };
        let other = other.and_then(|other| other.get(name));
        found = true;
        match field {
            Value::Object(entries) => {
                for (key, value) in entries {
                    hide(value, other.and_then(|other| other.get(key)), (side, base64));
                }
            }
            Value::Null => {}
            field => hide(field, other, (side, base64)),
        }
    }
    found
}

/// Hides what kubectl remembers, in a Secret or where it may speak of one.
fn hide_last_applied(fields: &mut Map<String, Value>, other: Option<&Value>, (side, secret): (Side, bool)) -> bool {
    let annotations = fields.get_mut("metadata").and_then(|metadata| metadata.get_mut("annotations"));
    let Some(value) = annotations.and_then(|annotations| annotations.get_mut(LAST_APPLIED)) else { return false };
    if !secret && !value.as_str().is_some_and(|text| text.to_ascii_lowercase().contains("secret")) {
        return false;
    }
    let other = other.and_then(|other| other.get("metadata")?.get("annotations")?.get(LAST_APPLIED));
    hide(value, other, (side, false));
    true
}

fn hide(value: &mut Value, other: Option<&Value>, (side, base64): (Side, bool)) {
    let mark = if other == Some(value) { "REDACTED" } else { side.mark() };
    *value = Value::String(format!("{mark} # ({} bytes)", size(value, base64)));
}

fn size(value: &Value, base64: bool) -> usize {
    match value {
        Value::String(text) if base64 => {
            BASE64.decode(text.as_bytes()).map_or_else(|_| text.len(), |bytes| bytes.len())
        }
        Value::String(text) => text.len(),
        value => value.to_string().len(),
    }
}

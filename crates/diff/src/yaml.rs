//! Objects as YAML, with sorted keys, as Helm's `toYaml` writes them.

use gostd::Value as GoValue;
use serde_json::Value;

/// Objects of the API are never so deep.
const DEPTH: usize = 512;

/// Returns the YAML of an object; nothing for none.
pub(crate) fn yaml(object: Option<&Value>) -> String {
    let Some(object) = object else { return String::new() };
    match goyaml::to_yaml(&value(object, DEPTH)) {
        Ok(text) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => format!("# cannot be shown: {}\n", error.text),
    }
}

fn value(json: &Value, depth: usize) -> GoValue {
    match json {
        _ if depth == 0 => GoValue::str("…"),
        Value::Null => GoValue::Nil,
        Value::Bool(truth) => GoValue::Bool(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => GoValue::Int64(whole),
            (None, Some(float)) => GoValue::Float(float),
            (None, None) => GoValue::str(number.to_string().as_str()),
        },
        Value::String(text) => GoValue::str(text.as_str()),
        Value::Array(items) => GoValue::list(items.iter().map(|item| value(item, depth - 1)).collect()),
        Value::Object(fields) => {
            let entries = fields.iter().map(|(key, field)| (gostd::Str::from(key.as_str()), value(field, depth - 1)));
            GoValue::map(entries.collect())
        }
    }
}

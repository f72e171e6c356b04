//! ChartMuseum's configuration file: YAML, its keys whatever their case (`pkg/config/config.go` of 0.16.5, viper).

use std::fs;
use std::path::Path;

use gostd::{Map, Value};

use super::given::Given;
use super::table::{Kind, SETTINGS};
use super::wrong::Wrong;

/// Bytes of a configuration file.
const FILE_BYTES: u64 = 1024 * 1024;

/// Reads a configuration file.
///
/// # Errors
/// A file that is not there, has another extension or is no YAML; values of the wrong type.
pub fn read(path: &Path) -> Result<Given, Wrong> {
    let shown = path.display();
    if !path.extension().is_none_or(|extension| extension == "yaml" || extension == "yml") {
        return Err(Wrong::new("config file must have .yaml/.yml extension (or no extension)"));
    }
    let size = fs::metadata(path).map_err(|error| Wrong::because(format!("config file not found: {shown}"), error))?.len();
    if size > FILE_BYTES {
        return Err(Wrong::new(format!("config file {shown} is larger than {FILE_BYTES} bytes")));
    }
    let text = fs::read(path).map_err(|error| Wrong::because(format!("cannot read config file {shown}"), error))?;
    let tree = goyaml::from_yaml_map(&text).map_err(|error| Wrong::new(format!("config file {shown}: {}", error.text)))?;
    let mut given = Given::default();
    let Some(map) = tree.as_map() else { return Ok(given) };
    for setting in SETTINGS.iter().filter(|setting| !setting.key.is_empty()) {
        let Some(value) = find(map, setting.key) else { continue };
        let named = format!("{:?} of {shown}", setting.key);
        for text in texts(&value, setting.kind) {
            given.set(setting, &text, &named)?;
        }
    }
    Ok(given)
}

/// Follows a key like `storage.local.rootdir`; the whole rest may also be one key.
fn find(map: &Map, key: &str) -> Option<Value> {
    if let Some(value) = get(map, key) {
        return Some(value);
    }
    let (first, rest) = key.split_once('.')?;
    find(get(map, first)?.as_map()?, rest)
}

fn get(map: &Map, key: &str) -> Option<Value> {
    let entries = map.borrow();
    let found = entries.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(key.as_bytes()));
    found.map(|(_, value)| value.clone())
}

fn texts(value: &Value, kind: Kind) -> Vec<String> {
    match value {
        Value::Map(map) if kind == Kind::Pairs => {
            let entries = map.borrow();
            entries.iter().map(|(name, value)| format!("{}={}", name.to_text(), text(value))).collect()
        }
        Value::List(list) => list.items().iter().map(text).collect(),
        Value::Nil => Vec::new(),
        _ => vec![text(value)],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        // All numbers of YAML that went through JSON are floats; whole ones are printed without a point.
        Value::Float(number) => number.to_string(),
        _ => value.as_str().map(|text| text.to_text().into_owned()).unwrap_or_default(),
    }
}

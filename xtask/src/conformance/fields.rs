//! Optional fields of case files: texts, lists and tables of texts.

use std::collections::BTreeMap;

use toml::{Table, Value};

pub fn text(table: &Table, key: &str) -> Result<Option<String>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(format!("{key} is not a text")),
    }
}

pub fn list(table: &Table, key: &str) -> Result<Vec<String>, String> {
    let Some(value) = table.get(key) else { return Ok(Vec::new()) };
    let items = value.as_array().ok_or_else(|| format!("{key} is not a list"))?;
    let texts = items.iter().map(|item| item.as_str().map(str::to_string));
    texts.collect::<Option<_>>().ok_or_else(|| format!("{key} is not a list of texts"))
}

pub fn strings(table: &Table, key: &str) -> Result<BTreeMap<String, String>, String> {
    let Some(value) = table.get(key) else { return Ok(BTreeMap::new()) };
    let entries = value.as_table().ok_or_else(|| format!("{key} is not a table"))?;
    let pairs = entries.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_string())));
    pairs.collect::<Option<_>>().ok_or_else(|| format!("{key} is not a table of texts"))
}

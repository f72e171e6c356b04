//! Objects as lines, `path = value`, so that a change of an object is a change of few lines.

use std::collections::BTreeMap;

use serde_json::Value;

/// What stands at each path of an object, printed.
pub type Lines = BTreeMap<String, String>;

/// Writes `value` and all below it into `lines`, under `path`.
pub fn flatten(path: &str, value: &Value, lines: &mut Lines) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                flatten(&below(path, key), value, lines);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, value) in items.iter().enumerate() {
                flatten(&format!("{path}[{at}]"), value, lines);
            }
        }
        Value::String(text) if text.trim_end_matches('\n').contains('\n') => {
            lines.insert(path.to_string(), paragraph(text));
        }
        value => {
            lines.insert(path.to_string(), format!(" {value}"));
        }
    }
}

/// A text of several lines, one printed line for each.
fn paragraph(text: &str) -> String {
    text.split_inclusive('\n').map(|line| format!("\n    {}", Value::from(line))).collect()
}

fn below(path: &str, key: &str) -> String {
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    match (path.is_empty(), plain) {
        (true, true) => key.to_string(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[{key}]"),
    }
}

/// Says how `after` differs from `before`: objects that are new, changed or gone.
pub fn changes(before: &BTreeMap<String, Lines>, after: &BTreeMap<String, Lines>) -> String {
    let mut text = String::new();
    let empty = Lines::new();
    for (id, lines) in after {
        let old = before.get(id);
        if old == Some(lines) {
            continue;
        }
        text.push_str(&format!("{id}: {}\n", if old.is_some() { "changed" } else { "new" }));
        let old = old.unwrap_or(&empty);
        for path in old.keys().filter(|path| !lines.contains_key(*path)) {
            text.push_str(&format!("  {path} is gone\n"));
        }
        for (path, value) in lines.iter().filter(|(path, value)| old.get(*path) != Some(*value)) {
            text.push_str(&format!("  {path} ={value}\n"));
        }
    }
    for id in before.keys().filter(|id| !after.contains_key(*id)) {
        text.push_str(&format!("{id}: gone\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_changes_are_told() {
        let state = |object: Value| {
            let mut lines = Lines::new();
            flatten("", &object, &mut lines);
            BTreeMap::from([("v1 ConfigMap a".to_string(), lines)])
        };
        let one = state(json!({ "data": { "a.b": "1", "c": "x\ny\n" }, "list": [], "n": 1 }));
        let two = state(json!({ "data": { "a.b": "2", "c": "x\ny\n" }, "list": [] }));
        let new =
            "v1 ConfigMap a: new\n  data.c =\n    \"x\\n\"\n    \"y\\n\"\n  data[a.b] = \"1\"\n  list = []\n  n = 1\n";
        for (before, after, want) in [
            (&BTreeMap::new(), &one, new),
            (&one, &one, ""),
            (&one, &two, "v1 ConfigMap a: changed\n  n is gone\n  data[a.b] = \"2\"\n"),
            (&two, &BTreeMap::new(), "v1 ConfigMap a: gone\n"),
        ] {
            assert_eq!(changes(before, after), want);
        }
    }
}

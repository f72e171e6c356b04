//! Changes as programs read them.

use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::object::Identity;
use crate::paths::{Difference, differences};

/// Returns a list of all objects, the unchanged ones too, with a line end.
///
/// Each is `{apiVersion, kind, namespace, name, change, hook, paths: [{path, before, after}]}`; `change` is a word of
/// [`crate::Action`], `path` an RFC 6901 pointer, and what is not there has no `before` or `after`. Of the kinds in `suppressed`
/// there are no paths; of what is refused there are those that force would change. Hooks have `events` and `runs` too, and what needs a word has a `note`.
pub fn json(changes: &[Change], suppressed: &[String]) -> String {
    let list: Vec<Value> = changes.iter().map(|change| object(change, suppressed)).collect();
    let mut text = serde_json::to_string_pretty(&list).unwrap_or_else(|_| "[]".to_owned());
    text.push('\n');
    text
}

fn object(change: &Change, suppressed: &[String]) -> Value {
    let mut object = names(&change.identity);
    if let Some(earlier) = &change.earlier {
        object.insert("earlier".to_owned(), Value::Object(names(earlier)));
    }
    object.insert("change".to_owned(), change.action.as_str().into());
    object.insert("hook".to_owned(), change.hook.is_some().into());
    if let Some(hook) = &change.hook {
        object.insert("events".to_owned(), json!(hook.events));
        object.insert("runs".to_owned(), hook.runs.into());
    }
    if let Some(note) = &change.note {
        object.insert("note".to_owned(), note.as_str().into());
    }
    if suppressed.contains(&change.identity.kind) {
        object.insert("suppressed".to_owned(), true.into());
    }
    let hidden = !change.is_comparable() || suppressed.contains(&change.identity.kind);
    let found = if hidden { Vec::new() } else { differences(change.before.as_ref(), change.after.as_ref()) };
    object.insert("paths".to_owned(), found.iter().map(path).collect());
    Value::Object(object)
}

fn names(identity: &Identity) -> Map<String, Value> {
    let fields = [
        ("apiVersion", &identity.api_version),
        ("kind", &identity.kind),
        ("namespace", &identity.namespace),
        ("name", &identity.name),
    ];
    fields.into_iter().map(|(name, text)| (name.to_owned(), text.as_str().into())).collect()
}

fn path(difference: &Difference<'_>) -> Value {
    let mut path = Map::new();
    path.insert("path".to_owned(), difference.path.as_str().into());
    for (name, value) in [("before", difference.before), ("after", difference.after)] {
        if let Some(value) = value {
            path.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(path)
}

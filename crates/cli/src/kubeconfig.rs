//! The one thing local commands need of a kubeconfig: the namespace of the current context.

use gostd::{Map, Value};

/// Returns the namespace of the context, as kubectl's loading rules find it: the file of `--kubeconfig`, else those of
/// `KUBECONFIG` (the first that says something wins), else `~/.kube/config`.
///
/// A file that is not there or cannot be read says nothing.
pub fn namespace(flag: &str, context: &str) -> Option<String> {
    let files: Vec<Map> = paths(flag).iter().filter_map(|path| read(path)).collect();
    let context = match context {
        "" => files.iter().find_map(|file| text(file, "current-context"))?,
        name => name.to_string(),
    };
    files.iter().find_map(|file| context_namespace(file, &context))
}

fn paths(flag: &str) -> Vec<String> {
    if !flag.is_empty() {
        return vec![flag.to_string()];
    }
    match std::env::var("KUBECONFIG") {
        Ok(list) if !list.is_empty() => list.split(':').filter(|p| !p.is_empty()).map(str::to_string).collect(),
        _ => std::env::var("HOME").map(|home| vec![format!("{home}/.kube/config")]).unwrap_or_default(),
    }
}

fn read(path: &str) -> Option<Map> {
    let bytes = std::fs::read(path).ok()?;
    goyaml::from_yaml(&bytes).ok()?.as_map().cloned()
}

fn text(map: &Map, key: &str) -> Option<String> {
    let value = map.get(key.as_bytes())?;
    value.as_str().map(|s| s.to_text().into_owned()).filter(|s| !s.is_empty())
}

fn context_namespace(file: &Map, name: &str) -> Option<String> {
    let contexts = file.get(b"contexts")?;
    let entry =
        contexts.as_list()?.iter().filter_map(Value::as_map).find(|c| text(c, "name").as_deref() == Some(name))?;
    text(entry.get(b"context")?.as_map()?, "namespace")
}

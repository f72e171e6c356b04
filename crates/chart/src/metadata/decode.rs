//! From decoded trees (already fitted to their shapes) to structs.

use std::collections::BTreeMap;

use gostd::{List, Map, Value};

use super::{Dependency, Lock, Maintainer, Metadata, fields};

impl Metadata {
    /// Sets the fields that are present and not null; a list or the like that is null becomes empty.
    pub(super) fn apply(&mut self, value: &Value) {
        let map = fields(value);
        let texts = [
            ("name", &mut self.name),
            ("home", &mut self.home),
            ("version", &mut self.version),
            ("description", &mut self.description),
            ("icon", &mut self.icon),
            ("apiVersion", &mut self.api_version),
            ("condition", &mut self.condition),
            ("tags", &mut self.tags),
            ("appVersion", &mut self.app_version),
            ("kubeVersion", &mut self.kube_version),
            ("type", &mut self.chart_type),
        ];
        for (name, slot) in texts {
            set_text(&map, name, slot);
        }
        set_flag(&map, "deprecated", &mut self.deprecated);
        if let Some(list) = list(&map, "sources") {
            self.sources = strings(&list);
        }
        if let Some(list) = list(&map, "keywords") {
            self.keywords = strings(&list);
        }
        if let Some(list) = list(&map, "maintainers") {
            self.maintainers = over(&self.maintainers, &list).map(|(old, new)| maintainer(old, new)).collect();
        }
        if let Some(annotations) = map.get(b"annotations") {
            self.set_annotations(&annotations);
        }
        if let Some(value) = map.get(b"dependencies") {
            self.declares_dependencies = !value.is_nil() && !value.as_list().is_some_and(List::is_nil);
        }
        if let Some(list) = list(&map, "dependencies") {
            self.null_dependency = list.iter().position(Value::is_nil);
            self.dependencies = over(&self.dependencies, &list).map(|(old, new)| dependency(old, new)).collect();
        }
    }

    /// Keys are added to those that are there; null forgets them all.
    fn set_annotations(&mut self, value: &Value) {
        let Some(map) = value.as_map() else {
            self.annotations = None;
            return;
        };
        let annotations = self.annotations.get_or_insert_default();
        for (key, value) in map.borrow().iter() {
            annotations.insert(key.to_text().into_owned(), text(value));
        }
    }
}

impl Lock {
    /// Takes the fields of a decoded tree that fits [`super::LOCK`].
    pub fn from_value(value: &Value) -> Self {
        let map = fields(value);
        let mut lock = Lock::default();
        set_text(&map, "generated", &mut lock.generated);
        set_text(&map, "digest", &mut lock.digest);
        let dependencies = list(&map, "dependencies").unwrap_or_default();
        let declared = map.get(b"dependencies").and_then(|value| value.as_list().map(|list| !list.is_nil()));
        lock.declares_dependencies = declared.unwrap_or_default();
        lock.dependencies = dependencies.iter().map(|value| dependency(None, value)).collect();
        lock
    }
}

/// Pairs new items with the old ones at their places: Go reads a list into the structs that are there.
fn over<'a, T>(old: &'a [T], new: &'a [Value]) -> impl Iterator<Item = (Option<&'a T>, &'a Value)> {
    new.iter().enumerate().map(|(position, value)| (old.get(position), value))
}

fn maintainer(old: Option<&Option<Maintainer>>, value: &Value) -> Option<Maintainer> {
    let map = value.as_map()?;
    let mut maintainer = old.cloned().flatten().unwrap_or_default();
    set_text(map, "name", &mut maintainer.name);
    set_text(map, "email", &mut maintainer.email);
    set_text(map, "url", &mut maintainer.url);
    Some(maintainer)
}

fn dependency(old: Option<&Dependency>, value: &Value) -> Dependency {
    let map = fields(value);
    let mut dependency = old.cloned().unwrap_or_default();
    set_text(&map, "name", &mut dependency.name);
    set_text(&map, "version", &mut dependency.version);
    set_text(&map, "repository", &mut dependency.repository);
    set_text(&map, "condition", &mut dependency.condition);
    set_text(&map, "alias", &mut dependency.alias);
    set_flag(&map, "enabled", &mut dependency.enabled);
    if let Some(tags) = list(&map, "tags") {
        dependency.tags = strings(&tags);
    }
    if let Some(import_values) = list(&map, "import-values") {
        dependency.import_values = import_values;
    }
    dependency
}

fn set_text(map: &Map, name: &str, slot: &mut String) {
    if let Some(value) = map.get(name.as_bytes())
        && !value.is_nil()
    {
        *slot = text(&value);
    }
}

fn set_flag(map: &Map, name: &str, slot: &mut bool) {
    if let Some(Value::Bool(flag)) = map.get(name.as_bytes()) {
        *slot = flag;
    }
}

/// The items of a list that is present; none for null.
fn list(map: &Map, name: &str) -> Option<Vec<Value>> {
    map.get(name.as_bytes()).map(|value| value.as_list().map(|list| list.items().to_vec()).unwrap_or_default())
}

fn strings(list: &[Value]) -> Vec<String> {
    list.iter().map(text).collect()
}

fn text(value: &Value) -> String {
    value.as_str().map(|s| s.to_text().into_owned()).unwrap_or_default()
}

/// The annotations as Go's map type.
pub(super) fn annotations(map: &BTreeMap<String, String>) -> Map {
    let entries = map.iter().map(|(key, value)| (key.as_str().into(), Value::from(value.as_str()))).collect();
    Map::of(gostd::value::MapType::STRINGS, entries)
}

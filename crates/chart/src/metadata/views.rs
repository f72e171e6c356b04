//! The two forms in which others see Chart.yaml: the map of templates, and the YAML of `helm show chart`.

use std::any::Any;

use gostd::value::{Entries, List, MapType};
use gostd::{Map, Object, Str, Value};

use super::{Dependency, Lock, Maintainer, Metadata, decode};

impl Metadata {
    /// Returns `.Chart`: every field under its Go name, present or not (`structToMap` in Helm's `pkg/chart/common.go`).
    pub fn to_map(&self) -> Map {
        let annotations = match &self.annotations {
            Some(annotations) => Value::Map(decode::annotations(annotations)),
            None => Value::object(NilMap),
        };
        Map::new(entries([
            ("Name", self.name.as_str().into()),
            ("Home", self.home.as_str().into()),
            ("Sources", list(&self.sources)),
            ("Version", self.version.as_str().into()),
            ("Description", self.description.as_str().into()),
            ("Keywords", list(&self.keywords)),
            ("Maintainers", Value::list(self.maintainers.iter().flatten().map(Maintainer::to_map).collect())),
            ("Icon", self.icon.as_str().into()),
            ("APIVersion", self.api_version.as_str().into()),
            ("Condition", self.condition.as_str().into()),
            ("Tags", self.tags.as_str().into()),
            ("AppVersion", self.app_version.as_str().into()),
            ("Deprecated", self.deprecated.into()),
            ("Annotations", annotations),
            ("KubeVersion", self.kube_version.as_str().into()),
            ("Dependencies", Value::list(self.dependencies.iter().map(Dependency::to_map).collect())),
            ("Type", self.chart_type.as_str().into()),
        ]))
    }

    /// Returns the fields as they are written to Chart.yaml: empty ones are left out.
    pub fn to_value(&self) -> Value {
        let mut map = Entries::new();
        let texts = [
            ("name", &self.name),
            ("home", &self.home),
            ("version", &self.version),
            ("description", &self.description),
            ("icon", &self.icon),
            ("apiVersion", &self.api_version),
            ("condition", &self.condition),
            ("tags", &self.tags),
            ("appVersion", &self.app_version),
            ("kubeVersion", &self.kube_version),
            ("type", &self.chart_type),
        ];
        texts.into_iter().for_each(|(name, text)| put_text(&mut map, name, text));
        put_list(&mut map, "sources", self.sources.iter().map(|s| s.as_str().into()).collect());
        put_list(&mut map, "keywords", self.keywords.iter().map(|s| s.as_str().into()).collect());
        put_list(&mut map, "maintainers", self.maintainers.iter().map(maintainer_value).collect());
        put_list(&mut map, "dependencies", self.dependencies.iter().map(Dependency::to_value).collect());
        if self.deprecated {
            map.insert("deprecated".into(), true.into());
        }
        if let Some(annotations) = self.annotations.as_ref().filter(|a| !a.is_empty()) {
            map.insert("annotations".into(), Value::Map(decode::annotations(annotations)));
        }
        Value::map(map)
    }
}

impl Maintainer {
    fn to_map(&self) -> Value {
        Value::map(entries([
            ("Name", self.name.as_str().into()),
            ("Email", self.email.as_str().into()),
            ("URL", self.url.as_str().into()),
        ]))
    }
}

fn maintainer_value(maintainer: &Option<Maintainer>) -> Value {
    let Some(maintainer) = maintainer else { return Value::Nil };
    let mut map = Entries::new();
    put_text(&mut map, "name", &maintainer.name);
    put_text(&mut map, "email", &maintainer.email);
    put_text(&mut map, "url", &maintainer.url);
    Value::map(map)
}

impl Dependency {
    fn to_map(&self) -> Value {
        Value::map(entries([
            ("Name", self.name.as_str().into()),
            ("Version", self.version.as_str().into()),
            ("Repository", self.repository.as_str().into()),
            ("Condition", self.condition.as_str().into()),
            ("Tags", list(&self.tags)),
            ("Enabled", self.enabled.into()),
            ("ImportValues", Value::list(self.import_values.clone())),
            ("Alias", self.alias.as_str().into()),
        ]))
    }

    fn to_value(&self) -> Value {
        let mut map = entries([("name", self.name.as_str().into()), ("repository", self.repository.as_str().into())]);
        put_text(&mut map, "version", &self.version);
        put_text(&mut map, "condition", &self.condition);
        put_text(&mut map, "alias", &self.alias);
        put_list(&mut map, "tags", self.tags.iter().map(|s| s.as_str().into()).collect());
        put_list(&mut map, "import-values", self.import_values.clone());
        if self.enabled {
            map.insert("enabled".into(), true.into());
        }
        Value::map(map)
    }
}

impl Lock {
    /// Returns the fields as they are written to Chart.lock.
    pub fn to_value(&self) -> Value {
        let dependencies = match self.dependencies.is_empty() && !self.declares_dependencies {
            true => Value::List(List::nil(gostd::Type::Any)),
            false => Value::list(self.dependencies.iter().map(Dependency::to_value).collect()),
        };
        Value::map(entries([
            ("generated", self.generated.as_str().into()),
            ("digest", self.digest.as_str().into()),
            ("dependencies", dependencies),
        ]))
    }
}

/// A nil `map[string]string`: empty like any other, but `null` in JSON and YAML.
struct NilMap;

impl Object for NilMap {
    fn go_type(&self) -> &'static str {
        MapType::STRINGS.name
    }

    fn json(&self) -> Option<String> {
        Some("null".to_owned())
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Map(Map::of(MapType::STRINGS, Entries::new())))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn entries<const N: usize>(pairs: [(&str, Value); N]) -> Entries {
    pairs.into_iter().map(|(name, value)| (Str::from(name), value)).collect()
}

fn list(texts: &[String]) -> Value {
    Value::list(texts.iter().map(|text| text.as_str().into()).collect())
}

fn put_text(map: &mut Entries, name: &str, text: &str) {
    if !text.is_empty() {
        map.insert(name.into(), text.into());
    }
}

fn put_list(map: &mut Entries, name: &str, items: Vec<Value>) {
    if !items.is_empty() {
        map.insert(name.into(), Value::list(items));
    }
}

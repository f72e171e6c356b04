//! Which object it is that changes.

use serde_json::Value;

/// The names of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    pub api_version: String,
    pub kind: String,
    /// Empty for what has none.
    pub namespace: String,
    pub name: String,
}

impl Identity {
    /// Reads an object's names; one that names no namespace is in `namespace`.
    pub fn of(object: &Value, namespace: &str) -> Self {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let own = text("/metadata/namespace");
        let name = text("/metadata/name");
        Identity {
            api_version: text("/apiVersion"),
            kind: text("/kind"),
            namespace: if own.is_empty() { namespace.to_owned() } else { own },
            name: if name.is_empty() { text("/metadata/generateName") } else { name },
        }
    }

    /// Says whether two mean the same object: all versions of a kind are one object.
    pub fn matches(&self, other: &Identity) -> bool {
        self.key() == other.key()
    }

    /// What tells objects apart.
    pub fn key(&self) -> (&str, &str, &str, &str) {
        (self.group(), &self.kind, &self.namespace, &self.name)
    }

    fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Returns `default, web, Deployment (apps)`, as helm-diff names objects.
    pub fn heading(&self) -> String {
        let group = if self.group().is_empty() { &self.api_version } else { self.group() };
        let place = if self.namespace.is_empty() { String::new() } else { format!("{}, ", self.namespace) };
        format!("{place}{}, {} ({group})", self.name, self.kind)
    }
}

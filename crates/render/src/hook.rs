//! Hooks: manifests that run at a point of a release's life instead of being part of it.

use std::rc::Rc;

use gostd::Str;

use crate::manifest::Text;

/// A point in a release's life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    PreInstall,
    PostInstall,
    PreDelete,
    PostDelete,
    PreUpgrade,
    PostUpgrade,
    PreRollback,
    PostRollback,
    Test,
}

const EVENTS: &[(&str, Event)] = &[
    ("pre-install", Event::PreInstall),
    ("post-install", Event::PostInstall),
    ("pre-delete", Event::PreDelete),
    ("post-delete", Event::PostDelete),
    ("pre-upgrade", Event::PreUpgrade),
    ("post-upgrade", Event::PostUpgrade),
    ("pre-rollback", Event::PreRollback),
    ("post-rollback", Event::PostRollback),
    ("test", Event::Test),
    // Helm 2's name, still in use.
    ("test-success", Event::Test),
];

impl Event {
    /// Returns the name that annotations and records have.
    pub fn as_str(self) -> &'static str {
        EVENTS.iter().find(|(_, event)| *event == self).map_or("", |(name, _)| name)
    }
}

/// A manifest with the annotation `helm.sh/hook`.
pub struct Hook {
    pub name: Str,
    pub kind: Vec<u8>,
    pub path: Rc<str>,
    pub manifest: Text,
    pub events: Vec<Event>,
    pub weight: i64,
    pub delete_policies: Vec<String>,
    pub output_log_policies: Vec<String>,
}

impl Hook {
    pub fn is_test(&self) -> bool {
        self.events.contains(&Event::Test)
    }
}

pub const HOOK: &str = "helm.sh/hook";
const WEIGHT: &str = "helm.sh/hook-weight";
const DELETE_POLICY: &str = "helm.sh/hook-delete-policy";
const OUTPUT_LOG_POLICY: &str = "helm.sh/hook-output-log-policy";

/// Reads the events of an annotation; `None` when one of them is unknown.
pub fn events(annotation: &[u8]) -> Option<Vec<Event>> {
    list(annotation).iter().map(|word| EVENTS.iter().find(|(name, _)| name == word).map(|(_, event)| *event)).collect()
}

/// What the annotations of a hook say beside its events.
pub struct Annotations<'a>(pub &'a [(Str, Str)]);

impl Annotations<'_> {
    pub fn get(&self, name: &str) -> Option<&Str> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    pub fn weight(&self) -> i64 {
        self.get(WEIGHT).and_then(|text| gostd::strconv::atoi(text).ok()).unwrap_or(0)
    }

    pub fn delete_policies(&self) -> Vec<String> {
        self.get(DELETE_POLICY).map(|text| list(text)).unwrap_or_default()
    }

    pub fn output_log_policies(&self) -> Vec<String> {
        self.get(OUTPUT_LOG_POLICY).map(|text| list(text)).unwrap_or_default()
    }
}

fn list(text: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(text).split(',').map(|word| word.trim().to_lowercase()).collect()
}

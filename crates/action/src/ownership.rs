//! Whose an object is: a label and two annotations (`pkg/action/validate.go`).

use cluster::Resource;
use gostd::GoError;
use serde_json::{Map, Value};

use crate::failure::within;
use crate::port::Cluster;

const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const HELM: &str = "Helm";
const RELEASE_NAME: &str = "meta.helm.sh/release-name";
const RELEASE_NAMESPACE: &str = "meta.helm.sh/release-namespace";

/// The release that objects belong to.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub name: &'a str,
    pub namespace: &'a str,
}

impl Owner<'_> {
    /// Writes the owner into objects.
    pub fn mark(self, resources: &mut [Resource]) {
        for resource in resources {
            set(&mut resource.object, "labels", &[(MANAGED_BY, HELM)]);
            let annotations = [(RELEASE_NAME, self.name), (RELEASE_NAMESPACE, self.namespace)];
            set(&mut resource.object, "annotations", &annotations);
        }
    }

    /// # Errors
    /// `invalid ownership metadata; …` for an object of somebody else.
    pub fn check(self, live: &Value) -> Result<(), GoError> {
        let rules = [
            ("label", "labels", MANAGED_BY, HELM),
            ("annotation", "annotations", RELEASE_NAME, self.name),
            ("annotation", "annotations", RELEASE_NAMESPACE, self.namespace),
        ];
        let errors: Vec<String> = rules
            .iter()
            .filter_map(|(word, field, key, wanted)| {
                let error = mismatch(live.pointer(&format!("/metadata/{field}")), key, wanted)?;
                Some(format!("{word} validation error: {error}"))
            })
            .collect();
        match errors.is_empty() {
            true => Ok(()),
            false => Err(GoError::new(format!("invalid ownership metadata; {}", errors.join("; ")))),
        }
    }
}

fn mismatch(entries: Option<&Value>, key: &str, wanted: &str) -> Option<String> {
    match entries.and_then(|entries| entries.get(key)).and_then(Value::as_str) {
        None => Some(format!("missing key {}: must be set to {}", quoted(key), quoted(wanted))),
        Some(actual) if actual != wanted => {
            Some(format!("key {} must equal {}: current value is {}", quoted(key), quoted(wanted), quoted(actual)))
        }
        Some(_) => None,
    }
}

/// What makes two objects the same one.
pub(crate) fn key(resource: &Resource) -> String {
    format!("{}/{}/{}/{}", resource.api_version, resource.kind, resource.namespace, resource.name)
}

pub(crate) fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

fn set(object: &mut Value, field: &str, pairs: &[(&str, &str)]) {
    let Some(object) = object.as_object_mut() else { return };
    let metadata = object.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    let Some(metadata) = metadata.as_object_mut() else { return };
    let entries = metadata.entry(field).or_insert_with(|| Value::Object(Map::new()));
    if !entries.is_object() {
        *entries = Value::Object(Map::new());
    }
    if let Some(entries) = entries.as_object_mut() {
        entries.extend(pairs.iter().map(|(key, value)| ((*key).to_string(), Value::from(*value))));
    }
}

/// Returns those of the objects that are there already: they become the release's.
///
/// # Errors
/// An object of somebody else, unless all are to be taken over (`owner` is `None`).
pub(crate) fn existing(
    cluster: &dyn Cluster,
    resources: &[Resource],
    owner: Option<Owner<'_>>,
) -> Result<Vec<Resource>, GoError> {
    let mut found = Vec::new();
    for resource in resources {
        if has_generated_name(resource)? {
            continue;
        }
        let live = cluster.get(resource).map_err(|error| {
            within(&format!("could not get information about the resource {}", described(resource)), error)
        })?;
        let Some(live) = live else { continue };
        if let Some(owner) = owner {
            owner.check(&live).map_err(|error| {
                let words = "exists and cannot be imported into the current release";
                within(&format!("{} {words}", described(resource)), error)
            })?;
        }
        found.push(resource.clone());
    }
    Ok(found)
}

fn has_generated_name(resource: &Resource) -> Result<bool, GoError> {
    let generate = resource.object.pointer("/metadata/generateName").and_then(Value::as_str).unwrap_or_default();
    match (resource.name.is_empty(), generate.is_empty()) {
        (true, false) => Ok(true),
        (false, false) => Err(GoError::new("metadata.name and metadata.generateName cannot both be set")),
        _ => Ok(false),
    }
}

fn described(resource: &Resource) -> String {
    format!("{} {} in namespace {}", resource.kind, quoted(&resource.name), quoted(&resource.namespace))
}

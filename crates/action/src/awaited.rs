//! Objects of kinds that are not served yet: CRDs of the same chart define them first.

use std::collections::BTreeSet;

use chart::{Capabilities, Chart};
use gostd::Value as GoValue;
use goyaml::{Documents, Objects};
use serde_json::Value;

/// A manifest taken apart.
#[derive(Default)]
pub(crate) struct Parts {
    /// The documents that can be built now.
    pub served: Vec<u8>,
    /// The objects that cannot.
    pub awaited: Vec<Value>,
}

/// Takes the objects out of a manifest whose kinds the chart's CRDs will define.
pub(crate) fn split(manifest: &[u8], chart: &Chart, capabilities: &Capabilities) -> Parts {
    let mut kinds = kinds(chart);
    kinds.retain(|kind| !capabilities.api_versions.contains(kind));
    if kinds.is_empty() {
        return Parts { served: manifest.to_vec(), awaited: Vec::new() };
    }
    let mut parts = Parts::default();
    for document in Documents::new(manifest).map_while(Result::ok) {
        match object(&document).filter(|object| kinds.contains(&kind_of(object))) {
            Some(object) => parts.awaited.push(object),
            None => {
                parts.served.extend_from_slice(b"---\n");
                parts.served.extend_from_slice(document.strip_prefix(b"---\n").unwrap_or(&document));
            }
        }
    }
    parts
}

/// Returns what a chart's CRDs define, as `GROUP/VERSION/KIND`.
fn kinds(chart: &Chart) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for crd in chart.crds() {
        let data: &[u8] = &crd.data;
        for value in Objects::new(data, &gostd::json::Shape::Any).map_while(Result::ok) {
            let Some(definition) = json(&value) else { continue };
            let text = |pointer: &str| definition.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let (group, kind) = (text("/spec/group"), text("/spec/names/kind"));
            let versions = definition.pointer("/spec/versions").and_then(Value::as_array).into_iter().flatten();
            let versions = versions.filter_map(|version| version["name"].as_str());
            kinds.extend(versions.map(|version| format!("{group}/{version}/{kind}")));
        }
    }
    kinds
}

fn kind_of(object: &Value) -> String {
    let text = |name: &str| object[name].as_str().unwrap_or_default();
    format!("{}/{}", text("apiVersion"), text("kind"))
}

fn object(document: &[u8]) -> Option<Value> {
    json(&goyaml::from_yaml(document).ok()?)
}

fn json(value: &GoValue) -> Option<Value> {
    serde_json::from_slice(&gostd::json::encode(value).ok()?).ok()
}

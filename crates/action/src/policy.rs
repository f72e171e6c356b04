//! `helm.sh/resource-policy: keep`: what outlives its release (`pkg/action/resource_policy.go`).

use cluster::Resource;
use render::Manifest;

const POLICY: &str = "helm.sh/resource-policy";
const KEEP: &str = "keep";

/// The manifests that stay, and those that go. One with another policy is in neither list, as in Helm.
pub(crate) fn split(manifests: Vec<Manifest>) -> (Vec<Manifest>, Vec<Manifest>) {
    let (mut kept, mut deleted) = (Vec::new(), Vec::new());
    for manifest in manifests {
        match policy(&manifest).as_deref() {
            None => deleted.push(manifest),
            Some(KEEP) => kept.push(manifest),
            Some(_) => {}
        }
    }
    (kept, deleted)
}

/// Reports whether an object outlives its release.
pub(crate) fn keeps(resource: &Resource) -> bool {
    let annotations = resource.object.pointer("/metadata/annotations");
    let value = annotations.and_then(|annotations| annotations.get(POLICY)).and_then(|value| value.as_str());
    value.is_some_and(|value| value.trim().to_lowercase() == KEEP)
}

fn policy(manifest: &Manifest) -> Option<String> {
    let head = goyaml::head(&manifest.content).ok()?;
    let annotations = head.annotations?;
    let (_, value) = annotations.iter().find(|(key, _)| key.as_bytes() == POLICY.as_bytes())?;
    Some(value.to_text().trim().to_lowercase())
}

//! Fields that cannot be changed: found by comparing manifests, which asks nobody, and confirmed by the server in a dry run
//! of the one object.
//!
//! Source of the table: `ValidateXUpdate` in Kubernetes' pkg/apis/*/validation.

use std::fmt::Write as _;

use cluster::Resource;
use gostd::GoError;
use serde_json::Value;

use super::Intent;
use super::needs::Index;
use crate::hint::hinted;
use crate::port::Engine;

/// So many objects are tried and told.
const OBJECTS: usize = 10;

/// So much of a value is shown, in characters.
const SHOWN: usize = 120;

/// Which fields of a kind stay as they are.
enum Fixed {
    /// These, as JSON pointers.
    Fields(&'static [&'static str]),
    /// All of `spec` but these.
    SpecBut(&'static [&'static str]),
    /// The content, once the object says that it is immutable.
    Sealed(&'static [&'static str]),
}

fn fixed(group: &str, kind: &str) -> Option<Fixed> {
    use Fixed::{Fields, Sealed, SpecBut};
    Some(match (group, kind) {
        ("apps", "Deployment" | "DaemonSet" | "ReplicaSet") => Fields(&["/spec/selector"]),
        ("apps", "StatefulSet") => SpecBut(&[
            "replicas",
            "ordinals",
            "template",
            "updateStrategy",
            "revisionHistoryLimit",
            "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ]),
        ("batch", "Job") => Fields(&[
            "/spec/selector",
            "/spec/template",
            "/spec/completions",
            "/spec/completionMode",
            "/spec/podFailurePolicy",
        ]),
        ("", "Service") => Fields(&["/spec/clusterIP", "/spec/clusterIPs", "/spec/loadBalancerClass"]),
        ("", "PersistentVolumeClaim") => SpecBut(&["resources", "volumeAttributesClassName"]),
        ("", "Pod") => SpecBut(&[
            "containers",
            "initContainers",
            "activeDeadlineSeconds",
            "tolerations",
            "terminationGracePeriodSeconds",
        ]),
        ("", "ConfigMap") => Sealed(&["/data", "/binaryData"]),
        ("", "Secret") => Sealed(&["/type", "/data", "/stringData"]),
        ("storage.k8s.io", "StorageClass") => {
            Fields(&["/provisioner", "/parameters", "/reclaimPolicy", "/volumeBindingMode"])
        }
        ("storage.k8s.io", "CSIDriver") => Fields(&["/spec/attachRequired", "/spec/volumeLifecycleModes"]),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => Fields(&["/roleRef"]),
        ("scheduling.k8s.io", "PriorityClass") => Fields(&["/value", "/preemptionPolicy"]),
        ("networking.k8s.io", "IngressClass") => Fields(&["/spec/controller"]),
        ("node.k8s.io", "RuntimeClass") => Fields(&["/handler"]),
        _ => return None,
    })
}

/// A field that differs where it may not.
#[derive(Debug, PartialEq)]
struct Change {
    /// `spec.serviceName`
    field: String,
    old: String,
    new: String,
}

/// Finds what the server will refuse.
fn changes(old: &Resource, new: &Resource) -> Vec<Change> {
    let (before, after) = (&old.object, &new.object);
    let pointers: Vec<String> = match fixed(&new.group, &new.kind) {
        None => return Vec::new(),
        Some(Fixed::Fields(fields)) => owned(fields),
        Some(Fixed::SpecBut(free)) => spec_fields(before, after, free),
        Some(Fixed::Sealed(fields)) if before["immutable"] == true => owned(fields),
        // The type of a Secret is never changed.
        Some(Fixed::Sealed(fields)) => owned(fields).into_iter().filter(|field| field == "/type").collect(),
    };
    let secret = new.kind == "Secret";
    pointers
        .iter()
        .filter_map(|pointer| change(before.pointer(pointer), after.pointer(pointer), pointer, secret))
        .collect()
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_string()).collect()
}

fn spec_fields(before: &Value, after: &Value, free: &[&str]) -> Vec<String> {
    let names = |object: &Value| object["spec"].as_object().map(|spec| spec.keys().cloned().collect::<Vec<_>>());
    let mut fields = names(before).unwrap_or_default();
    fields.extend(names(after).unwrap_or_default());
    fields.sort();
    fields.dedup();
    fields.retain(|field| !free.contains(&field.as_str()));
    fields.iter().map(|field| format!("/spec/{}", field.replace('~', "~0").replace('/', "~1"))).collect()
}

fn change(old: Option<&Value>, new: Option<&Value>, pointer: &str, secret: bool) -> Option<Change> {
    let (old, new) = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
    if old == new {
        return None;
    }
    let show = |value: &Value| match (secret && pointer != "/type", value) {
        (_, Value::Null) => "nothing".to_string(),
        (true, _) => "(secret)".to_string(),
        (false, value) => shortened(&value.to_string()),
    };
    let field = pointer.trim_start_matches('/').replace('/', ".");
    Some(Change { field, old: show(old), new: show(new) })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}

/// # Errors
/// The server's words for the changes that it refuses, as the operation would give them later.
pub(super) fn check(engine: &Engine<'_>, intent: &Intent<'_>) -> Result<(), GoError> {
    let mut refused: Vec<(GoError, &Resource, Vec<Change>)> = Vec::new();
    let mut tried = 0;
    let current = Index::of(intent.current);
    for target in intent.target {
        let Some(before) = current.find(target) else { continue };
        let changes = changes(before, target);
        if changes.is_empty() || tried == OBJECTS {
            continue;
        }
        tried += 1;
        if let Some(error) = engine.cluster.refusal(before, target, intent.how) {
            refused.push((error, target, changes));
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let texts: Vec<&str> = refused.iter().map(|(error, ..)| error.text.as_str()).collect();
    Err(hinted(texts.join(" && "), hint(&refused)))
}

fn hint(refused: &[(GoError, &Resource, Vec<Change>)]) -> String {
    let mut text = "\nnothing was changed. These fields cannot be changed while the object is there:\n".to_string();
    for (_, resource, changes) in refused {
        let place = if resource.namespaced { format!(" in namespace {:?}", resource.namespace) } else { String::new() };
        let _ = writeln!(text, "  {} {:?}{place}", resource.kind, resource.name);
        for Change { field, old, new } in changes {
            let _ = writeln!(text, "    {field}: {old} -> {new}");
        }
    }
    text.push_str(
        "ways out: keep the old value, give the object another name, or delete it and run the same command again:\n",
    );
    for (_, resource, _) in refused {
        let at = if resource.namespaced { format!(" --namespace {}", resource.namespace) } else { String::new() };
        let keep = if makes_pods(&resource.kind) { " --cascade=orphan" } else { "" };
        let kind = if resource.group.is_empty() {
            resource.plural.clone()
        } else {
            format!("{}.{}", resource.plural, resource.group)
        };
        let _ = writeln!(text, "  kubectl delete {kind} {}{at}{keep}", resource.name);
    }
    text
}

/// Pods outlive such an object when it is deleted without them, and its successor takes them over.
fn makes_pods(kind: &str) -> bool {
    matches!(kind, "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resource(api_version: &str, kind: &str, object: Value) -> Resource {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Resource {
            namespace: "n".into(),
            name: "x".into(),
            api_version: api_version.into(),
            kind: kind.into(),
            group: group.into(),
            version: version.into(),
            plural: format!("{}s", kind.to_lowercase()),
            namespaced: true,
            object,
        }
    }

    #[test]
    fn fixed_fields_are_found_and_secrets_are_not_shown() {
        let cases = [
            (
                "apps/v1",
                "Deployment",
                json!({"spec": {"replicas": 1, "selector": {"a": "b"}}}),
                json!({"spec": {"replicas": 2, "selector": {"a": "b"}}}),
                vec![],
            ),
            (
                "apps/v1",
                "Deployment",
                json!({"spec": {"selector": {"a": "b"}}}),
                json!({"spec": {"selector": {"a": "c"}}}),
                vec![("spec.selector", r#"{"a":"b"}"#, r#"{"a":"c"}"#)],
            ),
            (
                "apps/v1",
                "StatefulSet",
                json!({"spec": {"serviceName": "a", "template": 1}}),
                json!({"spec": {"podManagementPolicy": "Parallel", "template": 2}}),
                vec![("spec.podManagementPolicy", "nothing", "\"Parallel\""), ("spec.serviceName", "\"a\"", "nothing")],
            ),
            ("v1", "ConfigMap", json!({"data": {"a": "b"}}), json!({"data": {"a": "c"}}), vec![]),
            (
                "v1",
                "ConfigMap",
                json!({"immutable": true, "data": {"a": "b"}}),
                json!({"data": {"a": "c"}}),
                vec![("data", r#"{"a":"b"}"#, r#"{"a":"c"}"#)],
            ),
            (
                "v1",
                "Secret",
                json!({"immutable": true, "data": {"a": "b"}}),
                json!({"data": {"a": "c"}}),
                vec![("data", "(secret)", "(secret)")],
            ),
            (
                "v1",
                "Secret",
                json!({"type": "a", "data": {"a": "b"}}),
                json!({"type": "b", "data": {"a": "c"}}),
                vec![("type", "\"a\"", "\"b\"")],
            ),
            ("example.com/v1", "Thing", json!({"spec": 1}), json!({"spec": 2}), vec![]),
        ];
        for (version, kind, old, new, expected) in cases {
            let found = changes(&resource(version, kind, old), &resource(version, kind, new));
            let expected: Vec<Change> = expected
                .into_iter()
                .map(|(field, old, new): (&str, &str, &str)| Change {
                    field: field.into(),
                    old: old.into(),
                    new: new.into(),
                })
                .collect();
            assert_eq!(found, expected, "{version} {kind}");
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(shortened(&"ä".repeat(200)).chars().count(), SHOWN + 1);
    }
}

//! Which Pods belong to a workload, and what they say that cannot recover.

use serde_json::Value;

use super::Patience;
use super::kinds::unschedulable;
use super::status::{Status, compute, text};
use super::target::Target;

/// Says whether a label selector picks an object.
///
/// Source: `LabelSelectorAsSelector`, k8s.io/apimachinery pkg/apis/meta/v1.
pub(super) fn selects(selector: &Value, object: &Value) -> bool {
    let label = |key: &str| object["metadata"]["labels"][key].as_str();
    let exact = selector["matchLabels"].as_object();
    let expressions = selector["matchExpressions"].as_array();
    if exact.is_none_or(serde_json::Map::is_empty) && expressions.is_none_or(Vec::is_empty) {
        return false;
    }
    exact.into_iter().flatten().all(|(key, value)| label(key) == value.as_str())
        && expressions.into_iter().flatten().all(|expression| {
            let found = label(text(expression, "/key"));
            let values = expression["values"].as_array().map(Vec::as_slice).unwrap_or_default();
            let listed = found.is_some_and(|found| values.iter().any(|value| value == found));
            match text(expression, "/operator") {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => found.is_some(),
                "DoesNotExist" => found.is_none(),
                _ => false,
            }
        })
}

/// Writes a selector as the API's `labelSelector`.
pub(super) fn selector_text(selector: &Value) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (key, value) in selector["matchLabels"].as_object().into_iter().flatten() {
        parts.push(format!("{key}={}", value.as_str().unwrap_or_default()));
    }
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let key = text(expression, "/key");
        let values: Vec<&str> =
            expression["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        parts.push(match text(expression, "/operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    parts.join(",")
}

/// How many Pods of a workload have failed for good, as `podControllerStatusReader` counts them.
pub(super) fn failed<'a>(target: &Target<'_>, pods: impl Iterator<Item = &'a Value>) -> usize {
    let Some(selector) = target.selector() else { return 0 };
    let failed =
        |pod: &&Value| selects(selector, pod) && compute(pod, None).status == Status::Failed && !unschedulable(pod);
    pods.filter(|pod| text(pod, "/metadata/namespace") == target.namespace()).filter(failed).count()
}

/// Says whether the one Pod that a Job is to run has succeeded. Jobs of which more may be asked than that are left to
/// their controller.
pub(super) fn is_all_done<'a>(target: &Target<'_>, mut pods: impl Iterator<Item = &'a Value>) -> bool {
    let Some(job) = target.object.as_ref().filter(|job| is_plain(job)) else { return false };
    let of_job = |pod: &Value| {
        let owners = pod["metadata"]["ownerReferences"].as_array().map(Vec::as_slice).unwrap_or_default();
        owners.iter().any(|owner| owner["controller"] == true && owner["uid"] == job["metadata"]["uid"])
    };
    pods.any(|pod| {
        let stays = text(pod, "/metadata/deletionTimestamp").is_empty();
        stays && text(pod, "/status/phase") == "Succeeded" && of_job(pod)
    })
}

/// Says whether a Job has succeeded when one of its Pods has.
fn is_plain(job: &Value) -> bool {
    let spec = &job["spec"];
    let is_one = spec["completions"] == 1 && spec["completionMode"] != "Indexed";
    let more = ["activeDeadlineSeconds", "successPolicy", "managedBy"];
    let is_running = spec["suspend"] != true && text(job, "/metadata/deletionTimestamp").is_empty();
    is_one && is_running && more.iter().all(|field| spec[*field].is_null())
}

/// Says why a Pod cannot recover by itself.
pub(super) fn hopeless(pod: &Value, patience: Patience) -> Option<String> {
    let Patience::Short { crashes } = patience else { return None };
    if !text(pod, "/metadata/deletionTimestamp").is_empty() {
        return None;
    }
    let statuses = ["initContainerStatuses", "containerStatuses"].into_iter();
    let containers = statuses.flat_map(|list| pod["status"][list].as_array().into_iter().flatten());
    for container in containers {
        let (name, image) = (text(container, "/name"), text(container, "/image"));
        let message = text(container, "/state/waiting/message");
        let restarts = container["restartCount"].as_u64().unwrap_or(0);
        match text(container, "/state/waiting/reason") {
            reason @ ("ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull") => {
                return Some(format!("container {name} cannot get its image {image}: {}", words(reason, message)));
            }
            "CrashLoopBackOff" if restarts >= u64::from(crashes) => {
                return Some(format!(
                    "container {name} has crashed {restarts} times: {}",
                    words("CrashLoopBackOff", message)
                ));
            }
            _ => {}
        }
    }
    None
}

fn words(reason: &str, message: &str) -> String {
    if message.is_empty() { reason.to_owned() } else { format!("{reason}: {message}") }
}

/// Says whether a workload's controller has seen its latest change: until then its revision is that of before.
pub(super) fn is_observed(workload: &Value) -> bool {
    let has_revisions = matches!(text(workload, "/kind"), "Deployment" | "StatefulSet" | "DaemonSet");
    !has_revisions || workload["status"]["observedGeneration"] == workload["metadata"]["generation"]
}

/// Says whether a Pod is of the state that its workload is to have now: those of an older revision are on their way out.
/// None where only the ReplicaSet of a Deployment knows.
pub(super) fn is_current(target: &Target<'_>, pod: &Value) -> Option<bool> {
    let Some(workload) = target.object.as_ref().filter(|workload| is_observed(workload)) else { return Some(false) };
    let label = |name: &str| pod["metadata"]["labels"][name].as_str().unwrap_or_default();
    match target.resource.kind.as_str() {
        "StatefulSet" => Some(label("controller-revision-hash") == text(workload, "/status/updateRevision")),
        "DaemonSet" => {
            let wanted = workload["metadata"]["annotations"]["deprecated.daemonset.template.generation"].as_str();
            Some(wanted.is_none_or(|wanted| wanted == label("pod-template-generation")))
        }
        "Deployment" => None,
        _ => Some(true),
    }
}

/// The ReplicaSet that a Pod comes from.
pub(super) fn replica_set_name(pod: &Value) -> Option<&str> {
    let owners = pod["metadata"]["ownerReferences"].as_array()?;
    owners.iter().find(|owner| owner["kind"] == "ReplicaSet")?["name"].as_str()
}

/// Says why a Deployment gets no Pods: the quota is used up, and no older Pods will go to make room.
pub(super) fn no_room(target: &Target<'_>) -> Option<String> {
    let object = target.object.as_ref().filter(|_| target.resource.kind == "Deployment")?;
    let older = object["status"]["replicas"] != object["status"]["updatedReplicas"];
    let failure = super::status::conditions(object)
        .find(|condition| condition.name == "ReplicaFailure" && condition.status == "True")?;
    (!older && failure.message.contains("exceeded quota")).then(|| failure.message.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wait::target::Rule;

    /// Whether a Job is done whose spec has these fields, and which has a Pod with those.
    fn is_done(spec: &Value, pod: &Value) -> bool {
        let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j", "uid": "1"}});
        let mut job = job.as_object().cloned().unwrap_or_default();
        job.insert("spec".to_owned(), spec.clone());
        let resource = crate::Resource {
            namespace: String::new(),
            name: "j".to_owned(),
            api_version: "batch/v1".to_owned(),
            kind: "Job".to_owned(),
            group: "batch".to_owned(),
            version: "v1".to_owned(),
            plural: "jobs".to_owned(),
            namespaced: true,
            object: Value::Null,
        };
        let mut targets = Target::all(std::slice::from_ref(&resource), Rule::Done);
        targets[0].object = Some(Value::Object(job));
        is_all_done(&targets[0], [pod].into_iter())
    }

    #[test]
    fn a_plain_job_is_done_when_its_own_pod_is() {
        let owners = json!([{"kind": "Job", "uid": "1", "controller": true}]);
        let pod = json!({"metadata": {"ownerReferences": owners}, "status": {"phase": "Succeeded"}});
        let plain = json!({"completions": 1, "parallelism": 1, "completionMode": "NonIndexed", "suspend": false});
        assert!(is_done(&plain, &pod));
        for (field, value) in [
            ("completions", json!(2)),
            ("completions", Value::Null),
            ("completionMode", json!("Indexed")),
            ("activeDeadlineSeconds", json!(60)),
            ("successPolicy", json!({"rules": []})),
            ("managedBy", json!("example.com/other")),
            ("suspend", json!(true)),
        ] {
            let mut spec = plain.clone();
            spec[field] = value;
            assert!(!is_done(&spec, &pod), "{spec}");
        }
        for (pointer, value) in [
            ("/status/phase", json!("Running")),
            ("/metadata/ownerReferences/0/uid", json!("2")),
            ("/metadata/ownerReferences/0/controller", json!(false)),
        ] {
            let mut other = pod.clone();
            *other.pointer_mut(pointer).expect("a field") = value;
            assert!(!is_done(&plain, &other), "{other}");
        }
        let mut leaving = pod.clone();
        leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        assert!(!is_done(&plain, &leaving));
    }
}

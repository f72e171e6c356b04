//! Helm 3's rules of readiness.
//!
//! Source: `ReadyChecker`, pkg/kube/ready.go.

use serde_json::Value;

use super::pods::selector_text;
use super::status::{holds, number, text};
use crate::resource::{annotation, collection};
use crate::{Client, Error, Request, Resource};

impl Client {
    /// Asks for an object and says whether it is ready.
    pub(super) async fn is_ready(&self, resource: &Resource, jobs: bool) -> Result<bool, Error> {
        let has_rule = match (resource.group.as_str(), resource.kind.as_str()) {
            ("", "Pod" | "PersistentVolumeClaim" | "Service" | "ReplicationController") => true,
            ("apps", "Deployment" | "DaemonSet" | "StatefulSet" | "ReplicaSet") => true,
            ("apiextensions.k8s.io", "CustomResourceDefinition") => true,
            ("batch", "Job") => jobs,
            _ => false,
        };
        if !has_rule {
            return Ok(true);
        }
        let object = self.send(&Request::get(resource.path())).await?.json()?;
        match resource.kind.as_str() {
            "Pod" => Ok(holds(&object, "Ready")),
            "PersistentVolumeClaim" => Ok(text(&object, "/status/phase") == "Bound"),
            "Service" => Ok(service(&object)),
            "CustomResourceDefinition" => Ok(definition(&object)),
            "Job" => job(&object),
            "DaemonSet" => Ok(daemon_set(&object)),
            "StatefulSet" => Ok(stateful_set(&object)),
            "Deployment" => self.deployment(resource, &object).await,
            _ if !observed(&object) => Ok(false),
            _ => self.pods_ready(resource, &object).await,
        }
    }

    async fn deployment(&self, resource: &Resource, object: &Value) -> Result<bool, Error> {
        if object["spec"]["paused"] == true {
            return Ok(true);
        }
        let request = Request::get(collection("apps", "v1", "replicasets", &resource.namespace))
            .query("labelSelector", selector_text(&object["spec"]["selector"]));
        let sets = self.send(&request).await?.json()?;
        const REVISION: &str = "deployment.kubernetes.io/revision";
        let newest = sets["items"].as_array().into_iter().flatten().find(|set| {
            let owners = set["metadata"]["ownerReferences"].as_array();
            annotation(set, REVISION).is_some_and(|revision| Some(revision) == annotation(object, REVISION))
                && owners.into_iter().flatten().any(|owner| owner["uid"] == object["metadata"]["uid"])
        });
        let Some(set) = newest else { return Ok(false) };
        if !observed(set) || !observed(object) {
            return Ok(false);
        }
        let wanted = count(object, "/spec/replicas");
        let ready = count(set, "/status/readyReplicas");
        Ok(ready >= wanted - deployment_unavailable(object, wanted))
    }

    async fn pods_ready(&self, resource: &Resource, object: &Value) -> Result<bool, Error> {
        let selector = &object["spec"]["selector"];
        let selector = match resource.kind.as_str() {
            "ReplicationController" => selector_text(&serde_json::json!({"matchLabels": selector})),
            _ => selector_text(selector),
        };
        let request = Request::get(collection("", "v1", "pods", &resource.namespace)).query("labelSelector", selector);
        let answer = self.send(&request).await.map_err(|error| Error::context("failed to list pods", error))?;
        let list = answer.json()?;
        Ok(list["items"].as_array().into_iter().flatten().all(|pod| holds(pod, "Ready")))
    }
}

fn count(object: &Value, pointer: &str) -> i64 {
    number(object, pointer).unwrap_or(0)
}

fn observed(object: &Value) -> bool {
    count(object, "/status/observedGeneration") == count(object, "/metadata/generation")
}

/// `MaxUnavailable`, k8s.io/kubectl pkg/util/deployment: a rolling update that may neither add nor take anything takes one.
fn deployment_unavailable(object: &Value, wanted: i64) -> i64 {
    if text(object, "/spec/strategy/type") != "RollingUpdate" || wanted == 0 {
        return 0;
    }
    let part = |name: &str, up: bool| {
        let value = object.pointer(&format!("/spec/strategy/rollingUpdate/{name}"));
        value.and_then(|value| scaled(value, wanted, up)).unwrap_or(0)
    };
    let (surge, unavailable) = (part("maxSurge", true), part("maxUnavailable", false));
    let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
    unavailable.min(wanted)
}

/// `GetScaledValueFromIntOrPercent`.
fn scaled(value: &Value, total: i64, up: bool) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let percent: i64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    let product = percent.checked_mul(total)?;
    Some(if up { product.checked_add(99)? / 100 } else { product / 100 })
}

fn service(object: &Value) -> bool {
    let listed = |pointer: &str| object.pointer(pointer).and_then(Value::as_array).map(Vec::len);
    match text(object, "/spec/type") {
        "ExternalName" => true,
        _ if text(object, "/spec/clusterIP").is_empty() => false,
        "LoadBalancer" if listed("/spec/externalIPs").is_some_and(|count| count > 0) => true,
        "LoadBalancer" => listed("/status/loadBalancer/ingress").is_some(),
        _ => true,
    }
}

fn definition(object: &Value) -> bool {
    super::status::conditions(object).any(|condition| {
        matches!((condition.name, condition.status), ("Established", "True") | ("NamesAccepted", "False"))
    })
}

fn job(object: &Value) -> Result<bool, Error> {
    if count(object, "/status/failed") > count(object, "/spec/backoffLimit") {
        let (namespace, name) = (text(object, "/metadata/namespace"), text(object, "/metadata/name"));
        return Err(Error::Plain(format!("job is failed: {namespace}/{name}")));
    }
    Ok(number(object, "/spec/completions").is_none_or(|wanted| count(object, "/status/succeeded") >= wanted))
}

fn daemon_set(object: &Value) -> bool {
    if !observed(object) {
        return false;
    }
    if text(object, "/spec/updateStrategy/type") != "RollingUpdate" {
        return true;
    }
    let wanted = count(object, "/status/desiredNumberScheduled");
    if count(object, "/status/updatedNumberScheduled") != wanted {
        return false;
    }
    let unavailable = object.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable");
    let unavailable = unavailable.and_then(|value| scaled(value, wanted, true)).unwrap_or(wanted);
    count(object, "/status/numberReady") >= wanted - unavailable
}

fn stateful_set(object: &Value) -> bool {
    if !observed(object) {
        return false;
    }
    if text(object, "/spec/updateStrategy/type") != "RollingUpdate" {
        return true;
    }
    let partition = count(object, "/spec/updateStrategy/rollingUpdate/partition");
    let wanted = number(object, "/spec/replicas").unwrap_or(1);
    let same = text(object, "/status/currentRevision") == text(object, "/status/updateRevision");
    count(object, "/status/updatedReplicas") >= wanted - partition
        && count(object, "/status/readyReplicas") == wanted
        && (partition != 0 || same)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shares_are_rounded_as_the_controllers_do() {
        let cases = [(json!("25%"), 4, 1, 1), (json!("25%"), 3, 0, 1), (json!(2), 3, 2, 2), (json!("50%"), 5, 2, 3)];
        for (value, total, down, up) in cases {
            assert_eq!((scaled(&value, total, false), scaled(&value, total, true)), (Some(down), Some(up)), "{value}");
        }
    }
}

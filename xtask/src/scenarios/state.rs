//! What lies in the cluster after a step: the objects of the scenario's namespaces, and the records of its releases.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cluster::{Cluster, PAUSE};
use super::flat::{Lines, flatten};
use super::normal::Names;
use super::record;
use super::scenario::Settle;

/// The state, object by object.
pub type State = BTreeMap<String, Lines>;

/// Collections of a namespace that are always looked at; charts that make others say so with `also`.
const COLLECTIONS: &[&str] = &[
    "/api/v1/namespaces/NAMESPACE/configmaps",
    "/api/v1/namespaces/NAMESPACE/secrets",
    "/api/v1/namespaces/NAMESPACE/services",
    "/api/v1/namespaces/NAMESPACE/serviceaccounts",
    "/api/v1/namespaces/NAMESPACE/pods",
    "/apis/apps/v1/namespaces/NAMESPACE/deployments",
    "/apis/apps/v1/namespaces/NAMESPACE/replicasets",
    "/apis/batch/v1/namespaces/NAMESPACE/jobs",
];

/// Controllers need a second or two; when they need so long, the state is taken as it is.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where to look, and what to wait for.
pub struct View<'a> {
    pub cluster: &'a Cluster,
    pub names: &'a Names,
    pub namespaces: Vec<String>,
    pub also: Vec<String>,
    pub settle: Settle,
}

impl View<'_> {
    /// The state once controllers have done what they had to do.
    pub fn state(&self) -> Result<State, String> {
        let begun = Instant::now();
        loop {
            let objects = self.objects()?;
            if objects.iter().all(|object| is_settled(object, self.settle)) || begun.elapsed() > PATIENCE {
                return Ok(self.describe(objects));
            }
            // Several kinds at once: asked for until all are settled.
            std::thread::sleep(PAUSE);
        }
    }

    fn objects(&self) -> Result<Vec<Value>, String> {
        let in_namespaces = self
            .namespaces
            .iter()
            .flat_map(|namespace| COLLECTIONS.iter().map(move |path| path.replace("NAMESPACE", namespace)));
        let mut objects = Vec::new();
        for path in in_namespaces.chain(self.also.iter().cloned()) {
            let mut answer = self.cluster.get(&path)?;
            match answer["items"].take() {
                Value::Array(items) => {
                    let kind = answer["kind"].as_str().unwrap_or_default().trim_end_matches("List").to_string();
                    let version = answer["apiVersion"].clone();
                    objects.extend(items.into_iter().map(|item| typed(item, &kind, &version)));
                }
                _ if answer.is_null() => {}
                _ => objects.push(answer),
            }
        }
        Ok(objects)
    }

    fn describe(&self, objects: Vec<Value>) -> State {
        let mut state = State::new();
        for mut object in objects.into_iter().filter(is_ours) {
            let mut lines = Lines::new();
            let id = self.id(&object);
            record::take(&mut object, self.names, &mut lines);
            strip(&mut object);
            self.managers(&mut object, &mut lines);
            flatten("", &object, &mut lines);
            let general = |text: &String| self.names.generalise(text);
            state.insert(id, lines.iter().map(|(path, value)| (general(path), general(value))).collect());
        }
        state
    }

    fn id(&self, object: &Value) -> String {
        let text = |path: &str| object.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let name = match text("/metadata/namespace") {
            // The scenario's own needs no mention.
            namespace if self.namespaces.first().is_some_and(|first| first == namespace) => {
                text("/metadata/name").into()
            }
            "" => text("/metadata/name").into(),
            namespace => format!("{namespace}/{}", text("/metadata/name")),
        };
        self.names.generalise(&format!("{} {} {name}", text("/apiVersion"), text("/kind")))
    }

    /// One line for each manager, in an order that does not depend on times.
    fn managers(&self, object: &mut Value, lines: &mut Lines) {
        let Some(fields) = object.pointer_mut("/metadata/managedFields").map(Value::take) else { return };
        for entry in fields.as_array().into_iter().flatten() {
            let text = |key: &str| entry[key].as_str().unwrap_or_default();
            if CONTROLLERS.iter().any(|name| text("manager").starts_with(name)) {
                continue;
            }
            let part = match text("subresource") {
                "" => String::new(),
                part => format!(" /{part}"),
            };
            let head = format!("managed by {} {} {}{part}", text("manager"), text("operation"), text("apiVersion"));
            lines.insert(head, format!(" {}", entry["fieldsV1"]));
        }
    }
}

/// Managers that write at times of their own.
const CONTROLLERS: &[&str] = &["kube-controller-manager", "kube-scheduler", "kwok", "kubelet", "kube-apiserver"];

/// Items of a list do not say what they are.
fn typed(mut item: Value, kind: &str, version: &Value) -> Value {
    if item["kind"].is_null() {
        item["kind"] = kind.into();
        item["apiVersion"] = version.clone();
    }
    item
}

/// Not what every namespace has, and not what a controller made from something else.
fn is_ours(object: &Value) -> bool {
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    let given = matches!((object["kind"].as_str(), name), (Some("ConfigMap"), "kube-root-ca.crt"))
        || matches!((object["kind"].as_str(), name), (Some("ServiceAccount"), "default"));
    let owners = object.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    !given && !owners.into_iter().flatten().any(|owner| owner["controller"] == true)
}

/// Takes away what the server and the controllers write.
fn strip(object: &mut Value) {
    if let Some(map) = object.as_object_mut() {
        map.remove("status");
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for key in ["uid", "resourceVersion", "creationTimestamp", "selfLink"] {
            metadata.remove(key);
        }
    }
    if let Some(annotations) = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        annotations.remove("deployment.kubernetes.io/revision");
    }
    if let Some(labels) = object.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        // Where the scheduler put a Pod.
        labels.remove("topology.kubernetes.io/zone");
    }
    if let Some(spec) = object["spec"].as_object_mut().filter(|spec| spec.contains_key("containers")) {
        spec.remove("nodeName");
    }
}

/// Whether controllers are done with `object`.
fn is_settled(object: &Value, settle: Settle) -> bool {
    if settle == Settle::Nothing {
        return true;
    }
    if object.pointer("/metadata/deletionTimestamp").is_some() {
        return false;
    }
    settle == Settle::Deleted || is_ready(object)
}

fn is_ready(object: &Value) -> bool {
    let number = |path: &str| object.pointer(path).and_then(Value::as_i64).unwrap_or(0);
    let wanted = number("/spec/replicas");
    match object["kind"].as_str() {
        Some("Deployment") => {
            number("/status/observedGeneration") >= number("/metadata/generation")
                && ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]
                    .iter()
                    .all(|field| number(&format!("/status/{field}")) == wanted)
        }
        Some("ReplicaSet") => number("/status/replicas") == wanted && number("/status/readyReplicas") == wanted,
        Some("Job") => {
            let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
            let done = |condition: &Value| matches!(condition["type"].as_str(), Some("Complete" | "Failed"));
            conditions.into_iter().flatten().any(done)
        }
        Some("Pod") => object.pointer("/status/phase").and_then(Value::as_str) != Some("Pending"),
        _ => true,
    }
}

//! Why an object is not ready: its Pods, what their containers say, the warnings about them, their last words.

use std::collections::HashMap;

use futures::stream::{StreamExt, iter};
use serde_json::Value;
use tokio::time::{Duration, timeout};

use super::pods;
use super::status::{Condition, Reading, conditions, text};
use super::target::Target;
use crate::resource::{collection, escape};
use crate::{Client, Error, Request};

/// What is known of an object that is not ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    pub kind: String,
    pub namespace: String,
    pub name: String,
    pub reading: Reading,
    /// Why it cannot recover, where that ended the wait.
    pub hopeless: Option<String>,
    /// Its conditions, where it has some.
    pub conditions: Vec<ConditionLine>,
    /// Who must do something before it can go, where it is being deleted.
    pub finalizers: Vec<String>,
    /// Those that are not ready, the troubled ones first.
    pub pods: Vec<PodState>,
    /// Warnings about the object and its Pods, the latest last.
    pub events: Vec<EventLine>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ConditionLine {
    /// `Available`, `Progressing`, …
    pub name: String,
    /// `True`, `False`, `Unknown`.
    pub status: String,
    pub reason: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PodState {
    pub name: String,
    /// `Pending`, `Running`, …
    pub phase: String,
    pub reading: Reading,
    pub containers: Vec<ContainerState>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ContainerState {
    pub name: String,
    pub image: String,
    /// `waiting`, `running`, `terminated`, or nothing.
    pub state: String,
    /// `CrashLoopBackOff`, `Error`, …
    pub reason: String,
    pub message: String,
    pub exit_code: Option<i64>,
    pub restarts: u64,
    /// The last lines of its log, of the run before where it has just been started again.
    pub log: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EventLine {
    /// `Pod/name`.
    pub about: String,
    pub reason: String,
    pub message: String,
    pub count: u64,
}

/// Nobody reads more at once.
const OBJECTS: usize = 20;
const PODS: usize = 5;
const EVENTS: usize = 10;
const CONDITIONS: usize = 10;
const FINALIZERS: usize = 10;
const LOG_LINES: usize = 10;

/// An explanation must not hold up the end for long.
const TIME: Duration = Duration::from_secs(10);

const AT_ONCE: usize = 8;

impl Client {
    /// Gathers what is known; what cannot be read is left out.
    pub(super) fn diagnose(&self, targets: &[&Target<'_>], known: &HashMap<String, Value>) -> Vec<Diagnosis> {
        let work = async {
            let work = iter(targets.iter().take(OBJECTS)).map(|target| self.explain(target, known));
            Ok::<_, Error>(timeout(TIME, work.buffered(AT_ONCE).collect::<Vec<_>>()).await.unwrap_or_default())
        };
        let found = self.block(work).unwrap_or_default();
        if !found.is_empty() {
            return found;
        }
        let bare = |target: &&Target<'_>| diagnosis(target, Vec::new(), Vec::new());
        targets.iter().take(OBJECTS).map(bare).collect()
    }

    async fn explain(&self, target: &Target<'_>, known: &HashMap<String, Value>) -> Diagnosis {
        let pods = self.troubled_pods(target, known).await;
        let events = self.warnings(target, &pods).await;
        let mut states = Vec::new();
        for pod in &pods {
            states.push(self.pod_state(target.namespace(), pod).await);
        }
        diagnosis(target, states, events)
    }

    async fn troubled_pods(&self, target: &Target<'_>, known: &HashMap<String, Value>) -> Vec<Value> {
        let in_namespace = |pod: &&Value| text(pod, "/metadata/namespace") == target.namespace();
        let mut pods: Vec<Value> = match (target.resource.kind.as_str(), target.selector()) {
            ("Pod", _) => target.object.iter().cloned().collect(),
            (_, Some(selector)) if known.is_empty() => self.pods_by_selector(target, selector).await,
            (_, Some(selector)) => {
                known.values().filter(in_namespace).filter(|pod| pods::selects(selector, pod)).cloned().collect()
            }
            _ => Vec::new(),
        };
        pods.retain(|pod| !super::status::holds(pod, "Ready") && text(pod, "/status/phase") != "Succeeded");
        pods.sort_by_key(|pod| (trouble(pod), text(pod, "/metadata/name").to_owned()));
        pods.truncate(PODS);
        pods
    }

    async fn pods_by_selector(&self, target: &Target<'_>, selector: &Value) -> Vec<Value> {
        let request = Request::get(collection("", "v1", "pods", target.namespace()))
            .query("labelSelector", pods::selector_text(selector))
            .query("limit", "100");
        let list = self.send(&request).await.and_then(|answer| answer.json()).unwrap_or_default();
        list["items"].as_array().cloned().unwrap_or_default()
    }

    async fn warnings(&self, target: &Target<'_>, pods: &[Value]) -> Vec<EventLine> {
        if target.namespace().is_empty() {
            return Vec::new();
        }
        let request = Request::get(collection("", "v1", "events", target.namespace()))
            .query("fieldSelector", "type=Warning")
            .query("limit", "500");
        let list = self.send(&request).await.and_then(|answer| answer.json()).unwrap_or_default();
        let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut events: Vec<&Value> = items.iter().filter(|event| concerns(event, target, pods)).collect();
        events.sort_by_key(|event| time_of(event));
        let skipped = events.len().saturating_sub(EVENTS);
        events.into_iter().skip(skipped).map(event_line).collect()
    }

    async fn pod_state(&self, namespace: &str, pod: &Value) -> PodState {
        let name = text(pod, "/metadata/name");
        let mut containers = Vec::new();
        for list in ["initContainerStatuses", "containerStatuses"] {
            for status in pod["status"][list].as_array().into_iter().flatten() {
                let mut container = container_state(status);
                if speaks(&container) {
                    container.log = self.last_lines(namespace, name, &container).await;
                }
                containers.push(container);
            }
        }
        PodState {
            name: name.to_owned(),
            phase: text(pod, "/status/phase").to_owned(),
            reading: super::status::compute(pod, None),
            containers,
        }
    }

    async fn last_lines(&self, namespace: &str, pod: &str, container: &ContainerState) -> Vec<String> {
        let path = format!("{}/{}/log", collection("", "v1", "pods", namespace), escape(pod));
        let request = Request::get(path)
            .query("container", container.name.clone())
            .query("tailLines", LOG_LINES.to_string())
            .query("limitBytes", "65536");
        let before = request.clone().query("previous", "true");
        let waits = container.state == "waiting" && container.restarts > 0;
        let answer = match waits {
            true => match self.send(&before).await {
                Ok(answer) => Ok(answer),
                Err(_) => self.send(&request).await,
            },
            false => self.send(&request).await,
        };
        let Ok(answer) = answer else { return Vec::new() };
        String::from_utf8_lossy(&answer.body).lines().take(LOG_LINES).map(str::to_owned).collect()
    }
}

fn diagnosis(target: &Target<'_>, pods: Vec<PodState>, events: Vec<EventLine>) -> Diagnosis {
    let object = target.object.as_ref().unwrap_or(&Value::Null);
    let finalizers = match text(object, "/metadata/deletionTimestamp") {
        "" => &Value::Null,
        _ => &object["metadata"]["finalizers"],
    };
    let finalizers = finalizers.as_array().into_iter().flatten().filter_map(Value::as_str);
    Diagnosis {
        conditions: conditions(object).take(CONDITIONS).map(condition_line).collect(),
        finalizers: finalizers.take(FINALIZERS).map(str::to_owned).collect(),
        kind: target.resource.kind.clone(),
        namespace: target.namespace().to_owned(),
        name: target.resource.name.clone(),
        reading: target.reading.clone(),
        hopeless: target.hopeless.clone(),
        pods,
        events,
    }
}

fn condition_line(condition: Condition<'_>) -> ConditionLine {
    ConditionLine {
        name: condition.name.to_owned(),
        status: condition.status.to_owned(),
        reason: condition.reason.to_owned(),
        message: condition.message.to_owned(),
    }
}

/// Pods with a container that waits for a reason come first.
fn trouble(pod: &Value) -> u8 {
    match pods::hopeless(pod, super::Patience::Short { crashes: 0 }) {
        Some(_) => 0,
        None if text(pod, "/status/phase") == "Failed" => 1,
        None => 2,
    }
}

/// A container that has run has a log.
fn speaks(container: &ContainerState) -> bool {
    matches!(container.state.as_str(), "running" | "terminated") || container.restarts > 0
}

fn container_state(status: &Value) -> ContainerState {
    let state = status["state"].as_object().and_then(|state| state.iter().next());
    let (state, details) = state.map_or(("", &Value::Null), |(name, details)| (name.as_str(), details));
    let last = &status["lastState"]["terminated"];
    let exit_code = details["exitCode"].as_i64().or_else(|| last["exitCode"].as_i64());
    ContainerState {
        name: text(status, "/name").to_owned(),
        image: text(status, "/image").to_owned(),
        state: state.to_owned(),
        reason: text(details, "/reason").to_owned(),
        message: text(details, "/message").to_owned(),
        exit_code,
        restarts: status["restartCount"].as_u64().unwrap_or(0),
        log: Vec::new(),
    }
}

fn concerns(event: &Value, target: &Target<'_>, pods: &[Value]) -> bool {
    let about = &event["involvedObject"];
    let (kind, name) = (text(about, "/kind"), text(about, "/name"));
    let own = kind == target.resource.kind && name == target.resource.name;
    // ReplicaSets are named after their Deployment.
    let set = kind == "ReplicaSet"
        && target.resource.kind == "Deployment"
        && name
            .strip_prefix(target.resource.name.as_str())
            .is_some_and(|rest| rest.starts_with('-') && !rest[1..].contains('-'));
    own || set || (kind == "Pod" && pods.iter().any(|pod| text(pod, "/metadata/name") == name))
}

fn time_of(event: &Value) -> String {
    ["/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"]
        .into_iter()
        .map(|pointer| text(event, pointer))
        .find(|time| !time.is_empty())
        .unwrap_or_default()
        .to_owned()
}

fn event_line(event: &Value) -> EventLine {
    let about = &event["involvedObject"];
    EventLine {
        about: format!("{}/{}", text(about, "/kind"), text(about, "/name")),
        reason: text(event, "/reason").to_owned(),
        message: text(event, "/message").to_owned(),
        count: event["count"].as_u64().or_else(|| event["series"]["count"].as_u64()).unwrap_or(1),
    }
}

//! One object that is waited for: what it is to become, and what it is now.

use serde_json::Value;

use super::kinds::{completed_job, completed_pod};
use super::status::{Reading, Status, compute};
use crate::Resource;
use crate::patch::Schema;

/// What objects are to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Ready,
    ReadyWithJobs,
    /// Hooks.
    Done,
    Gone,
}

impl Rule {
    pub fn desired(self) -> Status {
        match self {
            Rule::Gone => Status::NotFound,
            _ => Status::Current,
        }
    }

    /// Reads the state of an object.
    pub fn read(self, object: &Value, age_seconds: Option<i64>) -> Reading {
        let kind = object["kind"].as_str().unwrap_or_default();
        let version = object["apiVersion"].as_str().unwrap_or_default();
        match (self, version, kind) {
            (Rule::Done | Rule::ReadyWithJobs, "batch/v1", "Job") => completed_job(object),
            (Rule::Done, "v1", "Pod") => completed_pod(object),
            (Rule::Done, ..) => Reading::current("Resource is current"),
            _ => compute(object, age_seconds),
        }
    }
}

/// An object that is waited for.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub resource: &'a Resource,
    pub reading: Reading,
    /// As last seen.
    pub object: Option<Value>,
    /// Why it cannot recover.
    pub hopeless: Option<String>,
}

impl<'a> Target<'a> {
    /// Takes what needs waiting. Some need no look: for others than Jobs and Pods a hook is done at once, and native kinds
    /// without a status are ready when they are there.
    pub fn all(resources: &'a [Resource], rule: Rule) -> Vec<Target<'a>> {
        let wanted = resources.iter().filter(|resource| !is_paused(resource, rule));
        let unknown = |resource| Target { resource, reading: Reading::unknown(), object: None, hopeless: None };
        let mut targets: Vec<Target<'a>> = wanted.map(unknown).collect();
        for target in targets.iter_mut().filter(|target| needs_no_look(target.resource, rule)) {
            target.reading = Reading::current("Resource is current");
        }
        targets
    }

    pub fn needs_look(&self) -> bool {
        self.reading.status == Status::Unknown
    }

    pub fn namespace(&self) -> &str {
        if self.resource.namespaced { &self.resource.namespace } else { "" }
    }

    /// Says whether an object of the same collection is this one.
    pub fn is(&self, object: &Value) -> bool {
        object["metadata"]["name"] == self.resource.name.as_str()
            && object["metadata"]["namespace"].as_str().unwrap_or_default() == self.namespace()
    }

    /// The selector of a workload's Pods.
    pub fn selector(&self) -> Option<&Value> {
        if !self.makes_pods() {
            return None;
        }
        self.object.as_ref().map(|object| &object["spec"]["selector"]).filter(|selector| selector.is_object())
    }

    pub fn makes_pods(&self) -> bool {
        let workload =
            matches!(self.resource.kind.as_str(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job");
        workload && matches!(self.resource.group.as_str(), "apps" | "batch")
    }
}

fn is_paused(resource: &Resource, rule: Rule) -> bool {
    rule != Rule::Gone
        && resource.kind == "Deployment"
        && resource.group == "apps"
        && resource.object["spec"]["paused"] == true
}

fn needs_no_look(resource: &Resource, rule: Rule) -> bool {
    match rule {
        Rule::Gone => false,
        Rule::Done => !matches!((resource.group.as_str(), resource.kind.as_str()), ("batch", "Job") | ("", "Pod")),
        _ => Schema::of_kind(&resource.group, &resource.version, &resource.kind)
            .is_some_and(|schema| schema.field("status").is_err()),
    }
}

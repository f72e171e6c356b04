//! The rules of kstatus for Kubernetes' own kinds.
//!
//! Source: github.com/fluxcd/cli-utils pkg/kstatus/status/core.go; Helm's own rules for Jobs and Pods that must end,
//! internal/statusreaders.

use serde_json::Value;

use super::status::{Condition, Reading, conditions, holds, number, text};
use crate::resource::split_api_version;

/// How long a Pod may be without a node before that counts as a failure.
const SCHEDULE_SECONDS: i64 = 15;

/// Reads an object of a kind that has rules.
pub(super) fn by_kind(object: &Value, age_seconds: Option<i64>) -> Option<Reading> {
    let (group, _) = split_api_version(text(object, "/apiVersion"));
    Some(match (group, text(object, "/kind")) {
        ("", "Service") => service(object),
        ("", "Pod") => pod(object, age_seconds),
        ("", "Secret" | "ConfigMap") | ("batch", "CronJob") => Reading::current("Resource is always ready"),
        ("", "PersistentVolumeClaim") => claim(object),
        ("apps", "StatefulSet") => stateful_set(object),
        ("apps" | "extensions", "DaemonSet") => daemon_set(object),
        ("apps" | "extensions", "Deployment") => deployment(object),
        ("apps" | "extensions", "ReplicaSet") => replica_set(object),
        ("policy", "PodDisruptionBudget") => Reading::current("AllowedDisruptions has been computed."),
        ("batch", "Job") => running_job(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(object),
        _ => return None,
    })
}

/// The first of several `(have, want, word)` where there is less than wanted: `WORD: have/want`.
fn less(counts: &[(i64, i64, &str)]) -> Option<Reading> {
    let (have, want, word) = counts.iter().find(|(have, want, _)| want > have)?;
    Some(Reading::in_progress(format!("{word}: {have}/{want}")))
}

fn count(object: &Value, pointer: &str) -> i64 {
    number(object, pointer).unwrap_or(0)
}

fn replicas(object: &Value) -> i64 {
    number(object, "/spec/replicas").unwrap_or(1)
}

fn pending_termination(have: i64, want: i64) -> Option<Reading> {
    (have > want).then(|| Reading::in_progress(format!("Pending termination: {}", have - want)))
}

fn stateful_set(object: &Value) -> Reading {
    if text(object, "/spec/updateStrategy/type") == "OnDelete" {
        return Reading::current("StatefulSet is using the ondelete update strategy");
    }
    let (wanted, have) = (replicas(object), count(object, "/status/replicas"));
    let updated = count(object, "/status/updatedReplicas");
    let short = less(&[(have, wanted, "Replicas"), (count(object, "/status/readyReplicas"), wanted, "Ready")])
        .or_else(|| pending_termination(have, wanted));
    if let Some(short) = short {
        return short;
    }
    let partition = number(object, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(-1);
    if partition != -1 {
        return less(&[(updated, wanted - partition, "updated")])
            .unwrap_or_else(|| Reading::current(format!("Partition rollout complete. updated: {updated}")));
    }
    if let Some(short) = less(&[(count(object, "/status/currentReplicas"), wanted, "current")]) {
        return short;
    }
    if text(object, "/status/currentRevision") != text(object, "/status/updateRevision") {
        return Reading::in_progress("Waiting for updated revision to match current");
    }
    Reading::current(format!("All replicas scheduled as expected. Replicas: {have}"))
}

fn deployment(object: &Value) -> Reading {
    // Without a deadline the controller says nothing of progress, and with the largest number neither.
    let deadline = number(object, "/spec/progressDeadlineSeconds").unwrap_or(i64::from(i32::MAX));
    let mut progressing = deadline == i64::from(i32::MAX);
    for condition in conditions(object).filter(|condition| condition.name == "Progressing") {
        match condition {
            Condition { reason: "ProgressDeadlineExceeded", .. } => {
                return Reading::failed("Progress deadline exceeded");
            }
            Condition { status: "True", reason: "NewReplicaSetAvailable", .. } => progressing = true,
            _ => {}
        }
    }
    let (wanted, have) = (replicas(object), count(object, "/status/replicas"));
    let updated = count(object, "/status/updatedReplicas");
    let short = less(&[(have, wanted, "Replicas"), (updated, wanted, "Updated")])
        .or_else(|| pending_termination(have, wanted))
        .or_else(|| less(&[(count(object, "/status/availableReplicas"), updated, "Available")]))
        .or_else(|| less(&[(count(object, "/status/readyReplicas"), wanted, "Ready")]));
    match short {
        Some(short) => short,
        None if !progressing => Reading::in_progress("ReplicaSet not Available"),
        None if !holds(object, "Available") => Reading::in_progress("Deployment not Available"),
        None => Reading::current(format!("Deployment is available. Replicas: {have}")),
    }
}

fn replica_set(object: &Value) -> Reading {
    if holds(object, "ReplicaFailure") {
        return Reading::in_progress("Replica Failure condition. Check Pods");
    }
    let (wanted, have) = (replicas(object), count(object, "/status/replicas"));
    less(&[
        (count(object, "/status/fullyLabeledReplicas"), wanted, "Labelled"),
        (count(object, "/status/availableReplicas"), wanted, "Available"),
        (count(object, "/status/readyReplicas"), wanted, "Ready"),
    ])
    .or_else(|| pending_termination(have, wanted))
    .unwrap_or_else(|| Reading::current(format!("ReplicaSet is available. Replicas: {have}")))
}

fn daemon_set(object: &Value) -> Reading {
    for (pointer, name) in
        [("/metadata/generation", "metadata.generation"), ("/status/observedGeneration", "status.observedGeneration")]
    {
        if number(object, pointer).is_none() {
            return Reading::in_progress(format!("{} {name} not found", text(object, "/kind")));
        }
    }
    let Some(wanted) = number(object, "/status/desiredNumberScheduled").filter(|wanted| *wanted != -1) else {
        return Reading::in_progress("Missing .status.desiredNumberScheduled");
    };
    less(&[
        (count(object, "/status/currentNumberScheduled"), wanted, "Current"),
        (count(object, "/status/updatedNumberScheduled"), wanted, "Updated"),
        (count(object, "/status/numberAvailable"), wanted, "Available"),
        (count(object, "/status/numberReady"), wanted, "Ready"),
    ])
    .unwrap_or_else(|| Reading::current(format!("All replicas scheduled as expected. Replicas: {wanted}")))
}

fn claim(object: &Value) -> Reading {
    match text(object, "/status/phase") {
        "Bound" => Reading::current("PVC is Bound"),
        "" => Reading::in_progress("PVC is not Bound. phase: unknown"),
        phase => Reading::in_progress(format!("PVC is not Bound. phase: {phase}")),
    }
}

fn service(object: &Value) -> Reading {
    if text(object, "/spec/type") == "LoadBalancer" && text(object, "/spec/clusterIP").is_empty() {
        return Reading::in_progress("ClusterIP not set. Service type: LoadBalancer");
    }
    Reading::current("Service is ready")
}

fn definition(object: &Value) -> Reading {
    for condition in conditions(object) {
        match (condition.name, condition.status) {
            ("NamesAccepted", "False") => return Reading::failed(condition.message),
            ("Established", "False") if condition.reason != "Installing" => return Reading::failed(condition.message),
            ("Established", "True") => return Reading::current("CRD is established"),
            _ => {}
        }
    }
    Reading::in_progress("Install in progress")
}

fn pod(object: &Value, age_seconds: Option<i64>) -> Reading {
    match text(object, "/status/phase") {
        "Succeeded" => Reading::current("Pod has completed successfully"),
        "Failed" => Reading::current("Pod has completed, but not successfully"),
        "Running" if holds(object, "Ready") => Reading::current("Pod is Ready"),
        "Running" => match crash_looping(object) {
            names if names.is_empty() => Reading::in_progress("Pod is running but is not Ready"),
            names => Reading::failed(format!("Containers in CrashLoop state: {}", names.join(","))),
        },
        "Pending" if unschedulable(object) => match age_seconds.is_some_and(|age| age < SCHEDULE_SECONDS) {
            true => Reading::in_progress("Pod has not been scheduled"),
            false => Reading::failed("Pod could not be scheduled"),
        },
        "Pending" => Reading::in_progress("Pod is in the Pending phase"),
        "" => Reading::in_progress("Pod phase not available"),
        _ => Reading::unknown(),
    }
}

/// Says whether the scheduler has found no node for a Pod.
pub(super) fn unschedulable(pod: &Value) -> bool {
    conditions(pod).any(|condition| {
        condition.name == "PodScheduled" && condition.status == "False" && condition.reason == "Unschedulable"
    })
}

fn crash_looping(pod: &Value) -> Vec<&str> {
    let containers = pod["status"]["containerStatuses"].as_array().map(Vec::as_slice).unwrap_or_default();
    let looping = |container: &&Value| text(container, "/state/waiting/reason") == "CrashLoopBackOff";
    containers.iter().filter(looping).map(|container| text(container, "/name")).collect()
}

/// A Job that counts as ready while it runs.
fn running_job(object: &Value) -> Reading {
    if let Some(ended) = ended_job(object) {
        return ended;
    }
    if text(object, "/status/startTime").is_empty() {
        return Reading::in_progress("Job not started");
    }
    let number = |name: &str| count(object, &format!("/status/{name}"));
    Reading::current(format!(
        "Job in progress. success:{}, active: {}, failed: {}",
        number("succeeded"),
        number("active"),
        number("failed")
    ))
}

fn ended_job(object: &Value) -> Option<Reading> {
    let parallelism = number(object, "/spec/parallelism").unwrap_or(1);
    let wanted = number(object, "/spec/completions").unwrap_or(parallelism);
    conditions(object).find_map(|condition| match (condition.name, condition.status) {
        ("Complete", "True") => {
            let succeeded = count(object, "/status/succeeded");
            Some(Reading::current(format!("Job Completed. succeeded: {succeeded}/{wanted}")))
        }
        ("Failed", "True") => {
            let failed = count(object, "/status/failed");
            Some(Reading::failed(format!("Job Failed. failed: {failed}/{wanted}")))
        }
        _ => None,
    })
}

/// A Job that must have completed.
pub(super) fn completed_job(object: &Value) -> Reading {
    ended_job(object).unwrap_or_else(|| Reading::in_progress("Job in progress"))
}

/// A Pod that must have succeeded.
pub(super) fn completed_pod(object: &Value) -> Reading {
    let name = text(object, "/metadata/name");
    match text(object, "/status/phase") {
        "Succeeded" => Reading::current(format!("pod {name} succeeded")),
        "Failed" => Reading::failed(format!("pod {name} failed")),
        _ => Reading::in_progress("Pod in progress"),
    }
}

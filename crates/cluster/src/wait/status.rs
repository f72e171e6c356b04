//! What the state of an object says of its readiness: the rules of kstatus.
//!
//! Source: github.com/fluxcd/cli-utils pkg/kstatus/status (generic.go, status.go), whose texts these are.

use std::fmt;

use serde_json::Value;

use super::kinds;

/// How an object is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    InProgress,
    Failed,
    Current,
    Terminating,
    NotFound,
    Unknown,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::InProgress => "InProgress",
            Status::Failed => "Failed",
            Status::Current => "Current",
            Status::Terminating => "Terminating",
            Status::NotFound => "NotFound",
            Status::Unknown => "Unknown",
        })
    }
}

/// A status with its reason in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub status: Status,
    pub message: String,
}

impl Reading {
    pub(super) fn new(status: Status, message: impl Into<String>) -> Self {
        Reading { status, message: message.into() }
    }

    pub(super) fn current(message: impl Into<String>) -> Self {
        Reading::new(Status::Current, message)
    }

    pub(super) fn in_progress(message: impl Into<String>) -> Self {
        Reading::new(Status::InProgress, message)
    }

    pub(super) fn failed(message: impl Into<String>) -> Self {
        Reading::new(Status::Failed, message)
    }

    pub(super) fn unknown() -> Self {
        Reading::new(Status::Unknown, "")
    }

    pub(super) fn not_found() -> Self {
        Reading::new(Status::NotFound, "Resource not found")
    }
}

/// `status.Compute`. `age_seconds` is how long ago the object was made, as far as known.
pub(super) fn compute(object: &Value, age_seconds: Option<i64>) -> Reading {
    generic(object)
        .or_else(|| kinds::by_kind(object, age_seconds))
        .or_else(|| ready_condition(object))
        .unwrap_or_else(|| Reading::current("Resource is current"))
}

/// `checkGenericProperties`.
fn generic(object: &Value) -> Option<Reading> {
    if !text(object, "/metadata/deletionTimestamp").is_empty() {
        return Some(Reading::new(Status::Terminating, "Resource scheduled for deletion"));
    }
    if let (Some(wanted), Some(seen)) =
        (number(object, "/metadata/generation"), number(object, "/status/observedGeneration"))
        && wanted != seen
    {
        let kind = text(object, "/kind");
        let message = format!("{kind} generation is {wanted}, but latest observed generation is {seen}");
        return Some(Reading::in_progress(message));
    }
    conditions(object).find_map(|condition| match (condition.name, condition.status) {
        ("Reconciling", "True") => Some(Reading::in_progress(condition.message)),
        ("Stalled", "True") => Some(Reading::failed(condition.message)),
        _ => None,
    })
}

/// `checkReadyCondition`: not in Kubernetes' guidelines, but in wide use.
fn ready_condition(object: &Value) -> Option<Reading> {
    let ready = conditions(object).find(|condition| condition.name == "Ready")?;
    match ready.status {
        "True" => Some(Reading::current("Resource is Ready")),
        "False" | "Unknown" => Some(Reading::in_progress(ready.message)),
        _ => None,
    }
}

/// A condition of `status.conditions`.
pub(super) struct Condition<'a> {
    pub name: &'a str,
    pub status: &'a str,
    pub reason: &'a str,
    pub message: &'a str,
}

pub(super) fn conditions(object: &Value) -> impl Iterator<Item = Condition<'_>> {
    let list = object["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|condition| Condition {
        name: condition["type"].as_str().unwrap_or_default(),
        status: condition["status"].as_str().unwrap_or_default(),
        reason: condition["reason"].as_str().unwrap_or_default(),
        message: condition["message"].as_str().unwrap_or_default(),
    })
}

/// Says whether a condition is true.
pub(super) fn holds(object: &Value, name: &str) -> bool {
    conditions(object).any(|condition| condition.name == name && condition.status == "True")
}

pub(super) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

//! The labels of records: the system's own, and what selectors may hold (`pkg/storage/driver/util.go`, `labels.go`).

use std::collections::BTreeMap;

use release::Release;

use crate::StorageError;

type Labels = BTreeMap<String, String>;

const SYSTEM: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// Returns the names of labels that users may not set.
pub fn system_labels() -> &'static [&'static str] {
    &SYSTEM
}

/// Reports whether a user's labels have names of the system's own.
pub fn contains_system_labels(labels: &Labels) -> bool {
    labels.keys().any(|name| SYSTEM.contains(&name.as_str()))
}

/// Returns the labels of the user among those of an object.
pub fn of_user(labels: Labels) -> Labels {
    labels.into_iter().filter(|(name, _)| !SYSTEM.contains(&name.as_str())).collect()
}

/// Returns what Helm looks records up by.
pub fn of_system(release: &Release) -> [(&'static str, String); 4] {
    [
        ("name", release.name.clone()),
        ("owner", "helm".to_owned()),
        ("status", release.info.status.as_str().to_owned()),
        ("version", release.version.to_string()),
    ]
}

/// Returns the labels of the object of a record; `stamp` is `createdAt` or `modifiedAt`, with seconds since 1970. A stamp
/// that the release brings along wins, as it does in Helm.
pub fn of_object(release: &Release, stamp: (&str, u64)) -> Labels {
    let mut labels = Labels::from([(stamp.0.to_owned(), stamp.1.to_string())]);
    labels.extend(release.labels.clone());
    labels.extend(of_system(release).map(|(name, text)| (name.to_owned(), text)));
    labels
}

/// Checks a label value (`validation.IsValidLabelValue` of k8s.io/apimachinery).
///
/// # Errors
/// `invalid label value: "a b": a valid label must be …`.
pub fn check_value(value: &str) -> Result<(), StorageError> {
    let mut faults = Vec::new();
    if value.len() > 63 {
        faults.push("must be no more than 63 bytes");
    }
    let outer = |b: Option<&u8>| b.is_none_or(u8::is_ascii_alphanumeric);
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let bytes = value.as_bytes();
    if !(outer(bytes.first()) && outer(bytes.last()) && bytes.iter().all(inner)) {
        faults.push(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must \
             start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
             validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        );
    }
    if faults.is_empty() {
        return Ok(());
    }
    let value = String::from_utf8_lossy(&gostd::strconv::quote(bytes)).into_owned();
    Err(StorageError::other(format!("invalid label value: {value}: {}", faults.join("; "))))
}

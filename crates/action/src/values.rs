//! What the records of installing and upgrading have in common.

use std::collections::BTreeMap;

use gostd::GoError;
use gostd::time::{Time, Zone};
use release::Release;

use crate::render_chart::Prepared;

/// Labels that a record has of its own.
const SYSTEM_LABELS: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];

/// # Errors
/// A label of the user has the name of one of the record's own.
pub(crate) fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), GoError> {
    if !labels.keys().any(|label| SYSTEM_LABELS.contains(&label.as_str())) {
        return Ok(());
    }
    Err(GoError::new(format!(
        "user supplied labels contains system reserved label name. System labels: [{}]",
        SYSTEM_LABELS.join(" ")
    )))
}

/// New labels go over old ones; `null` takes one away.
pub(crate) fn merged_labels(
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut labels = old.clone();
    labels.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
    labels.retain(|_, value| value != "null");
    labels
}

/// What templates see as `.Release`.
pub(crate) fn release(name: &str, namespace: &str, revision: i64, upgrade: bool) -> chart::values::Release {
    chart::values::Release {
        name: name.to_string(),
        namespace: namespace.to_string(),
        revision,
        is_install: !upgrade,
        is_upgrade: upgrade,
    }
}

/// How a record says its objects were written.
pub(crate) fn apply_method(server_side: bool) -> String {
    if server_side { "ssa" } else { "csa" }.to_string()
}

/// Puts what a chart rendered to into its record.
pub(crate) fn take(release: &mut Release, prepared: Prepared) {
    release.manifest = prepared.manifest.into();
    release.hooks = prepared.hooks.iter().map(Into::into).collect();
    release.info.notes = String::from_utf8_lossy(&prepared.notes).into_owned();
}

/// Returns the time of the machine, as Go's `time.Now`.
pub(crate) fn now() -> Time {
    Time::from_system(std::time::SystemTime::now(), Zone::local())
}

//! What the records of installing and upgrading have in common.

use std::collections::BTreeMap;

use chart::log::Log;
use gostd::time::{Time, Zone};
use gostd::{GoError, Map, Value};
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

/// Lays values over those kept from a release. A null takes the kept value away, and is then also what the release has:
/// Helm merges in place, and so writes it into the record of that release when the new one takes over.
///
/// Source: `reuseValues`, pkg/action/upgrade.go; `coalesceTablesFullKey`, pkg/chart/common/util/coalesce.go.
pub(crate) fn lay_over(given: &Map, kept: &Map, log: &mut dyn Log) -> Map {
    let merged = chart::values::coalesce_tables(given, kept, log);
    leave_nulls(given, kept);
    merged
}

/// Values are as deep as their parser allows, which the stack of this process holds.
fn leave_nulls(given: &Map, kept: &Map) {
    for (key, value) in given.borrow().iter() {
        match (value, kept.get(key.as_bytes())) {
            (Value::Nil, _) => kept.insert(key.clone(), Value::Nil),
            (Value::Map(given), Some(Value::Map(kept))) => leave_nulls(given, &kept),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::log::Silent;

    #[test]
    fn nulls_stay_in_the_values_that_were_kept() {
        let map = |text: &str| match gostd::json::decode(text.as_bytes()) {
            Ok(Value::Map(map)) => map,
            other => panic!("{text}: {other:?}"),
        };
        for (given, kept, merged, after) in [
            (r#"{"a":null}"#, r#"{"a":1,"b":2}"#, r#"{"b":2}"#, r#"{"a":null,"b":2}"#),
            (r#"{"a":{"x":null}}"#, r#"{"a":{"x":1,"y":2}}"#, r#"{"a":{"y":2}}"#, r#"{"a":{"x":null,"y":2}}"#),
            (r#"{"a":1}"#, r#"{"a":{"x":1}}"#, r#"{"a":1}"#, r#"{"a":{"x":1}}"#),
        ] {
            let kept = map(kept);
            let texts = [lay_over(&map(given), &kept, &mut Silent), kept].map(|map| format!("{:?}", Value::Map(map)));
            assert_eq!(texts, [merged, after].map(|text| format!("{:?}", Value::Map(map(text)))), "{given}");
        }
    }
}

//! The values of the release before an upgrade (`reuseValues` in `pkg/action/upgrade.go`).

use chart::Chart;
use chart::log::Log;
use gostd::{GoError, Map, Value};
use release::Release;

use crate::failure::within;

/// What becomes of the values of the release before.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Values {
    /// They count where none are given.
    #[default]
    KeptIfNone,
    /// They are forgotten.
    Reset,
    /// They and the old chart's are kept, those given go over them.
    Reused,
    /// They are kept over the new chart's, those given go over them.
    ResetThenReused,
}

impl Values {
    /// Returns the values that count; for those reused, the chart gets the old one's too.
    pub(crate) fn kept(
        self,
        chart: &mut Chart,
        before: &Release,
        given: Map,
        log: &mut dyn Log,
    ) -> Result<Map, GoError> {
        let old = before.config.clone().unwrap_or_default();
        match self {
            Values::Reset => {
                log.debug("resetting values to the chart's original version", &[]);
                Ok(given)
            }
            Values::Reused => {
                log.debug("reusing the old release's values", &[]);
                let stored = before.chart.clone().unwrap_or_default().to_chart();
                let whole = chart::values::coalesce(&stored, &old, log)
                    .map_err(|error| within("failed to rebuild old values", error))?;
                let merged = lay_over(&given, &old, log);
                chart.set_values(whole);
                Ok(merged)
            }
            Values::ResetThenReused => {
                log.debug("merging values from old release to new values", &[]);
                Ok(lay_over(&given, &old, log))
            }
            Values::KeptIfNone if given.is_empty() && !old.is_empty() => {
                let revision = before.version.to_string();
                let fields = [("name", before.name.as_str()), ("version", &revision)];
                log.debug("copying values from old release", &fields);
                Ok(old)
            }
            Values::KeptIfNone => Ok(given),
        }
    }
}

/// Lays values over those kept from a release. A null takes the kept value away, and is then also what the release has:
/// Helm merges in place, and so writes it into the record of that release when the new one takes over.
///
/// Source: `coalesceTablesFullKey`, pkg/chart/common/util/coalesce.go.
fn lay_over(given: &Map, kept: &Map, log: &mut dyn Log) -> Map {
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

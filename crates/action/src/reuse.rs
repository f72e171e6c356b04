//! The values of the release before an upgrade (`reuseValues` in `pkg/action/upgrade.go`).

use chart::Chart;
use chart::log::Log;
use gostd::{GoError, Map};
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
                let merged = chart::values::coalesce_tables(&given, &old, log);
                chart.set_values(whole);
                Ok(merged)
            }
            Values::ResetThenReused => {
                log.debug("merging values from old release to new values", &[]);
                Ok(chart::values::coalesce_tables(&given, &old, log))
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

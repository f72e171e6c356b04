//! Which subcharts take part, under which name, and what their parents import from them
//! (`pkg/chart/v2/util/dependencies.go` of Helm 4.3.1).

mod enable;
mod import;
mod shared;

use gostd::semver::{Constraints, Version};
use gostd::{GoError, Map};

use crate::chart::Chart;
use crate::log::Log;
use crate::values::tree::Table;
use shared::Shared;

/// Gives the chart and its subcharts the dependencies that are enabled, renamed where they have an alias, and adds
/// imported values to the default values.
///
/// # Errors
/// `type mismatch on NAME: …` when the values of a subchart are no map.
pub fn process(chart: &mut Chart, values: &Map, log: &mut dyn Log) -> Result<(), GoError> {
    let mut shared = Shared::default();
    enable::process(chart, &Table::of(values), "", &mut shared, log)?;
    import::process(chart, &mut shared, log)?;
    shared.settle(chart);
    Ok(())
}

/// Checks that each dependency of Chart.yaml is in `charts/`.
///
/// # Errors
/// `found in Chart.yaml, but missing in charts/ directory: a, b`.
pub fn check(chart: &Chart) -> Result<(), GoError> {
    let metadata = chart.metadata();
    if metadata.api_version == "v3" && chart.dependencies().len() > metadata.dependencies.len() {
        // Helm 4.3.1 counts wrongly there; charts v3 are not released yet.
        return Err(GoError::new("unsupported chart dependency type"));
    }
    let names = metadata.dependencies.iter().map(|dependency| dependency.name.as_str());
    let missing: Vec<&str> =
        names.filter(|name| !chart.dependencies().iter().any(|child| child.name() == *name)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => {
            Err(GoError::new(format!("found in Chart.yaml, but missing in charts/ directory: {}", missing.join(", "))))
        }
    }
}

/// Reports whether a version is in a range; no when either cannot be read.
pub fn is_compatible(constraint: &str, version: &str) -> bool {
    let Ok(version) = Version::new(version.as_bytes()) else { return false };
    Constraints::new(constraint.as_bytes()).is_ok_and(|constraint| constraint.check(&version))
}

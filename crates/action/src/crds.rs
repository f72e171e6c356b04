//! Definitions of resources from a chart's `crds/` (`installCRDs` in `pkg/action/install.go`).

use std::time::Duration;

use chart::Chart;
use chart::log::Log;
use cluster::Resource;
use gostd::GoError;

use crate::failure::within;
use crate::port::{Engine, How, Strategy, Waiting};

/// How long definitions may take until the server knows them.
const ESTABLISHED: Duration = Duration::from_secs(60);

/// Returns the definitions that can be read.
pub(crate) fn objects(engine: &Engine<'_>, chart: &Chart) -> Vec<Resource> {
    chart.crds().iter().filter_map(|crd| engine.cluster.build(&crd.data, false).ok()).flatten().collect()
}

/// Creates the definitions, and waits until the server knows them. Helm creates one file after the other.
pub(crate) fn install(
    engine: &Engine<'_>,
    chart: &Chart,
    how: How,
    strategy: Strategy,
    log: &mut dyn Log,
) -> Result<(), GoError> {
    let created = match at_once(engine, chart, how) {
        Some(created) => created,
        None => one_by_one(engine, chart, how, log)?,
    };
    if created.is_empty() {
        return Ok(());
    }
    // Whatever else is waited for: objects of the new kinds cannot be made before.
    let strategy = if strategy == Strategy::HookOnly { Strategy::Watcher } else { strategy };
    engine.cluster.wait(&created, Waiting { strategy, timeout: ESTABLISHED, jobs: false })?;
    engine.cluster.await_kinds(&created)
}

/// Applies all definitions together, which may be done again. Where one fails, `None`: the next try tells which.
fn at_once(engine: &Engine<'_>, chart: &Chart, how: How) -> Option<Vec<Resource>> {
    let mut all = Vec::new();
    for crd in chart.crds().iter().filter(|_| how.server_side) {
        let resources = engine.cluster.build(&crd.data, false).ok().filter(|resources| !resources.is_empty())?;
        all.extend(resources);
    }
    (!all.is_empty() && engine.cluster.create(&all, how).is_ok()).then_some(all)
}

fn one_by_one(engine: &Engine<'_>, chart: &Chart, how: How, log: &mut dyn Log) -> Result<Vec<Resource>, GoError> {
    let mut created = Vec::new();
    for crd in chart.crds() {
        let failed = |error: GoError| within(&format!("failed to install CRD {}", crd.name), error);
        let resources = engine.cluster.build(&crd.data, false).map_err(failed)?;
        if resources.is_empty() {
            return Err(GoError::new(format!("failed to install CRD {}: resources are empty", crd.name)));
        }
        match engine.cluster.create(&resources, how) {
            Ok(()) => created.extend(resources),
            Err(refused) if refused.already_exists => {
                log.debug("CRD is already present. Skipping", &[("crd", &crd.name)]);
            }
            Err(refused) => return Err(failed(refused.error)),
        }
    }
    Ok(created)
}

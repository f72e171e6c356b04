//! Definitions of resources from a chart's `crds/` (`installCRDs` in `pkg/action/install.go`).

use std::cmp::Reverse;
use std::time::Duration;

use chart::Chart;
use chart::log::Log;
use cluster::Resource;
use gostd::GoError;

use crate::failure::within;
use crate::port::{Engine, How, Strategy, Waiting};

/// How long definitions may take until the server knows them.
const ESTABLISHED: Duration = Duration::from_secs(60);

/// The definitions of a chart.
pub(crate) struct Definitions {
    /// Those that can be read.
    pub objects: Vec<Resource>,
    /// Whether that is all of them: each file can be read and has some.
    whole: bool,
}

/// Reads the definitions of a chart, the longest first: they take the server longest, and nothing waits for one at the end.
pub(crate) fn read(engine: &Engine<'_>, chart: &Chart) -> Definitions {
    let mut definitions = Definitions { objects: Vec::new(), whole: true };
    let mut crds = chart.crds();
    crds.sort_by_key(|crd| Reverse(crd.data.len()));
    for crd in crds {
        let objects = engine.cluster.build(&crd.data, false).unwrap_or_default();
        definitions.whole &= !objects.is_empty();
        definitions.objects.extend(objects);
    }
    definitions
}

/// Creates the definitions, and waits until the server knows them. Helm creates one file after the other.
pub(crate) fn install(
    engine: &Engine<'_>,
    (chart, definitions): (&Chart, Definitions),
    how: How,
    strategy: Strategy,
    log: &mut dyn Log,
) -> Result<(), GoError> {
    // Applying may be done again: where one fails, the second try tells which.
    let at_once = how.server_side && definitions.whole && !definitions.objects.is_empty();
    let defined = if at_once { engine.cluster.define(&definitions.objects, how).ok() } else { None };
    let (created, unsure) = match defined {
        Some(unsure) => (definitions.objects, unsure),
        None => {
            let created = one_by_one(engine, chart, how, log)?;
            (created.clone(), created)
        }
    };
    if !unsure.is_empty() {
        // Whatever else is waited for: objects of the new kinds cannot be made before.
        let strategy = if strategy == Strategy::HookOnly { Strategy::Watcher } else { strategy };
        engine.cluster.wait(&unsure, Waiting { strategy, timeout: ESTABLISHED, jobs: false })?;
    }
    match created.is_empty() {
        true => Ok(()),
        false => engine.cluster.await_kinds(&created),
    }
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

//! Makes goldens with the real Helm, and refuses what it does not answer the same way each time.

use super::golden::{self, Section};
use super::life::{World, live};
use super::scenario::Scenario;
use super::threads;
use crate::conformance::known::KnownDifferences;
use crate::tally::Tally;
use crate::{Outcome, parallel, peers};

/// The second run shows what depends on times and on the order of things.
const RUNS: usize = 2;

/// Writes the goldens of `scenarios`; when these are all (`complete`), goldens of no scenario are removed.
pub fn all(world: &World, scenarios: &[Scenario], complete: bool) -> Outcome {
    let helm = peers::fetch()?.helm;
    let mut tally = Tally::default();
    let answers = parallel::each(scenarios, threads(), |_, scenario| {
        let first = live(world, scenario, |_| &helm)?;
        for _ in 1..RUNS {
            agree(scenario, &first, &live(world, scenario, |_| &helm)?)?;
        }
        golden::write(&world.folder, scenario, &first)
    });
    for (scenario, answer) in scenarios.iter().zip(answers) {
        match answer {
            Ok(()) => tally.passed += 1,
            Err(problem) => {
                tally.fail(format!("{}: {problem}", scenario.id()), format!("{} --bless", scenario.rerun()))
            }
        }
    }
    if complete {
        for path in golden::orphans(&world.folder, scenarios)? {
            std::fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(tally)
}

fn agree(scenario: &Scenario, one: &[Section], two: &[Section]) -> Result<(), String> {
    match golden::difference(&scenario.id(), one, two, &KnownDifferences::none()) {
        None => Ok(()),
        Some(problem) => Err(format!("helm does not do the same each time: {problem}")),
    }
}

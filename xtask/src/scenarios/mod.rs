//! `cargo xtask scenarios`: lives of releases on a real cluster, compared with goldens that real Helm made there.
//!
//! A scenario is data (`scenario.rs`) and runs in a namespace of its own (`life.rs`); after each step the cluster is looked
//! at (`state.rs`), and all that depends on the run is taken out (`normal.rs`). Scenarios with `turns` are lived once for
//! each way in which ours and the real Helm can take turns (`turns.rs`).

mod bless;
mod cluster;
mod flat;
mod golden;
mod life;
mod normal;
mod record;
mod scenario;
mod state;
mod turns;

use std::path::{Path, PathBuf};

use regex_lite::Regex;

use crate::conformance::known::KnownDifferences;
use crate::conformance::sandbox::temporary_folder;
use crate::tally::Tally;
use crate::testbed::Shared;
use crate::workspace::{Workspace, take_option, take_switch};
use crate::{Outcome, parallel, peers};

use cluster::Cluster;
use life::World;
use scenario::Scenario;

/// Most of a scenario's time is waiting for controllers, and for time-outs.
const THREADS_PER_CORE: usize = 3;

pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut arguments = arguments.to_vec();
    let only = take_option(&mut arguments, "--only")?;
    let binary = take_option(&mut arguments, "--bin")?;
    let blessing = take_switch(&mut arguments, "--bless");
    let listing = take_switch(&mut arguments, "--list");
    if let Some(unknown) = arguments.first() {
        return Err(format!("unknown argument {unknown}"));
    }
    let scenarios = select(scenario::read_all(&folder(workspace))?, only.as_deref())?;
    if listing {
        return Ok(list(&scenarios));
    }
    let shared = Shared::open_or_start(workspace)?;
    let tally = if blessing {
        in_world(workspace, &shared, |world| bless::all(world, &scenarios, only.is_none()))?
    } else {
        let (binary, known) = match binary.as_deref() {
            Some("HELM") => (peers::fetch()?.helm, KnownDifferences::none()),
            Some(path) => (std::path::absolute(path).map_err(|e| format!("{path}: {e}"))?, known(workspace)?),
            None => (workspace.release_binary()?, known(workspace)?),
        };
        in_world(workspace, &shared, |world| compare(world, &scenarios, &binary, &known))?
    };
    for failure in &tally.failures {
        println!("{}\n    {}\n", failure.what, failure.rerun);
    }
    println!("{}", tally.line());
    Ok(tally)
}

/// All scenarios with our binary; stale goldens count as failures.
pub fn compare_all(workspace: &Workspace, binary: &Path, shared: &Shared) -> Outcome {
    let scenarios = scenario::read_all(&folder(workspace))?;
    let mut tally = in_world(workspace, shared, |world| compare(world, &scenarios, binary, &known(workspace)?))?;
    for path in golden::orphans(&folder(workspace), &scenarios)? {
        tally.fail(format!("{}: no scenario has this golden", path.display()), "cargo xtask scenarios --bless");
    }
    Ok(tally)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("scenarios")
}

fn known(workspace: &Workspace) -> Result<KnownDifferences, String> {
    KnownDifferences::read(&folder(workspace).join("known-differences.txt"))
}

fn threads() -> usize {
    THREADS_PER_CORE * parallel::cores()
}

fn in_world(workspace: &Workspace, shared: &Shared, work: impl FnOnce(&World) -> Outcome) -> Outcome {
    let cluster = Cluster::open(workspace, shared.folder(), threads())?;
    let root = temporary_folder()?.join(format!("pilothouse-scenarios-{}", std::process::id()));
    let kubectl = peers::fetch()?.kubectl;
    let outcome = work(&World { folder: folder(workspace), cluster: &cluster, kubectl, root: root.clone() });
    // Left-overs in the temporary folder harm nobody.
    let _ = std::fs::remove_dir_all(root);
    outcome
}

/// Lives each scenario, in all its turns, and compares it with its golden.
fn compare(world: &World, scenarios: &[Scenario], binary: &Path, known: &KnownDifferences) -> Outcome {
    let helm = peers::fetch()?.helm;
    let lives: Vec<(&Scenario, turns::Turns)> =
        scenarios.iter().flat_map(|scenario| turns::of(scenario).map(move |turns| (scenario, turns))).collect();
    let answers = parallel::each(&lives, threads(), |_, (scenario, turns)| {
        let want = golden::read(&world.folder, scenario)?;
        let got = life::live(world, scenario, |step| if turns.ours(step) { binary } else { &helm })?;
        Ok(golden::difference(&scenario.id(), &want, &got, known))
    });
    let mut tally = Tally::default();
    for ((scenario, turns), answer) in lives.iter().zip(answers) {
        match answer.unwrap_or_else(Some) {
            None => tally.passed += 1,
            Some(problem) => {
                tally.fail(format!("scenario {}{turns}: {problem}", scenario.id()), scenario.rerun());
            }
        }
    }
    Ok(tally)
}

fn select(scenarios: Vec<Scenario>, only: Option<&str>) -> Result<Vec<Scenario>, String> {
    let Some(pattern) = only else { return Ok(scenarios) };
    let regex = Regex::new(pattern).map_err(|e| format!("--only {pattern}: {e}"))?;
    let chosen: Vec<Scenario> = scenarios.into_iter().filter(|scenario| regex.is_match(&scenario.id())).collect();
    if chosen.is_empty() { Err(format!("no scenario matches {pattern}")) } else { Ok(chosen) }
}

fn list(scenarios: &[Scenario]) -> Tally {
    for scenario in scenarios {
        println!(
            "{:<40} {} steps{}",
            scenario.id(),
            scenario.steps.len(),
            if scenario.turns { ", in turns" } else { "" }
        );
    }
    println!("{} scenarios", scenarios.len());
    Tally::default()
}

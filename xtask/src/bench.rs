//! `cargo xtask bench`: speed against real Helm with the harness beside the checkout, its inputs in the user's cache.

use std::process::Command;

use crate::tally::Tally;
use crate::workspace::{Workspace, cache};
use crate::{Outcome, machine, peers};

pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let Some(bench) = workspace.beside("bench") else {
        println!("../shared/bench is not there: nothing to measure with");
        return Ok(Tally::default());
    };
    machine::ensure_python()?;
    let helm = peers::fetch()?.helm;
    let work = cache()?.join("bench");
    let binary = workspace.release_binary()?;
    if !work.join("rel1000.json").exists() {
        println!("making the inputs in {}", work.display());
        let mut setup = Command::new("bash");
        setup.arg(bench.join("setup.sh")).arg(&work).env("PEER", &helm).env("LARGE", "0");
        succeed(&mut setup, "setup.sh")?;
    }
    let mut command = Command::new("python3");
    command.arg(bench.join("bench.py")).args(arguments);
    command.env("BIN", binary).env("PEER", helm).env("PERF_WORK", work);
    succeed(&mut command, "bench.py")?;
    Ok(Tally::passed(1))
}

fn succeed(command: &mut Command, what: &str) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("cannot start {what}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed")) }
}

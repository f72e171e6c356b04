//! `cargo xtask test`: all steps in order. A failing step does not stop the ones that do not need it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::progress::Progress;
use crate::tally::Tally;
use crate::testbed::{self, Shared};
use crate::workspace::Workspace;
use crate::{Outcome, check, conformance, corpus, fuzz, machine, peers, scenarios};

pub fn run(workspace: &Workspace, _: &[String]) -> Outcome {
    let mut progress = Progress::new();
    note_room(workspace, &progress);
    check::steps(workspace, &mut progress);
    // Most of this build is the work of one thread, which fits beside what links programs in Go or waits in tests.
    std::thread::scope(|scope| {
        let build = scope.spawn(|| workspace.release_binary());
        let shared = test_steps(workspace, &mut progress);
        progress.step("fuzz seeds", "cargo xtask fuzz seeds", || fuzz::seeds(workspace));
        let mut binary = None;
        progress.step("release build", "cargo build --release", || {
            binary = Some(build.join().map_err(|_| "the thread that ran cargo build panicked")??);
            Ok(Tally::passed(1))
        });
        release_steps(workspace, (binary, shared), &mut progress);
    });
    Ok(progress.finish())
}

/// What a run writes that begins with nothing built, in GiB: builds, caches of Go and cargo, the peers, clusters.
const ROOM: u64 = 20;

/// A full disk shows as an error of the linker, or of any other step, that does not name it. Less room than a first run
/// takes is enough for one that finds its builds, so nothing fails for it.
fn note_room(workspace: &Workspace, progress: &Progress) {
    if let Ok(free) = machine::free_gib(workspace)
        && free < ROOM
    {
        progress.note(&format!(
            "only {free} GiB are free here, and a first run takes {ROOM}; if it fails for want of room, cargo clean"
        ));
    }
}

/// What the release binary is run for.
fn release_steps(workspace: &Workspace, (binary, shared): (Option<PathBuf>, Option<Shared>), progress: &mut Progress) {
    progress.step("the README's first command", FIRST_COMMAND, || first_command(workspace));
    peer_step(progress);
    match binary {
        Some(binary) => {
            scenario_step(workspace, &binary, shared, progress);
            binary_steps(workspace, &binary, progress);
        }
        None => progress.skip("scenarios, conformance, corpus and probes", "the release binary does not build"),
    }
}

/// All tests of the workspace. Those that need a cluster share one, which is handed on to the scenarios.
fn test_steps(workspace: &Workspace, progress: &mut Progress) -> Option<Shared> {
    let mut shared = None;
    program_step(progress);
    progress.step("testbed", "cargo xtask testbed build", || {
        let built = testbed::build(workspace)?;
        shared = Some(Shared::start(workspace)?);
        Ok(built)
    });
    progress.step("cargo test", "cargo test --workspace", || cargo_test(workspace, shared.as_ref()));
    shared
}

/// PostgreSQL and gpg. Tests that want them say that they are skipped without, which is nothing for CI.
fn program_step(progress: &mut Progress) {
    match machine::ensure_test_programs() {
        Err(reason) if !machine::is_ci() => progress.skip("tests with PostgreSQL or gpg", &reason),
        ensured => {
            progress
                .step("programs for tests", "apt-get install gnupg postgresql", || ensured.map(|()| Tally::passed(1)));
        }
    }
}

/// Scenarios on the shared cluster, which ends behind them.
fn scenario_step(workspace: &Workspace, binary: &Path, shared: Option<Shared>, progress: &mut Progress) {
    match shared {
        Some(shared) => {
            progress.step("scenarios", "cargo xtask scenarios", || scenarios::compare_all(workspace, binary, &shared));
        }
        None => progress.skip("scenarios", "the shared cluster did not start"),
    }
}

const FIRST_COMMAND: &str = "cargo run --release -- template examples/hello";

fn first_command(workspace: &Workspace) -> Outcome {
    let words = FIRST_COMMAND.split(' ').skip(1);
    let output = workspace.cargo().current_dir(&workspace.root).args(words).output();
    let output = output.map_err(|e| format!("cannot start cargo run: {e}"))?;
    match output.status.success() && !output.stdout.is_empty() {
        true => Ok(Tally::passed(1)),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Fetches the real helm. No later step needs more than its goldens, so a developer without a network only hears of it.
fn peer_step(progress: &mut Progress) {
    match peers::fetch() {
        Ok(_) => {
            progress.step("peers", "cargo xtask peers", || Ok(Tally::passed(1)));
        }
        Err(reason) if machine::is_ci() => {
            progress.step("peers", "cargo xtask peers", || Err(reason));
        }
        Err(reason) => progress.skip("peers and what compares with them", &reason),
    }
}

fn binary_steps(workspace: &Workspace, binary: &Path, progress: &mut Progress) {
    progress.step("conformance", "cargo xtask conformance", || conformance::compare_all(workspace, binary));
    progress.step("limits", "cargo xtask limits", || conformance::limits::check(workspace, binary, None));
    progress.step("growth", "cargo xtask growth", || conformance::growth::check(workspace, binary, None));
    peer_check(workspace, progress);
    if workspace.beside("corpus").is_none() {
        progress.skip("corpus and probes", "../shared/corpus is not there");
        return;
    }
    progress.step("corpus", "cargo xtask corpus", || corpus::compare(workspace, binary, &[]));
    progress.step("probes", "cargo xtask probes", || corpus::probes(workspace, binary));
}

/// The goldens are worth what real Helm says today: a golden that was edited or is stale shows here.
fn peer_check(workspace: &Workspace, progress: &mut Progress) {
    let Ok(peers) = peers::fetch() else { return };
    let binary: PathBuf = peers.helm;
    progress.step("goldens against real helm", "cargo xtask conformance --bin HELM", || {
        conformance::compare_peer(workspace, &binary)
    });
}

/// Runs all unit and integration tests, passes their output on, and adds up the `test result:` lines.
fn cargo_test(workspace: &Workspace, shared: Option<&Shared>) -> Outcome {
    let mut command = workspace.cargo();
    command.args(["test", "--workspace", "--no-fail-fast"]).stdout(Stdio::piped());
    if let Some(shared) = shared {
        shared.tell(&mut command);
    }
    let mut child = command.spawn().map_err(|e| format!("cannot start cargo test: {e}"))?;
    let stdout = child.stdout.take().ok_or("cargo test has no stdout")?;
    let mut tally = sum_results(stdout, &mut std::io::stdout())?;
    let status = child.wait().map_err(|e| format!("cargo test: {e}"))?;
    if !status.success() && tally.is_clean() {
        tally.fail("cargo test did not build or run", "cargo test --workspace");
    }
    Ok(tally)
}

fn sum_results(stdout: impl Read, copy: &mut impl Write) -> Outcome {
    let mut tally = Tally::default();
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(|e| format!("cargo test: {e}"))?;
        // A closed stdout must not stop the tests.
        let _ = writeln!(copy, "{line}");
        if line.starts_with("test result:") {
            tally.passed += count_before(&line, " passed");
        } else if let Some(name) = failed_test(&line) {
            tally.fail(format!("cargo test: {name}"), format!("cargo test --workspace {name}"));
        }
    }
    Ok(tally)
}

/// The name in `test NAME ... FAILED`.
fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.split(" - ").next()
}

/// The number that stands before `word` in a line of the test runner.
fn count_before(line: &str, word: &str) -> usize {
    let Some(at) = line.find(word) else { return 0 };
    let digits = line[..at].rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let text = "test a::b ... ok\ntest c::d ... FAILED\ntest result: FAILED. 3 passed; 1 failed; 0 ignored\n\
                    test result: ok. 12 passed; 0 failed; 0 ignored\n";
        let tally = sum_results(text.as_bytes(), &mut Vec::new()).unwrap();
        assert_eq!(tally.line(), "15 passed, 1 failed");
        assert_eq!(tally.failures[0].rerun, "cargo test --workspace c::d");
    }
}

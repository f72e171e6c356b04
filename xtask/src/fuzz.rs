//! `cargo xtask fuzz TARGET [SECONDS]`: coverage-guided fuzzing of one parser, on the stable compiler.

use std::process::Command;

use crate::Outcome;
use crate::tally::Tally;
use crate::workspace::{Workspace, host_triple};

/// What libFuzzer reads: edge counters, the table of program counters, and the operands of comparisons. The flags are
/// those of cargo-fuzz without a sanitizer, which safe code does not need; so no nightly compiler is needed either.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let target = arguments.first().map(String::as_str).unwrap_or_default();
    if target == "seeds" {
        return seeds(workspace);
    }
    let targets = targets(workspace)?;
    if !targets.iter().any(|known| known == target) {
        return Err(format!("which target? one of {}, or `seeds`", targets.join(", ")));
    }
    let seconds = arguments.get(1).map_or("600", String::as_str);
    let folder = workspace.root.join("fuzz");
    let work = workspace.target()?.join("fuzz-work").join(target);
    std::fs::create_dir_all(&work).map_err(|e| format!("cannot make {}: {e}", work.display()))?;
    let mut command = workspace.cargo();
    command.current_dir(&folder).env("RUSTFLAGS", COVERAGE);
    command.args(["run", "--release", "--features", "libfuzzer", "--bin", target, "--target", &host_triple()?, "--"]);
    // New inputs go to the first folder; the seeds are only read.
    command.arg(&work).arg(folder.join("corpus").join(target));
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", work.display()));
    command.args(["-timeout=10", "-rss_limit_mb=1024", "-max_len=8192", "-print_final_stats=1"]);
    succeed(&mut command, &format!("fuzz {target}"), &work)
}

/// Runs every kept input once through its parser: none may panic.
pub fn seeds(workspace: &Workspace) -> Outcome {
    let mut command = workspace.cargo();
    command.current_dir(workspace.root.join("fuzz")).args(["test", "--quiet"]);
    command.env("CARGO_TARGET_DIR", workspace.target()?);
    let status = command.status().map_err(|e| format!("cannot start cargo test: {e}"))?;
    if status.success() {
        return Ok(Tally::passed(targets(workspace)?.len()));
    }
    Err("a kept input fails".into())
}

/// The targets: one file each in `fuzz/src/bin`.
fn targets(workspace: &Workspace) -> Result<Vec<String>, String> {
    let folder = workspace.root.join("fuzz/src/bin");
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut targets: Vec<String> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_string)).collect();
    targets.sort();
    Ok(targets)
}

fn succeed(command: &mut Command, what: &str, work: &std::path::Path) -> Outcome {
    let status = command.status().map_err(|e| format!("cannot start {what}: {e}"))?;
    if status.success() {
        return Ok(Tally::passed(1));
    }
    Err(format!("{what} failed; the input is in {}", work.display()))
}

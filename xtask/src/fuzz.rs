//! `cargo xtask fuzz TARGET [SECONDS]`: coverage-guided fuzzing of one parser, on the stable compiler.
//!
//! Seeds are files in `fuzz/corpus/TARGET/`; what runs found is kept packed beside them, in `TARGET.found.gz`.

mod found;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::tally::Tally;
use crate::workspace::{Workspace, host_triple};

/// What libFuzzer reads: edge counters, the table of program counters, and the operands of comparisons. The flags are
/// those of cargo-fuzz without a sanitizer, which safe code does not need; so no nightly compiler is needed either.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Bytes of a kept input: longer ones seldom show more, and the pack stays small.
const KEPT_BYTES: usize = 400;

/// `seeds` runs what is kept, `keep TARGET` packs what was found, `TARGET [SECONDS]` fuzzes.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["seeds"] => seeds(workspace),
        ["keep", name] => Target::named(workspace, name)?.keep(workspace),
        [name] => Target::named(workspace, name)?.fuzz(workspace, "600"),
        [name, seconds] => Target::named(workspace, name)?.fuzz(workspace, seconds),
        _ => Err(format!("TARGET [SECONDS], keep TARGET, or seeds; targets: {}", targets(workspace)?.join(", "))),
    }
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

struct Target {
    name: String,
    /// Below Cargo's target folder: what runs of this machine found.
    work: PathBuf,
    seeds: PathBuf,
    found: PathBuf,
}

impl Target {
    fn named(workspace: &Workspace, name: &str) -> Result<Target, String> {
        let targets = targets(workspace)?;
        if !targets.iter().any(|known| known == name) {
            return Err(format!("no target {name}; there are {}", targets.join(", ")));
        }
        let work = workspace.target()?.join("fuzz-work").join(name);
        std::fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
        let corpus = workspace.root.join("fuzz/corpus");
        let found = corpus.join(format!("{name}.found.gz"));
        Ok(Target { name: name.to_string(), work, seeds: corpus.join(name), found })
    }

    fn fuzz(&self, workspace: &Workspace, seconds: &str) -> Outcome {
        if self.found.exists() {
            found::unpack(&self.found, &self.work)?;
        }
        let mut command = self.command(workspace)?;
        // New inputs go to the first folder; the seeds are only read.
        command.arg(&self.work).arg(&self.seeds);
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", self.work.display()));
        command.args(["-timeout=10", "-rss_limit_mb=1024", "-max_len=8192", "-print_final_stats=1"]);
        self.succeed(&mut command, &self.work)
    }

    /// Packs the fewest short inputs that reach all that the found ones reach and the seeds do not.
    fn keep(&self, workspace: &Workspace) -> Outcome {
        let cover = self.work.with_extension("cover");
        let _ = std::fs::remove_dir_all(&cover);
        std::fs::create_dir_all(&cover).map_err(|e| format!("{}: {e}", cover.display()))?;
        let mut command = self.command(workspace)?;
        command.args(["-set_cover_merge=1", &format!("-max_len={KEPT_BYTES}")]);
        command.arg(&cover).arg(&self.seeds).arg(&self.work);
        self.succeed(&mut command, &cover)?;
        found::pack(&cover, &self.seeds, &self.found)?;
        Ok(Tally::passed(1))
    }

    fn command(&self, workspace: &Workspace) -> Result<Command, String> {
        let mut command = workspace.cargo();
        command.current_dir(workspace.root.join("fuzz")).env("RUSTFLAGS", COVERAGE);
        command.env("CARGO_TARGET_DIR", workspace.target()?);
        command.args(["run", "--release", "--features", "libfuzzer", "--bin", &self.name]);
        command.args(["--target", &host_triple()?, "--"]);
        Ok(command)
    }

    fn succeed(&self, command: &mut Command, folder: &Path) -> Outcome {
        let status = command.status().map_err(|e| format!("cannot start the target {}: {e}", self.name))?;
        if status.success() {
            return Ok(Tally::passed(1));
        }
        Err(format!("{} failed; the input is in {}", self.name, folder.display()))
    }
}

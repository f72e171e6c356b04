//! `cargo xtask limits`: hostile charts end in a clear error, within bounds of time and memory.
//!
//! Real Helm dies of many of them, so there are no goldens: a case says what its error must say.

use std::path::Path;

use super::case::Case;
use super::{case, cases_folder, sandbox, select};
use crate::tally::Tally;
use crate::workspace::{Workspace, take_option};
use crate::{Outcome, machine};

/// Processor seconds that a case may take. The longest take one or two, as the machine has it: this tells what ends from
/// what does not.
const CPU_SECS: f64 = 10.0;
/// Resident memory that a case may reach.
const PEAK_KIB: u64 = 512 * 1024;

/// Runs the limits with the release binary (or `--bin`), and prints what each took.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut arguments = arguments.to_vec();
    let only = take_option(&mut arguments, "--only")?;
    let binary = match take_option(&mut arguments, "--bin")? {
        Some(path) => std::path::absolute(&path).map_err(|e| format!("{path}: {e}"))?,
        None => workspace.release_binary()?,
    };
    let tally = check(workspace, &binary, only.as_deref())?;
    for failure in &tally.failures {
        println!("{}\n    {}", failure.what, failure.rerun);
    }
    println!("{}", tally.line());
    Ok(tally)
}

/// One after the other, so that they do not take each other's time.
pub fn check(workspace: &Workspace, binary: &Path, only: Option<&str>) -> Outcome {
    machine::ensure_python()?;
    let cases = case::read_group(&cases_folder(workspace).join("limits"), "limits.toml")?;
    let root = sandbox::temporary_folder()?.join(format!("pilothouse-limits-{}", std::process::id()));
    let mut tally = Tally::default();
    for case in select(cases, only)? {
        match judge(&case, binary, &root) {
            Ok(()) => tally.passed += 1,
            Err(problem) => {
                let rerun = format!("cargo xtask limits --only '^{}$'", case.id());
                tally.fail(format!("{}: {problem}", case.id()), rerun);
            }
        }
    }
    Ok(tally)
}

fn judge(case: &Case, binary: &Path, root: &Path) -> Result<(), String> {
    let (run, cost) = sandbox::measure(case, binary, root)?;
    let stderr = String::from_utf8_lossy(&run.stderr);
    println!("  {:<44} {:>6.2} s {:>5} MiB", case.id(), cost.cpu_secs, cost.peak_kib / 1024);
    let head: String = stderr.chars().take(300).collect();
    if run.exit != case.exit {
        return Err(format!("exit {}, want {}: {head}", run.exit, case.exit));
    }
    if let Some(says) = case.says.as_ref().filter(|says| !stderr.contains(*says)) {
        return Err(format!("stderr does not say {says:?}: {head}"));
    }
    if run.exit == 0 && run.stdout.is_empty() {
        return Err("it printed nothing".into());
    }
    if cost.cpu_secs > CPU_SECS {
        return Err(format!("{:.1} s of processor time, limit {CPU_SECS}", cost.cpu_secs));
    }
    if cost.peak_kib > PEAK_KIB {
        return Err(format!("{} MiB, limit {}", cost.peak_kib / 1024, PEAK_KIB / 1024));
    }
    Ok(())
}

//! The corpus of real charts and the probes of single functions, where they lie beside the checkout.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::conformance::known::KnownDifferences;
use crate::tally::Tally;
use crate::workspace::{Workspace, cache, take_option};
use crate::{Outcome, machine};

/// Runs the corpus with the release binary (or `--bin`), handing other arguments to `run_corpus.py`.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut arguments = arguments.to_vec();
    let binary = binary(workspace, &mut arguments)?;
    let tally = compare(workspace, &binary, &arguments)?;
    print_failures(&tally);
    Ok(tally)
}

/// Runs the probes with the release binary (or `--bin`).
pub fn run_probes(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let binary = binary(workspace, &mut arguments.to_vec())?;
    let tally = probes(workspace, &binary)?;
    print_failures(&tally);
    Ok(tally)
}

fn print_failures(tally: &Tally) {
    for failure in &tally.failures {
        println!("{}\n    {}", failure.what, failure.rerun);
    }
    println!("{}", tally.line());
}

fn binary(workspace: &Workspace, arguments: &mut Vec<String>) -> Result<PathBuf, String> {
    match take_option(arguments, "--bin")? {
        Some(path) => std::path::absolute(&path).map_err(|e| format!("{path}: {e}")),
        None => workspace.release_binary(),
    }
}

/// Runs the corpus; a case passes when stdout, exit code and (where Helm's is deterministic) stderr are equal.
pub fn compare(workspace: &Workspace, binary: &Path, arguments: &[String]) -> Outcome {
    let Some(corpus) = workspace.beside("corpus") else { return Ok(absent()) };
    machine::ensure_python()?;
    let folder = unpack(&corpus)?;
    let report = workspace.target()?.join("corpus-report.json");
    // An old report must not be read as the result of a run that died.
    let _ = std::fs::remove_file(&report);
    let mut command = Command::new("python3");
    command.arg(corpus.join("run_corpus.py")).arg("--corpus").arg(&folder);
    command.arg("--bin").arg(binary).arg("--json").arg(&report).args(arguments);
    let status = command.status().map_err(|e| format!("cannot start run_corpus.py: {e}"))?;
    let text = std::fs::read(&report).map_err(|_| format!("run_corpus.py wrote no report ({status})"))?;
    let json: Value = serde_json::from_slice(&text).map_err(|e| format!("corpus report: {e}"))?;
    let known = KnownDifferences::of_cases(workspace)?;
    Ok(judge(&json, &known))
}

/// Unpacks the archive into the user's cache; the script does nothing when it is there already.
fn unpack(corpus: &Path) -> Result<PathBuf, String> {
    let folder = cache()?.join("corpus");
    let output = Command::new("bash").arg(corpus.join("unpack")).arg(&folder).output();
    let output = output.map_err(|e| format!("cannot start {}: {e}", corpus.join("unpack").display()))?;
    if output.status.success() {
        return Ok(folder);
    }
    Err(format!("unpacking the corpus failed: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
}

fn judge(report: &Value, known: &KnownDifferences) -> Tally {
    let mut tally = Tally::default();
    let mut seen = BTreeSet::new();
    for case in report["cases"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let id = case["id"].as_str().unwrap_or_default();
        seen.insert(id);
        let problem = problem(case);
        match (problem, known.contains(id)) {
            (None, false) | (Some(_), true) => tally.passed += 1,
            (Some(problem), false) => tally.fail(format!("corpus {id}: {problem}"), rerun(id)),
            (None, true) if case["kind"] == "nondet" => tally.passed += 1,
            (None, true) => tally.fail(format!("corpus {id}: listed as a known difference, but equal"), rerun(id)),
        }
    }
    tally
}

fn rerun(id: &str) -> String {
    format!("cargo xtask corpus --filter '^{id}$' --verbose")
}

fn problem(case: &Value) -> Option<String> {
    if case["status"] != "pass" {
        return Some(case["why"].as_str().unwrap_or("did not pass").to_string());
    }
    (case["stderr_equal"] == Value::Bool(false)).then(|| "stderr differs".to_string())
}

/// Runs the probes of single functions and reads their closing line, `N of M probes equal`.
pub fn probes(workspace: &Workspace, binary: &Path) -> Outcome {
    let Some(corpus) = workspace.beside("corpus") else { return Ok(absent()) };
    machine::ensure_python()?;
    let script = corpus.join("probes/regen.py");
    let output = Command::new("python3").arg(&script).arg(binary).arg("--check").output();
    let output = output.map_err(|e| format!("cannot start {}: {e}", script.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let Some((equal, all)) = text.lines().rev().find_map(counts) else {
        return Err("regen.py printed no count".into());
    };
    let known = KnownDifferences::of_cases(workspace)?.count("probes/");
    let mut tally = Tally::passed(equal);
    for _ in (equal + known)..all {
        tally.fail("a probe differs (printed above)", "cargo xtask probes");
    }
    if !output.status.success() && tally.is_clean() && equal == all {
        tally.fail("probes", "cargo xtask probes");
    }
    Ok(tally)
}

/// The numbers of `N of M probes equal`.
fn counts(line: &str) -> Option<(usize, usize)> {
    let (equal, rest) = line.split_once(" of ")?;
    Some((equal.parse().ok()?, rest.split(' ').next()?.parse().ok()?))
}

fn absent() -> Tally {
    println!("../shared/corpus is not there: nothing to compare with");
    Tally::default()
}

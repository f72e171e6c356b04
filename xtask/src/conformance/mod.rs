//! `cargo xtask conformance`: runs our cases and compares with goldens that real Helm made.
//!
//! A case is data (`case.rs`), runs in a folder of its own (`sandbox.rs`) and is compared with its goldens
//! (`golden.rs`, `compare.rs`). `--bless` makes the goldens anew with the real Helm.

mod archive;
mod bless;
mod case;
pub mod compare;
pub mod fields;
pub mod folder;
mod golden;
pub mod growth;
pub mod known;
pub mod limits;
mod passing;
mod registry;
mod runner;
pub mod sandbox;
mod serve;
pub mod words;

use std::path::{Path, PathBuf};

use regex_lite::Regex;

use crate::tally::Tally;
use crate::workspace::{Workspace, take_option, take_switch};
use crate::{Outcome, peers};

use case::Case;
use known::KnownDifferences;

pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut arguments = arguments.to_vec();
    let only = take_option(&mut arguments, "--only")?;
    let binary = take_option(&mut arguments, "--bin")?;
    let blessing = take_switch(&mut arguments, "--bless");
    let listing = take_switch(&mut arguments, "--list");
    if let Some(unknown) = arguments.first() {
        return Err(format!("unknown argument {unknown}"));
    }
    let cases = select(case::read_all(&cases_folder(workspace))?, only.as_deref())?;
    if listing {
        return Ok(list(&cases));
    }
    if blessing {
        return bless::all(&cases_folder(workspace), &cases, only.is_none());
    }
    let tally = match binary.as_deref() {
        Some("HELM") => runner::compare_peer(&cases_folder(workspace), &cases, &peers::fetch()?.helm)?,
        Some(path) => {
            let path = std::path::absolute(path).map_err(|e| format!("{path}: {e}"))?;
            runner::compare(&cases_folder(workspace), &cases, &path, &KnownDifferences::of_cases(workspace)?)?
        }
        None => {
            let binary = workspace.release_binary()?;
            runner::compare(&cases_folder(workspace), &cases, &binary, &KnownDifferences::of_cases(workspace)?)?
        }
    };
    for failure in &tally.failures {
        println!("{}\n    {}\n", failure.what, failure.rerun);
    }
    println!("{}", tally.line());
    Ok(tally)
}

/// All cases with our binary; stale goldens count as failures.
pub fn compare_all(workspace: &Workspace, binary: &Path) -> Outcome {
    let folder = cases_folder(workspace);
    let cases = case::read_all(&folder)?;
    let mut tally = runner::compare(&folder, &cases, binary, &KnownDifferences::of_cases(workspace)?)?;
    for path in golden::orphans(&folder, &cases)? {
        tally.fail(format!("{}: no case has this golden", path.display()), "cargo xtask conformance --bless");
    }
    Ok(tally)
}

/// All cases with real Helm, which must agree with every golden.
pub fn compare_peer(workspace: &Workspace, helm: &Path) -> Outcome {
    let folder = cases_folder(workspace);
    let mut tally = runner::compare_peer(&folder, &case::read_all(&folder)?, helm)?;
    for failure in &mut tally.failures {
        failure.rerun.push_str(" --bin HELM");
    }
    Ok(tally)
}

fn cases_folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("conformance")
}

fn select(cases: Vec<Case>, only: Option<&str>) -> Result<Vec<Case>, String> {
    let Some(pattern) = only else { return Ok(cases) };
    let regex = Regex::new(pattern).map_err(|e| format!("--only {pattern}: {e}"))?;
    let chosen: Vec<Case> = cases.into_iter().filter(|case| regex.is_match(&case.id())).collect();
    if chosen.is_empty() { Err(format!("no case matches {pattern}")) } else { Ok(chosen) }
}

fn list(cases: &[Case]) -> Tally {
    for case in cases {
        println!("{:<50} {}", case.id(), case.args.join(" "));
    }
    println!("{} cases", cases.len());
    Tally::default()
}

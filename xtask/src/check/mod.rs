//! `cargo xtask check`: what a machine can see of our rules.

mod dependencies;
mod exceptions;
mod layers;
mod mask;
mod sizes;
mod sources;
mod words;

use std::io::IsTerminal;

use crate::progress::Progress;
use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{Outcome, machine};

use exceptions::Exceptions;

/// All checks, with a closing count.
pub fn run(workspace: &Workspace, _: &[String]) -> Outcome {
    let mut progress = Progress::new();
    steps(workspace, &mut progress);
    Ok(progress.finish())
}

/// Only the edges between crates.
pub fn layers(workspace: &Workspace, _: &[String]) -> Outcome {
    let mut progress = Progress::new();
    progress.step("layers", "cargo xtask layers", || layers::check(workspace));
    Ok(progress.finish())
}

/// The checks as steps of a longer run.
pub fn steps(workspace: &Workspace, progress: &mut Progress) {
    progress.step("format", "cargo fmt --all", || format(workspace));
    progress.step("clippy", "cargo clippy --workspace --all-targets", || {
        cargo(workspace, &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"])
    });
    progress.step("layers", "cargo xtask layers", || layers::check(workspace));
    progress.step("sizes, dependencies, words", "cargo xtask check", || sources(workspace));
}

/// The fuzz crate is a workspace of its own and is named apart.
fn format(workspace: &Workspace) -> Outcome {
    let colour = if std::io::stdout().is_terminal() { "always" } else { "never" };
    let mut tally = cargo(workspace, &["fmt", "--all", "--check", "--", "--color", colour])?;
    tally.add(cargo(workspace, &["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check", "--", "--color", colour])?);
    Ok(tally)
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    machine::ensure_rust_components(workspace)?;
    let status = workspace.cargo().args(arguments).status().map_err(|e| format!("cannot start cargo: {e}"))?;
    if status.success() { Ok(Tally::passed(1)) } else { Err(format!("cargo {} failed", arguments[0])) }
}

fn sources(workspace: &Workspace) -> Outcome {
    let mut exceptions = Exceptions::read(workspace)?;
    let files = sources::read(&workspace.root)?;
    let mut problems = sizes::check(&files, &mut exceptions);
    problems.extend(words::check(&files));
    problems.extend(dependencies::check(workspace, &files, &mut exceptions)?);
    problems.extend(exceptions.unused());
    let mut tally = Tally::passed(files.len());
    for problem in problems {
        println!("  {problem}");
        tally.fail(problem, "cargo xtask check");
    }
    Ok(tally)
}

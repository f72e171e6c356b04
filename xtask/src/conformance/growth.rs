//! `cargo xtask growth`: twice the input may cost little more than twice the time.

use std::path::Path;

use super::case::Case;
use super::{case, cases_folder, sandbox, select};
use crate::tally::Tally;
use crate::workspace::{Workspace, take_option};
use crate::{Outcome, machine};

/// How much more the doubled input may cost; linear cost gives 2, the rest is for caches and noise.
const RATIO: f64 = 2.2;
/// The least of so many runs counts: other programs on the machine only ever add time.
const RUNS: usize = 5;
/// So many times more are run while the ratio is above the limit: noise falls away, a growth that is real stays.
const ROUNDS: usize = 4;
/// Then the input is taken so many percent as long (beyond twice 150 a text reaches its budget): what grows faster
/// than its input shows all the more, while a step (a cache that is full, one lucky run) is not met each time.
const LENGTHS: [usize; 3] = [100, 125, 150];

/// Measures with the release binary (or `--bin`).
pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    let mut arguments = arguments.to_vec();
    let only = take_option(&mut arguments, "--only")?;
    let binary = match take_option(&mut arguments, "--bin")? {
        Some(path) => std::path::absolute(&path).map_err(|e| format!("{path}: {e}"))?,
        None => workspace.release_binary()?,
    };
    let tally = check(workspace, &binary, only.as_deref())?;
    println!("{}", tally.line());
    Ok(tally)
}

/// Runs each case as it is and with every fill twice as long.
pub fn check(workspace: &Workspace, binary: &Path, only: Option<&str>) -> Outcome {
    machine::ensure_python()?;
    let cases = case::read_group(&cases_folder(workspace).join("limits"), "growth.toml")?;
    let root = sandbox::temporary_folder()?.join(format!("pilothouse-growth-{}", std::process::id()));
    let mut tally = Tally::default();
    for case in select(cases, only)? {
        match is_linear(&case, binary, &root)? {
            true => tally.passed += 1,
            false => {
                let rerun = format!("cargo xtask growth --only '^{}$'", case.id());
                tally.fail(format!("growth {}: above {RATIO} times at every length", case.id()), rerun);
            }
        }
    }
    Ok(tally)
}

/// Whether doubling the case costs at most [`RATIO`] times as much at one of [`LENGTHS`].
fn is_linear(case: &Case, binary: &Path, root: &Path) -> Result<bool, String> {
    for length in LENGTHS {
        let (one, two) = costs(&percent(case, length), &percent(case, 2 * length), (binary, root))?;
        println!("  {:<30} {length} % {one:.3} s, doubled {two:.3} s: {:.2} times", case.id(), two / one);
        if two <= one * RATIO {
            return Ok(true);
        }
    }
    Ok(false)
}

fn percent(case: &Case, length: usize) -> Case {
    let mut case = case.clone();
    for fill in &mut case.fills {
        fill.count = fill.count * length / 100;
    }
    case
}

/// Processor seconds of the quickest run of each.
fn costs(case: &Case, doubled: &Case, (binary, root): (&Path, &Path)) -> Result<(f64, f64), String> {
    let (mut one, mut two) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        for _ in 0..RUNS {
            one = one.min(cost(case, binary, root)?);
            two = two.min(cost(doubled, binary, root)?);
        }
        if two <= one * RATIO {
            break;
        }
    }
    Ok((one, two))
}

fn cost(case: &Case, binary: &Path, root: &Path) -> Result<f64, String> {
    let (run, cost) = sandbox::measure(case, binary, root)?;
    if run.exit != case.exit || run.stdout.is_empty() {
        let stderr = String::from_utf8_lossy(&run.stderr).into_owned();
        return Err(format!("{}: exit {}, want {}: {stderr}", case.id(), run.exit, case.exit));
    }
    Ok(cost.cpu_secs)
}

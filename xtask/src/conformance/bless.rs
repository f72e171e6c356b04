//! Makes goldens with the real Helm, and refuses what it does not answer the same way each time.

use std::path::Path;

use super::case::Case;
use super::{golden, runner};
use crate::Outcome;
use crate::peers;
use crate::tally::Tally;

/// A random order shows in three runs out of four or more; what slips through fails some later `--bin HELM` run.
const RUNS: usize = 3;

/// Writes the goldens of `cases`; when these are all cases (`complete`), goldens of no case are removed.
pub fn all(folder: &Path, cases: &[Case], complete: bool) -> Outcome {
    let helm = peers::fetch()?.helm;
    let mut tally = Tally::default();
    let answers = runner::each(cases, |case, root| bless(folder, case, &helm, root))?;
    for (case, answer) in cases.iter().zip(answers) {
        match answer {
            Ok(()) => tally.passed += 1,
            Err(problem) => tally.fail(format!("{}: {problem}", case.id()), format!("{} --bless", case.rerun())),
        }
    }
    if complete {
        for path in golden::orphans(folder, cases)? {
            std::fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    for failure in &tally.failures {
        println!("{}\n    {}", failure.what, failure.rerun);
    }
    println!("{}", tally.line());
    Ok(tally)
}

fn bless(folder: &Path, case: &Case, helm: &Path, root: &Path) -> Result<(), String> {
    let first = runner::once(case, helm, root)?;
    if first.exit != case.exit {
        let errors = String::from_utf8_lossy(&first.stderr).into_owned();
        return Err(format!("helm exits with {}, the case says {}: {errors}", first.exit, case.exit));
    }
    for _ in 1..RUNS {
        let again = runner::once(case, helm, root)?;
        if !golden::same(case, &first, &again) {
            return Err("helm's output differs between runs; the case needs another `compare`".into());
        }
    }
    golden::write(folder, case, &first)
}

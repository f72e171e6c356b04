//! Runs cases on all cores and judges each.

use std::path::Path;

use super::case::Case;
use super::known::KnownDifferences;
use super::sandbox::Run;
use super::{golden, sandbox};
use crate::tally::Tally;
use crate::{Outcome, parallel};

/// Compares each case with its goldens; failures come in the order of the cases.
pub fn compare(folder: &Path, cases: &[Case], binary: &Path, known: &KnownDifferences) -> Outcome {
    judged(cases, known, |case, root| {
        let run = sandbox::run(case, binary, root)?;
        golden::difference(folder, case, &run)
    })
}

/// How often real Helm may say something else than the golden: some of its errors, those of broken connections, depend on
/// which of its threads is faster.
const PEER_RUNS: usize = 5;

/// Compares real Helm with the goldens, which must be among what it says.
pub fn compare_peer(folder: &Path, cases: &[Case], helm: &Path) -> Outcome {
    judged(cases, &KnownDifferences::none(), |case, root| {
        let mut problem = None;
        for _ in 0..PEER_RUNS {
            let run = sandbox::run(case, helm, root)?;
            problem = golden::difference(folder, case, &run)?;
            if problem.is_none() {
                break;
            }
        }
        Ok(problem)
    })
}

/// Adds up what `judge` says of each case: what differs, if something does.
fn judged(
    cases: &[Case],
    known: &KnownDifferences,
    judge: impl Fn(&Case, &Path) -> Result<Option<String>, String> + Sync,
) -> Outcome {
    let mut tally = Tally::default();
    let verdicts = each(cases, judge)?;
    for (case, verdict) in cases.iter().zip(verdicts) {
        let problem = verdict.unwrap_or_else(Some);
        match (problem, known.contains(&case.id())) {
            (None, false) | (Some(_), true) => tally.passed += 1,
            (Some(problem), false) => tally.fail(format!("conformance {}: {problem}", case.id()), case.rerun()),
            (None, true) => {
                tally.fail(format!("conformance {}: listed as a known difference, but equal", case.id()), case.rerun());
            }
        }
    }
    Ok(tally)
}

/// Runs one case and hands back what it left.
pub fn once(case: &Case, binary: &Path, root: &Path) -> Result<Run, String> {
    sandbox::run(case, binary, root)
}

/// Calls `work` for each case, as many at a time as there are cores, and returns the answers in the cases' order.
pub fn each<T: Send>(
    cases: &[Case],
    work: impl Fn(&Case, &Path) -> Result<T, String> + Sync,
) -> Result<Vec<Result<T, String>>, String> {
    let root = sandbox::temporary_folder()?.join(format!("pilothouse-conformance-{}", std::process::id()));
    let answers = parallel::each(cases, parallel::cores(), |at, case| work(case, &root.join(at.to_string())));
    let _ = std::fs::remove_dir_all(&root);
    Ok(answers)
}

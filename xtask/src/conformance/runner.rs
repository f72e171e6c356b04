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
    let mut tally = Tally::default();
    let verdicts = each(cases, |case, root| {
        let run = sandbox::run(case, binary, root)?;
        golden::difference(folder, case, &run)
    })?;
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

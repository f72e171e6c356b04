//! Runs cases on all cores and judges each.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::Case;
use super::known::KnownDifferences;
use super::sandbox::Run;
use super::{golden, sandbox};
use crate::Outcome;
use crate::tally::Tally;

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
    let next = AtomicUsize::new(0);
    let answers: Vec<Mutex<Option<Result<T, String>>>> = cases.iter().map(|_| Mutex::new(None)).collect();
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let root = sandbox::temporary_folder()?.join(format!("pilothouse-conformance-{}", std::process::id()));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { return };
                    let answer = work(case, &root.join(at.to_string()));
                    if let Ok(mut slot) = answers[at].lock() {
                        *slot = Some(answer);
                    }
                }
            });
        }
    });
    let _ = std::fs::remove_dir_all(&root);
    let answers = answers.into_iter().map(|slot| slot.into_inner().ok().flatten());
    answers.collect::<Option<_>>().ok_or_else(|| "a case was not run".to_string())
}

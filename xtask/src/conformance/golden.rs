//! The golden files: `GROUP/golden/NAME.stdout`, `.stderr` and `.tree`; a file that would be empty is not kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::case::Case;
use super::compare::first_difference;
use super::sandbox::Run;

const STREAMS: [&str; 3] = ["stdout", "stderr", "tree"];

fn path(folder: &Path, case: &Case, stream: &str) -> PathBuf {
    folder.join(&case.group).join("golden").join(format!("{}.{stream}", case.name))
}

fn streams(run: &Run) -> [(&'static str, &[u8]); 3] {
    [(STREAMS[0], &run.stdout), (STREAMS[1], &run.stderr), (STREAMS[2], &run.tree)]
}

/// What differs from the goldens, or nothing.
pub fn difference(folder: &Path, case: &Case, run: &Run) -> Result<Option<String>, String> {
    let mut problems = Vec::new();
    if run.exit != case.exit {
        problems.push(format!("exit {}, want {}", run.exit, case.exit));
    }
    for (stream, got) in streams(run) {
        let path = path(folder, case, stream);
        if case.ignored.contains(stream) {
            continue;
        }
        let want = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(format!("{}: {e}", path.display())),
        };
        if !case.mode.equal(&want, got) {
            problems.push(format!("{stream} differs, {}", first_difference(&want, got)));
        }
    }
    Ok((!problems.is_empty()).then(|| problems.join("\n    ")))
}

/// Whether two runs are equal as far as the case compares.
pub fn same(case: &Case, one: &Run, two: &Run) -> bool {
    let pairs = streams(one).into_iter().zip(streams(two));
    one.exit == two.exit
        && pairs.filter(|((stream, _), _)| !case.ignored.contains(*stream)).all(|(a, b)| case.mode.equal(a.1, b.1))
}

/// Writes the goldens of one case. A golden that still holds under the case's comparison stays as it is, so that a
/// random order does not change files.
pub fn write(folder: &Path, case: &Case, run: &Run) -> Result<(), String> {
    for (stream, text) in streams(run) {
        let path = path(folder, case, stream);
        let old = std::fs::read(&path).unwrap_or_default();
        if text.is_empty() || case.ignored.contains(stream) {
            if path.exists() {
                std::fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            }
        } else if !case.mode.equal(&old, text) {
            let parent = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))?;
            std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(())
}

/// The golden files that belong to none of `cases`.
pub fn orphans(folder: &Path, cases: &[Case]) -> Result<Vec<PathBuf>, String> {
    let wanted: BTreeSet<PathBuf> =
        cases.iter().flat_map(|case| STREAMS.map(|stream| path(folder, case, stream))).collect();
    let groups: BTreeSet<&str> = cases.iter().map(|case| case.group.as_str()).collect();
    let mut orphans = Vec::new();
    for group in groups {
        let Ok(entries) = std::fs::read_dir(folder.join(group).join("golden")) else { continue };
        orphans.extend(entries.flatten().map(|entry| entry.path()).filter(|path| !wanted.contains(path)));
    }
    orphans.sort();
    Ok(orphans)
}

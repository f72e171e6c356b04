//! The files of a case: written before a run, compared after it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::archive;
use super::case::Tree;

pub fn make_parent(path: &Path) -> Result<(), String> {
    let Some(parent) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))
}

/// Writes a file; a script becomes executable, and a path with a final slash is an empty folder.
pub fn put(path: &Path, content: &[u8]) -> Result<(), String> {
    if path.as_os_str().to_string_lossy().ends_with('/') {
        return std::fs::create_dir_all(path).map_err(|e| format!("{}: {e}", path.display()));
    }
    make_parent(path)?;
    std::fs::write(path, content).map_err(|e| format!("{}: {e}", path.display()))?;
    if content.starts_with(b"#!") {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, mode).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

pub fn copy(from: &Path, to: &Path) -> Result<(), String> {
    for entry in std::fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))?.flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            std::fs::create_dir_all(&target).map_err(|e| format!("{}: {e}", target.display()))?;
            copy(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).map_err(|e| format!("{}: {e}", target.display()))?;
        }
    }
    Ok(())
}

pub type Snapshot = BTreeMap<String, Vec<u8>>;

pub fn snapshot(work: &Path, tree: Tree) -> Result<Snapshot, String> {
    let mut files = Snapshot::new();
    if tree != Tree::Ignored {
        walk(work, "", &mut files)?;
    }
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, files: &mut Snapshot) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?.flatten() {
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        // What is ours alone beside the files that are Helm's too.
        if name.ends_with(".pilothouse") {
            continue;
        }
        if path.is_dir() {
            files.insert(format!("{name}/"), Vec::new());
            walk(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        }
    }
    Ok(())
}

/// Seconds around a run in which it may have written the time.
const AROUND: u64 = 3600;

/// Puts `$NOW` in the place of times of this hour and the last, as `"2026-01-02T03:04:05.678Z"`.
fn without_now(content: &[u8]) -> Vec<u8> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let hours = [since, since.saturating_sub(AROUND)].map(hour);
    let mut parts = content.split(|byte| *byte == b'"');
    let mut out = parts.next().unwrap_or_default().to_vec();
    for part in parts {
        out.push(b'"');
        let is_now = hours.iter().any(|hour| part.starts_with(hour.as_bytes())) && part.len() < 40;
        out.extend_from_slice(if is_now { b"$NOW" } else { part });
    }
    out
}

/// Returns date and hour of a moment (UTC) as `2026-01-02T03:` (Howard Hinnant's `civil_from_days`).
fn hour(seconds: u64) -> String {
    let days = seconds / 86400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:", seconds % 86400 / 3600)
}

/// The new and changed files, sorted by path: `== PATH` and, if asked for, the content.
pub fn written(before: &Snapshot, after: &Snapshot, tree: Tree) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, content) in after.iter().filter(|(path, content)| before.get(*path) != Some(*content)) {
        out.extend_from_slice(format!("== {path}\n").as_bytes());
        if tree == Tree::Contents {
            // Packed bytes depend on the time and on the compressor; what is packed must be equal.
            let packed = if path.ends_with(".tgz") { archive::unpack(content) } else { None };
            out.extend_from_slice(&without_now(packed.as_deref().unwrap_or(content)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{hour, without_now};

    #[test]
    fn times_of_the_run_are_taken_out() {
        assert_eq!(hour(1_767_323_045), "2026-01-02T03:");
        assert_eq!(hour(951_782_400), "2000-02-29T00:");
        let text = b"created: \"2020-01-02T03:04:05Z\"\n\"x";
        assert_eq!(without_now(text), text);
    }
}

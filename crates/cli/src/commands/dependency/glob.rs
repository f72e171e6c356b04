//! Finds files by a pattern (`filepath.Glob`).

use std::fs;

use gostd::GoError;
use gostd::path::{join, match_pattern, split};

/// Folders with patterns above each other; Go's limit too.
const DEPTH_LIMIT: usize = 10_000;

/// Returns the paths that fit a pattern, folder by folder in the order of their names. What cannot be read is not there.
///
/// # Errors
/// `syntax error in pattern`.
pub fn glob(pattern: &str) -> Result<Vec<String>, GoError> {
    match_pattern(pattern.as_bytes(), b"")?;
    find(pattern, 0)
}

fn find(pattern: &str, depth: usize) -> Result<Vec<String>, GoError> {
    if !has_meta(pattern) {
        let found = fs::symlink_metadata(pattern).is_ok().then(|| pattern.to_owned());
        return Ok(found.into_iter().collect());
    }
    let (folder, name) = split(pattern.as_bytes());
    let (folder, name) = (text(folder), text(name));
    let folder = match folder.as_str() {
        "" => ".".to_owned(),
        "/" => folder,
        _ => folder.trim_end_matches('/').to_owned(),
    };
    if !has_meta(&folder) {
        return Ok(in_folder(&folder, &name));
    }
    if depth == DEPTH_LIMIT || folder == pattern {
        return Err(GoError::new("syntax error in pattern"));
    }
    let folders = find(&folder, depth + 1)?;
    Ok(folders.iter().flat_map(|folder| in_folder(folder, &name)).collect())
}

fn has_meta(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '\\'])
}

fn in_folder(folder: &str, pattern: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter(|name| match_pattern(pattern.as_bytes(), name.as_bytes()).unwrap_or(false)).collect();
    names.sort_unstable();
    names.iter().map(|name| text(&join(&[folder.as_bytes(), name.as_bytes()]))).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

//! Where a symbolic link leads, with the errors of Go's `filepath.EvalSymlinks`.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use gostd::GoError;

use crate::os_error::path_error;

/// Go follows no more links than this.
const LINK_LIMIT: usize = 255;

/// Returns an absolute path without links.
///
/// # Errors
/// `lstat PATH: …` with the first part that is not there, `EvalSymlinks: too many links`.
pub fn resolve(path: &Path) -> Result<PathBuf, GoError> {
    match fs::canonicalize(path) {
        Ok(resolved) => Ok(resolved),
        Err(_) => by_hand(path),
    }
}

/// Follows part by part, to find what is wrong.
fn by_hand(path: &Path) -> Result<PathBuf, GoError> {
    let mut rest = parts(path);
    let mut reached = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = rest.pop_front() {
        if part == ".." {
            reached.pop();
            continue;
        }
        let next = reached.join(&part);
        let info = fs::symlink_metadata(&next).map_err(|error| path_error("lstat", &next, &error))?;
        if !info.is_symlink() {
            reached = next;
            continue;
        }
        links += 1;
        if links > LINK_LIMIT {
            return Err(GoError::new("EvalSymlinks: too many links"));
        }
        let target = fs::read_link(&next).map_err(|error| path_error("readlink", &next, &error))?;
        if target.is_absolute() {
            reached = PathBuf::from("/");
        }
        let mut parts = parts(&target);
        parts.append(&mut rest);
        rest = parts;
    }
    Ok(reached)
}

fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_os_string()),
            Component::ParentDir => Some("..".into()),
            _ => None,
        })
        .collect()
}

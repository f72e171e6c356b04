//! The archives of a folder: `*.tgz` in it, then `*.tgz` in its folders, each sorted (Go's `filepath.Glob`).

use std::fs;
use std::path::{Path, PathBuf};

use gostd::GoError;

/// An archive, and the folder below the indexed one where it lies; empty for that one itself.
pub struct Archive {
    pub path: PathBuf,
    pub folder: String,
    pub name: String,
}

/// Returns the archives. A folder that cannot be read has none, as in Go.
pub fn archives(dir: &Path) -> Result<Vec<Archive>, GoError> {
    let mut found = Vec::new();
    let names = names(dir);
    add(&mut found, dir, "", &names);
    for name in &names {
        let folder = dir.join(name);
        if folder.is_dir() {
            add(&mut found, &folder, name, &self::names(&folder));
        }
    }
    Ok(found)
}

fn add(found: &mut Vec<Archive>, dir: &Path, folder: &str, names: &[String]) {
    found.extend(names.iter().filter(|name| name.ends_with(".tgz")).map(|name| Archive {
        path: dir.join(name),
        folder: folder.to_owned(),
        name: name.clone(),
    }));
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

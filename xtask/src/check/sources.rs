//! Our Rust files, each read once for all checks.

use std::path::Path;

use super::mask::mask;

/// Folders that hold our Rust.
const FOLDERS: &[&str] = &["bin", "crates", "xtask", "fuzz"];

/// One Rust file.
pub struct Source {
    /// Relative to the root, with slashes.
    pub path: String,
    pub text: String,
    /// The text with comments, strings and character literals blanked; the same lines and columns.
    pub code: String,
}

/// Reads all Rust files below our folders, sorted by path.
pub fn read(root: &Path) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        if root.join(folder).is_dir() {
            walk(root, folder, &mut sources)?;
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(root: &Path, folder: &str, sources: &mut Vec<Source>) -> Result<(), String> {
    let listing = std::fs::read_dir(root.join(folder)).map_err(|e| format!("{folder}: {e}"))?;
    for entry in listing.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            if name != "target" {
                walk(root, &path, sources)?;
            }
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(entry.path()).map_err(|e| format!("{path}: {e}"))?;
            let code = mask(&text);
            sources.push(Source { path, text, code });
        }
    }
    Ok(())
}

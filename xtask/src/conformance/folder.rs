//! The files of a case: written before a run, compared after it.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

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
        if path.is_dir() {
            files.insert(format!("{name}/"), Vec::new());
            walk(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        }
    }
    Ok(())
}

/// The new and changed files, sorted by path: `== PATH` and, if asked for, the content.
pub fn written(before: &Snapshot, after: &Snapshot, tree: Tree) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, content) in after.iter().filter(|(path, content)| before.get(*path) != Some(*content)) {
        out.extend_from_slice(format!("== {path}\n").as_bytes());
        if tree == Tree::Contents {
            // Packed bytes depend on the time and on the compressor; what is packed must be equal.
            let packed = if path.ends_with(".tgz") { archive::unpack(content) } else { None };
            out.extend_from_slice(packed.as_deref().unwrap_or(content));
        }
    }
    out
}

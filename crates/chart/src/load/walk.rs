//! Walks a chart's folder in the order of names, into symbolic links too (`internal/sympath` of Helm 4.3.1).

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use gostd::GoError;

use super::symlinks;
use crate::log::Log;
use crate::os_error::path_error;

/// More entries than this are no chart but links that multiply each other.
const ENTRY_LIMIT: usize = 1_000_000;

/// A file or folder on the way.
pub struct Entry<'a> {
    pub path: &'a Path,
    /// The path in the chart, with `/`.
    pub name: &'a str,
    pub is_dir: bool,
    pub is_regular: bool,
}

/// Whether to go on into a folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Enter,
    Skip,
}

/// What is done at each entry.
type Visit<'v> = dyn FnMut(&Entry<'_>, &mut dyn Log) -> Result<Step, GoError> + 'v;

/// A walk below a folder.
pub struct Walk<'a> {
    top: &'a Path,
    entries: usize,
}

impl<'a> Walk<'a> {
    pub fn new(top: &'a Path) -> Self {
        Walk { top, entries: 0 }
    }

    /// Visits everything below the folder, not the folder itself.
    ///
    /// # Errors
    /// What the visit says; `error evaluating symlink PATH: …`; what the system says of a folder or file.
    pub fn each(mut self, log: &mut dyn Log, visit: &mut Visit<'_>) -> Result<(), GoError> {
        self.folder(self.top.to_path_buf(), log, visit)
    }

    fn folder(&mut self, path: PathBuf, log: &mut dyn Log, visit: &mut Visit<'_>) -> Result<(), GoError> {
        for (name, file_type) in names(&path)? {
            self.entries += 1;
            if self.entries > ENTRY_LIMIT {
                return Err(GoError::new(format!("chart has more than {ENTRY_LIMIT} files and folders")));
            }
            self.entry(path.join(name), file_type, log, visit)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: PathBuf,
        file_type: FileType,
        log: &mut dyn Log,
        visit: &mut Visit<'_>,
    ) -> Result<(), GoError> {
        if file_type.is_symlink() {
            let target = follow(&path, log)?;
            return self.entry(path, target, log, visit);
        }
        let name = self.name(&path);
        let is_dir = file_type.is_dir();
        let entry = Entry { path: &path, name: &name, is_dir, is_regular: file_type.is_file() };
        match visit(&entry, log)? {
            Step::Enter if is_dir => self.folder(path, log, visit),
            _ => Ok(()),
        }
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.top).unwrap_or(path).to_string_lossy().into_owned()
    }
}

/// Says that a link is used, and returns the kind of what it leads to.
fn follow(path: &Path, log: &mut dyn Log) -> Result<FileType, GoError> {
    let resolved = symlinks::resolve(path).map_err(|error| {
        GoError::wrap(format!("error evaluating symlink {}: {}", path.to_string_lossy(), error.text), error)
    })?;
    let fields = [("path", &*path.to_string_lossy()), ("resolved", &*resolved.to_string_lossy())];
    log.info("found symbolic link in path. Contents of linked file included and used", &fields);
    let info = fs::symlink_metadata(&resolved).map_err(|error| path_error("lstat", &resolved, &error))?;
    Ok(info.file_type())
}

fn names(path: &Path) -> Result<Vec<(std::ffi::OsString, FileType)>, GoError> {
    let failed = |error: std::io::Error| path_error("open", path, &error);
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(|error| path_error("readdirent", path, &error))?;
        let file_type = entry.file_type().map_err(|error| path_error("lstat", &entry.path(), &error))?;
        names.push((entry.file_name(), file_type));
    }
    names.sort_unstable_by(|(a, _), (b, _)| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    Ok(names)
}

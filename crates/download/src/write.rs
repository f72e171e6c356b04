//! Files that appear whole or not at all (Helm's `internal/fileutil`).

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use chart::os_error::{path_error, reason};
use gostd::GoError;

/// Names tried before there is none: as many as Go tries.
const ATTEMPTS: usize = 10_000;

/// Writes a file under another name and moves it to its place, readable for everybody.
///
/// # Errors
/// Those of the system, in Go's words.
pub fn atomically(path: &Path, content: &[u8]) -> Result<(), GoError> {
    let (mut file, temporary) = create_beside(path)?;
    let filled = file.write_all(content).map_err(|error| path_error("write", &temporary, &error));
    drop(file);
    let placed = filled.and_then(|()| readable(&temporary)).and_then(|()| rename(&temporary, path));
    placed.inspect_err(|_| {
        // What is in the way of a file may be in the way of its removal too; the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    })
}

fn create_beside(path: &Path) -> Result<(File, PathBuf), GoError> {
    for _ in 0..ATTEMPTS {
        let mut name = path.as_os_str().to_owned();
        name.push(random().map_err(|error| path_error("createtemp", path, &error))?.to_string());
        let temporary = PathBuf::from(name);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Ok(file) => return Ok((file, temporary)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(path_error("open", &temporary, &error)),
        }
    }
    Err(GoError::new(format!("createtemp {}*: file exists", path.to_string_lossy())))
}

fn random() -> io::Result<u32> {
    getrandom::u32().map_err(io::Error::other)
}

#[cfg(unix)]
fn readable(path: &Path) -> Result<(), GoError> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, Permissions::from_mode(0o644)).map_err(|error| path_error("chmod", path, &error))
}

/// Moves a file; to another file system it is copied (`internal/third_party/dep/fs`).
///
/// # Errors
/// `link error: cannot rename A to B: …`, or what stopped copying.
pub fn rename(from: &Path, to: &Path) -> Result<(), GoError> {
    let Err(error) = fs::rename(from, to) else { return Ok(()) };
    if error.kind() == ErrorKind::CrossesDevices {
        fs::copy(from, to).map_err(|error| path_error("open", to, &error))?;
        return fs::remove_file(from).map_err(|error| path_error("remove", from, &error));
    }
    let (from, to) = (from.to_string_lossy(), to.to_string_lossy());
    let reason = reason(&error);
    Err(GoError::new(format!("link error: cannot rename {from} to {to}: rename {from} {to}: {reason}")))
}

/// Makes a folder and those above it.
///
/// # Errors
/// `mkdir /x: permission denied`.
pub fn folder(path: &Path) -> Result<(), GoError> {
    fs::create_dir_all(path).map_err(|error| path_error("mkdir", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn files_are_replaced_and_nothing_stays_beside_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.tgz");
        atomically(&file, b"one").expect("written");
        atomically(&file, b"two").expect("written again");
        assert_eq!(fs::read(&file).expect("a file"), b"two");
        assert_eq!(names(folder.path()), ["a.tgz"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o644);
        }
    }

    #[test]
    fn a_folder_in_the_way_is_told_and_nothing_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.tgz");
        fs::create_dir(&file).expect("a folder");
        let error = atomically(&file, b"one").expect_err("a folder is in the way");
        assert!(error.text.starts_with("link error: cannot rename "), "{}", error.text);
        assert_eq!(names(folder.path()), ["a.tgz"]);
    }

    #[test]
    fn a_missing_folder_is_told_as_go_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = atomically(&folder.path().join("no/a.tgz"), b"").expect_err("no folder");
        let start = format!("open {}/no/a.tgz", folder.path().display());
        assert!(
            error.text.starts_with(&start) && error.text.ends_with(": no such file or directory"),
            "{}",
            error.text
        );
    }
}

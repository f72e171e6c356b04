//! The lock on the file of repositories, which Helm takes too.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chart::os_error::path_error;
use gostd::GoError;

/// Helm's, with a look each second; ours looks more often.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);

/// Holds the lock until dropped.
#[derive(Debug)]
pub struct Locked {
    _file: File,
}

/// Takes the lock for a file of repositories.
pub fn lock(path: &Path) -> Result<Locked, GoError> {
    let path = lock_path(path);
    let file = open(&path).map_err(|error| path_error("open", &path, &error))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Locked { _file: file }),
            Err(TryLockError::Error(error)) => return Err(path_error("flock", &path, &error)),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                return Err(GoError::new("context deadline exceeded"));
            }
            // Locks are not told of, and one that blocks would have no limit.
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}

/// Takes the lock if another command ever took it: Helm makes its file only when a repository is added.
pub fn lock_if_there(path: &Path) -> Result<Option<Locked>, GoError> {
    if lock_path(path).exists() { lock(path).map(Some) } else { Ok(None) }
}

/// Puts `.lock` in the place of the extension.
pub fn lock_path(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let extension = gostd::path::ext(text.as_bytes()).len();
    // A path that is nothing but an extension keeps it.
    let kept = if extension < text.len() { text.len() - extension } else { text.len() };
    PathBuf::from(format!("{}.lock", text.get(..kept).unwrap_or(&text)))
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_lie_beside_the_file() {
        for (path, lock) in [
            ("/x/repositories.yaml", "/x/repositories.lock"),
            ("/x/r", "/x/r.lock"),
            ("/x.y/r", "/x.y/r.lock"),
            (".r", ".r.lock"),
        ] {
            assert_eq!(lock_path(Path::new(path)), Path::new(lock));
        }
    }

    #[test]
    fn one_process_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.yaml");
        let held = lock(&path).expect("the lock");
        let other = OpenOptions::new().read(true).open(lock_path(&path)).expect("the file");
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        assert!(other.try_lock().is_ok());
    }
}

//! The folder that commands run in, under the name that the shell has for it (`os.Getwd` and `filepath.Abs`).

use std::path::{Path, PathBuf};

use gostd::{GoError, path};

/// Returns the folder; of several names, through symbolic links, the one that the shell uses.
///
/// # Errors
/// When the folder was removed.
pub fn current() -> Result<PathBuf, GoError> {
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|named| named.is_absolute() && is_here(named));
    match named {
        Some(named) => Ok(named),
        None => {
            std::env::current_dir().map_err(|error| GoError::new(format!("getwd: {}", chart::os_error::reason(&error))))
        }
    }
}

#[cfg(unix)]
fn is_here(named: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |path: &Path| path.metadata().ok().map(|info| (info.dev(), info.ino()));
    identity(named).is_some_and(|named| identity(Path::new(".")) == Some(named))
}

#[cfg(not(unix))]
fn is_here(_: &Path) -> bool {
    false
}

/// Returns a path from the root on, without `.` and `..`.
///
/// # Errors
/// As [`current`].
pub fn absolute(name: &str) -> Result<PathBuf, GoError> {
    let joined = if Path::new(name).is_absolute() { PathBuf::from(name) } else { current()?.join(name) };
    let clean = path::clean(joined.as_os_str().as_encoded_bytes());
    Ok(PathBuf::from(String::from_utf8_lossy(&clean).into_owned()))
}

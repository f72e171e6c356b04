//! Where indexes lie in the cache (`pkg/helmpath`), and how files get there: whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::GoError;

/// Returns the file of a repository's index.
pub fn index_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(prefixed(name, "index.yaml"))
}

/// Returns the file with the names of a repository's charts, a line each: what completion reads.
pub fn charts_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(prefixed(name, "charts.txt"))
}

fn prefixed(name: &str, file: &str) -> String {
    if name.is_empty() { file.to_owned() } else { format!("{name}-{file}") }
}

/// Returns where is kept what was read from an index: hidden, in the same folder.
pub fn side_car_path(index: &Path) -> Option<PathBuf> {
    let name = index.file_name()?.to_string_lossy().into_owned();
    Some(index.with_file_name(format!(".{name}.pilothouse")))
}

/// Removes what is cached of a repository; it need not be there.
///
/// # Errors
/// `can't remove index file PATH: …`, and what the system says.
pub fn remove(folder: &Path, name: &str) -> Result<(), GoError> {
    let index = index_path(folder, name);
    // Helm does not mind when this one stays; the side-car without its index says nothing.
    let _ = fs::remove_file(charts_path(folder, name));
    let _ = side_car_path(&index).map(fs::remove_file);
    match fs::metadata(&index) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            let cause = path_error("stat", &index, &error);
            let text = format!("can't remove index file {}: {}", index.display(), cause.text);
            return Err(GoError::wrap(text, cause));
        }
        Ok(_) => {}
    }
    // Go removes an empty folder too.
    fs::remove_file(&index)
        .or_else(|error| fs::remove_dir(&index).map_err(|_| error))
        .map_err(|error| path_error("remove", &index, &error))
}

/// Writes a file under another name first and moves it to its place.
///
/// # Errors
/// What the system says.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = temporary(path)?;
    file.write_all(content)?;
    place(file, path)
}

/// Makes a file that [`place`] can move to `path`; it goes away if that does not happen.
pub(crate) fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default();
    tempfile::Builder::new().prefix(name).tempfile_in(folder)
}

/// Moves a file to its place, readable for all as Helm's files of the cache are.
pub(crate) fn place(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    set_mode(file.as_file(), 0o644)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
pub(crate) fn set_mode(file: &fs::File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: &fs::File, _: u32) -> io::Result<()> {
    Ok(())
}

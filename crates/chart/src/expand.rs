//! Unpacks an archive into a folder (`pkg/chart/v2/util/expand.go` of Helm 4.3.1).

use std::fs;
use std::path::{Component, Path};

use gostd::strconv::quote;
use gostd::{GoError, path};

use crate::load::archive;
use crate::metadata::Metadata;
use crate::os_error::path_error;

/// Writes the files of an archive below `folder`, in a folder with the chart's name.
///
/// # Errors
/// What is wrong with the archive, `cannot load Chart.yaml: …`, `chart name not specified`, and those of the system.
pub fn expand(folder: &Path, bytes: &[u8]) -> Result<(), GoError> {
    let files = archive::files(bytes)?;
    let mut name = String::new();
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        let metadata = Metadata::parse(&file.data)
            .map_err(|error| GoError::wrap(format!("cannot load Chart.yaml: {}", error.text), error))?;
        name = metadata.name;
    }
    check_name(&name)?;
    let top = folder.join(&name);
    for file in &files {
        let inner = Path::new(&file.name);
        if inner.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(GoError::new("chart illegally references parent directory"));
        }
        write(&top.join(inner), &file.data)?;
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), GoError> {
    let quoted = || String::from_utf8_lossy(&quote(name.as_bytes())).into_owned();
    if name.is_empty() {
        return Err(GoError::new("chart name not specified"));
    }
    if name == "." || name == ".." {
        return Err(GoError::new(format!("chart name {} is not allowed", quoted())));
    }
    if path::base(name.as_bytes()) != name.as_bytes() || name.contains('/') {
        return Err(GoError::new(format!("chart name {} must not contain path separators", quoted())));
    }
    Ok(())
}

/// Writes a file and the folders above it.
pub fn write(file: &Path, data: &[u8]) -> Result<(), GoError> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| path_error("mkdir", folder, &error))?;
    }
    fs::write(file, data).map_err(|error| path_error("open", file, &error))
}

//! Dependencies that lie on this computer: charts of `file://` and of the folder `charts`
//! (`internal/resolver/resolver.go`, `tarFromLocalDir` of `pkg/downloader/manager.go`).

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chart::log::Log;
use chart::os_error::path_error;
use chart::pack::{Stamp, save};
use chart::{Chart, Dependency};
use gostd::semver::{Constraints, Version};
use gostd::{GoError, path};

/// What repositories on this computer start with.
pub const SCHEME: &str = "file://";

/// Returns the folder that a `file://` repository, or a path in the chart, stands for.
///
/// # Errors
/// `directory X not found`.
pub fn folder(repository: &str, chart: &Path) -> Result<PathBuf, GoError> {
    let name = repository.strip_prefix(SCHEME).unwrap_or(repository);
    let folder = match name.starts_with('/') {
        true => path::clean(name.as_bytes()),
        false => path::join(&[chart.as_os_str().as_encoded_bytes(), name.as_bytes()]),
    };
    let folder = PathBuf::from(String::from_utf8_lossy(&folder).into_owned());
    match fs::metadata(&folder) {
        Ok(_) => Ok(folder),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(GoError::new(format!("directory {} not found", folder.to_string_lossy())))
        }
        Err(error) => Err(path_error("stat", &folder, &error)),
    }
}

/// Loads the chart in a folder, whatever version of the format it has (`loader.LoadDir`).
///
/// # Errors
/// Those of loading.
pub fn load(folder: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    match fs::metadata(folder) {
        // Helm walks a file as a folder without a definition.
        Ok(info) if !info.is_dir() => Err(GoError::new("Chart.yaml file is missing")),
        Ok(_) => chart::load_any_version(folder, log),
        Err(error) => {
            let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
            Err(path_error("lstat", &absolute, &error))
        }
    }
}

/// Returns the range of versions that a dependency may have.
///
/// # Errors
/// `dependency NAME has an invalid version/constraint format: …`.
pub fn constraint(dependency: &Dependency) -> Result<Constraints, GoError> {
    Constraints::new(dependency.version.as_bytes()).map_err(|error| {
        let text = format!("dependency {} has an invalid version/constraint format: {}", dependency.name, error.text);
        GoError::wrap(text, error)
    })
}

/// Reports whether a chart has one of the versions that a dependency may have.
///
/// # Errors
/// The version of the chart is none.
pub fn satisfies(chart: &Chart, constraint: &Constraints) -> Result<bool, GoError> {
    Ok(constraint.check(&Version::new(chart.metadata().version.as_bytes())?))
}

/// Checks a dependency that has no repository: it must be in the folder `charts` already.
///
/// # Errors
/// It is not there or cannot be read (the outer error), or it has another version (the inner one).
pub fn check_present(
    dependency: &Dependency,
    charts: &Path,
    log: &mut dyn Log,
) -> Result<Result<(), GoError>, GoError> {
    let path = charts.join(&dependency.name);
    let chart = load(&path, log).map_err(|error| {
        GoError::wrap(format!("unable to load chart '{}': {}", path.to_string_lossy(), error.text), error)
    })?;
    let constraint = constraint(dependency)?;
    let (name, wanted, found) = (&dependency.name, &dependency.version, &chart.metadata().version);
    let satisfied = satisfies(&chart, &constraint).map_err(|error| {
        GoError::wrap(format!("invalid version {wanted} for dependency {name}: {}", error.text), error)
    })?;
    Ok(match satisfied {
        true => Ok(()),
        false => {
            let text = format!("dependency {name} at version {found} does not satisfy the constraint {wanted}");
            Err(GoError::new(text))
        }
    })
}

/// Packs a chart of `file://` into a folder; returns its version.
///
/// # Errors
/// Those of loading and packing; `can't get a valid version for dependency NAME`.
pub fn pack(
    dependency: &Dependency,
    chart: &Path,
    (target, stamp): (&Path, Stamp),
    log: &mut dyn Log,
) -> Result<String, GoError> {
    let packed = load(&folder(&dependency.repository, chart)?, log)?;
    let constraint = constraint(dependency)?;
    if !satisfies(&packed, &constraint)? {
        return Err(GoError::new(format!("can't get a valid version for dependency {}", dependency.name)));
    }
    save(&packed, target, stamp)?;
    Ok(packed.metadata().version.clone())
}

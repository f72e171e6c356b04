//! From folders and archives to charts (`pkg/chart/loader` and `pkg/chart/v2/loader` of Helm 4.3.1).

pub mod archive;
mod assemble;
mod directory;
mod gzip;
mod inspect;
mod sniff;
mod symlinks;
mod tar;
mod walk;

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use gostd::GoError;

use crate::chart::Chart;
use crate::content::Data;
use crate::log::Log;
use crate::metadata::{BASE, Metadata};
use crate::os_error::path_error;
use directory::Templates;

pub use inspect::{Inspected, inspect, inspect_small};

/// Bytes of all files of a chart.
const CHART_BYTES: u64 = 100 * 1024 * 1024;

/// A file: its path in the chart, and what is in it.
pub struct Content {
    pub name: String,
    pub data: Data,
    pub modified: Option<SystemTime>,
}

/// Loads a chart from a folder or an archive.
///
/// Tells the log of symbolic links and of files of old kinds.
///
/// # Errors
/// Those of Helm, among them `stat PATH: …`, `unsupported chart version`, `cannot load values.yaml: …`,
/// `validation: …`, `chart exceeds maximum decompressed size of 104857600 bytes`.
pub fn load(path: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    let info = fs::metadata(path).map_err(|error| path_error("stat", path, &error))?;
    if info.is_dir() {
        return directory::load(path, log);
    }
    archive::load(path, log)
}

/// Loads a chart from a folder, and from nothing else: what packing does.
///
/// # Errors
/// As [`load`]; `unable to detect chart at PATH/Chart.yaml: …` for what is no folder.
pub fn load_folder(path: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    directory::load(path, log)
}

/// Loads a chart like [`load`], whatever version of the chart format it names: what starters do.
///
/// # Errors
/// As [`load`], but `Chart.yaml file is missing` for any folder without one, and what is wrong with an archive.
pub fn load_any_version(path: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    any_version(path, Templates::Read, log)
}

/// Loads a chart like [`load_any_version`], but of a folder without the texts of its templates: what `helm show` does.
///
/// # Errors
/// As [`load_any_version`].
pub fn load_without_templates(path: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    any_version(path, Templates::Skipped, log)
}

fn any_version(path: &Path, templates: Templates, log: &mut dyn Log) -> Result<Chart, GoError> {
    let info = fs::metadata(path).map_err(|error| path_error("stat", path, &error))?;
    if info.is_dir() {
        return load_files(directory::contents(&directory::absolute(path)?, templates, log)?, log);
    }
    archive::load_any_version(path, log)
}

/// Makes a chart of files, as they lie in it.
///
/// # Errors
/// As [`load`].
pub fn load_files(files: Vec<Content>, log: &mut dyn Log) -> Result<Chart, GoError> {
    assemble::chart(files, &mut assemble::Budget::default(), log)
}

/// Makes a chart of the bytes of an archive.
///
/// # Errors
/// As [`load`]; of the archive itself, what is wrong with it.
pub fn load_archive(bytes: &[u8], log: &mut dyn Log) -> Result<Chart, GoError> {
    load_files(archive::files(bytes)?, log)
}

/// Checks the version of the chart format, before anything else is said of the chart. Returns what Chart.yaml says, unless
/// something else is wrong in it.
fn check_api_version(chart_yaml: &[u8]) -> Result<Option<Metadata>, GoError> {
    let metadata = Metadata::parse(chart_yaml).ok();
    let version = match &metadata {
        Some(metadata) => metadata.api_version.clone(),
        // What is wrong may be another field, which Helm sees only later.
        None => {
            let base = goyaml::from_yaml_shaped(chart_yaml, &BASE)
                .map_err(|error| GoError::wrap(format!("cannot load Chart.yaml: {}", error.text), error))?;
            let version = base.as_map().and_then(|map| map.get(b"apiVersion"));
            version.and_then(|v| v.as_str().map(|text| text.to_text().into_owned())).unwrap_or_default()
        }
    };
    match version.as_str() {
        "" | "v1" | "v2" | "v3" => Ok(metadata),
        _ => Err(GoError::new("unsupported chart version")),
    }
}

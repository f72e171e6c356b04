//! `helm create`: a new chart to start from, ours or made from a starter (`pkg/chart/v2/util/create.go` of Helm 4.3.1).

mod scaffold;
mod starter;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use gostd::{GoError, path};

use crate::expand::write;
use crate::log::Log;
use crate::os_error::path_error;

const NAME_BYTES: usize = 250;
const PLACEHOLDER: &str = "<CHARTNAME>";

/// Makes a chart in the folder that `name` leads to: its last part is the chart's name.
///
/// With a starter (a chart in `starters`, or an absolute path) the chart is made from that. Files that are there
/// already are overwritten; `overwritten` hears of each, as stdout does in Helm:
/// `WARNING: File "/x/Chart.yaml" already exists. Overwriting.`
///
/// # Errors
/// `chart name must be between 1 and 250 characters`, `chart name must match the regular expression "…"`,
/// `file … already exists and is not a directory`, `could not load STARTER: …` and those of the system.
pub fn run(
    name: &str,
    starter: &str,
    starters: impl AsRef<Path>,
    overwritten: &mut dyn FnMut(&str),
    log: &mut dyn Log,
) -> Result<(), GoError> {
    let chart = String::from_utf8_lossy(path::base(name.as_bytes())).into_owned();
    let folder = PathBuf::from(String::from_utf8_lossy(&path::dir(name.as_bytes())).into_owned());
    if !starter.is_empty() {
        let source = path::join(&[starters.as_ref().as_os_str().as_encoded_bytes(), starter.as_bytes()]);
        let source = if starter.starts_with('/') { starter.as_bytes() } else { &source };
        return starter::create(&chart, &folder, Path::new(&*String::from_utf8_lossy(source)), log);
    }
    create(&chart, &folder, overwritten)
}

fn create(name: &str, folder: &Path, overwritten: &mut dyn FnMut(&str)) -> Result<(), GoError> {
    check_name(name)?;
    let folder = absolute(folder)?;
    let info = fs::metadata(&folder).map_err(|error| path_error("stat", &folder, &error))?;
    if !info.is_dir() {
        return Err(GoError::new(format!("no such directory {}", folder.to_string_lossy())));
    }
    let chart = folder.join(name);
    check_folder(&chart)?;
    for (file, text) in scaffold::FILES {
        let path = chart.join(file);
        if path.metadata().is_ok() {
            let quoted = quoted(&path.to_string_lossy());
            overwritten(&format!("WARNING: File {quoted} already exists. Overwriting."));
        }
        write(&path, text.replace(PLACEHOLDER, name).as_bytes())?;
    }
    let charts = chart.join("charts");
    fs::create_dir_all(&charts).map_err(|error| path_error("mkdir", &charts, &error))
}

fn check_name(name: &str) -> Result<(), GoError> {
    if name.is_empty() || name.len() > NAME_BYTES {
        return Err(GoError::new(format!("chart name must be between 1 and {NAME_BYTES} characters")));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    match name.bytes().all(allowed) {
        true => Ok(()),
        false => Err(GoError::new("chart name must match the regular expression \"^[a-zA-Z0-9._-]+$\"")),
    }
}

/// A chart's folder may be there, but nothing else of its name.
fn check_folder(chart: &Path) -> Result<(), GoError> {
    match fs::metadata(chart) {
        Ok(info) if !info.is_dir() => {
            let path = chart.to_string_lossy();
            Err(GoError::new(format!("file {path} already exists and is not a directory")))
        }
        _ => Ok(()),
    }
}

fn absolute(path: &Path) -> Result<PathBuf, GoError> {
    let absolute = std::path::absolute(path).map_err(|error: io::Error| path_error("getwd", path, &error))?;
    let clean = path::clean(absolute.as_os_str().as_encoded_bytes());
    Ok(String::from_utf8(clean).map_or(absolute, PathBuf::from))
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

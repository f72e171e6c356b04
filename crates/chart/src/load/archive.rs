//! Charts in archives: `.tgz` with one folder (`pkg/chart/loader/archive` of Helm 4.3.1).

use std::borrow::Cow;
use std::path::Path;

use gostd::strconv::quote;
use gostd::{GoError, Str, path};

use super::sniff::{SNIFF_BYTES, content_type};
use super::tar::{Archive, Header};
use super::{CHART_BYTES, Content, check_api_version, gzip, load_files};
use crate::chart::Chart;
use crate::content::without_bom;
use crate::log::Log;
use crate::os_error::path_error;

/// More entries than this are no chart.
pub(super) const ENTRY_LIMIT: usize = 1_000_000;

/// Loads an archive.
pub fn load(name: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    let files = files(&read(name)?).map_err(|error| {
        let unreadable = GoError::new("unable to load chart archive");
        header_error(name, &error).unwrap_or(unreadable)
    })?;
    let definition = files.iter().find(|file| file.name == "Chart.yaml");
    let definition = definition.ok_or_else(|| GoError::new("unable to detect chart version, no Chart.yaml found"))?;
    check_api_version(&definition.data)?;
    load_files(files, log)
}

/// Loads an archive without a look at the version of its format first.
pub fn load_any_version(name: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    let files = files(&read(name)?).map_err(|error| header_error(name, &error).unwrap_or(error))?;
    load_files(files, log)
}

fn read(name: &Path) -> Result<Vec<u8>, GoError> {
    let bytes = std::fs::read(name).map_err(|error| path_error("open", name, &error))?;
    ensure_archive(name, &bytes)?;
    Ok(bytes)
}

fn header_error(name: &Path, error: &GoError) -> Option<GoError> {
    let name = name.to_string_lossy();
    (error.text == gzip::HEADER).then(|| {
        GoError::new(format!("file '{name}' does not appear to be a valid chart file (details: {})", error.text))
    })
}

/// Returns the files of an archive without the folder around them.
///
/// # Errors
/// What is wrong with the archive or with a path in it; `decompressed chart is larger than the maximum size …`.
pub fn files(bytes: &[u8]) -> Result<Vec<Content>, GoError> {
    let mut archive = Archive::new(gzip::reader(bytes)?);
    let mut files = Vec::new();
    let mut remaining = CHART_BYTES;
    let mut buffer = Vec::new();
    let mut entries = 0;
    while let Some(header) = archive.entry()? {
        entries += 1;
        if entries > ENTRY_LIMIT {
            return Err(GoError::new(format!("chart archive has more than {ENTRY_LIMIT} entries")));
        }
        if header.is_dir() || header.is_global() {
            continue;
        }
        let name = inner_name(&header)?;
        if header.size > remaining {
            return Err(too_large(CHART_BYTES));
        }
        buffer.clear();
        archive.content(remaining, &mut buffer)?;
        remaining -= buffer.len() as u64;
        if (buffer.len() as u64) < header.size || remaining == 0 {
            return Err(too_large(CHART_BYTES));
        }
        files.push(Content { name, data: Str::from(without_bom(&buffer)).into(), modified: header.modified });
    }
    match files.is_empty() {
        true => Err(GoError::new("no files in chart archive")),
        false => Ok(files),
    }
}

/// Returns the error of a chart that is larger than it may be.
pub fn too_large(bytes: u64) -> GoError {
    GoError::new(format!("decompressed chart is larger than the maximum size {bytes}"))
}

/// Returns the path below the archive's folder.
pub(super) fn inner_name(header: &Header) -> Result<String, GoError> {
    let delimiter = delimiter(header);
    let folder = header.name.split(|b| *b == delimiter).next().unwrap_or_default();
    let inner = header.name.get(folder.len() + 1..).unwrap_or_default();
    let inner = match delimiter {
        b'/' => Cow::Borrowed(inner),
        _ => Cow::Owned(inner.split(|b| *b == delimiter).collect::<Vec<_>>().join(&b'/')),
    };
    if inner.starts_with(b"/") {
        return Err(GoError::new("chart illegally contains absolute paths"));
    }
    let inner = path::clean(&inner);
    if inner == b"." {
        let name = String::from_utf8_lossy(&quote(&header.name)).into_owned();
        let text = format!("chart illegally contains content outside the base directory: {name}");
        return Err(GoError::new(text));
    }
    if inner.starts_with(b"..") {
        return Err(GoError::new("chart illegally references parent directory"));
    }
    if matches!(inner[..], [drive, b':', b'/', ..] if drive.is_ascii_alphabetic()) {
        return Err(GoError::new("chart contains illegally named files"));
    }
    if folder == b"Chart.yaml" {
        return Err(GoError::new("chart yaml not in base directory"));
    }
    Ok(String::from_utf8_lossy(&inner).into_owned())
}

/// Returns what separates folders: archives made on Windows may have backslashes; then these alone do.
pub(super) fn delimiter(header: &Header) -> u8 {
    if header.name.contains(&b'\\') { b'\\' } else { b'/' }
}

/// Says in clear words that a file is no archive.
fn ensure_archive(name: &Path, bytes: &[u8]) -> Result<(), GoError> {
    let mut start = [0; SNIFF_BYTES];
    start.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    if bytes.starts_with(b"\x1F\x8B\x08") {
        return Ok(());
    }
    let found = content_type(&start);
    let name = name.to_string_lossy();
    if name.ends_with(".yml") || name.ends_with(".yaml") {
        let text = format!("file '{name}' seems to be a YAML file, but expected a gzipped archive");
        return Err(GoError::new(text));
    }
    Err(GoError::new(format!("file '{name}' does not appear to be a gzipped archive; got '{found}'")))
}

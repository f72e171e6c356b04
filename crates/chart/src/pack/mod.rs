//! Packs a chart into an archive (`Save` of `pkg/chart/v2/util/save.go` in Helm 4.3.1).

mod gzip;
mod stamp;
mod tar;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use gostd::{GoError, path};

use crate::chart::Chart;
use crate::metadata::Metadata;
use crate::os_error::path_error;
pub use stamp::Stamp;

/// Writes `NAME-VERSION.tgz` into a folder, which is made if it is not there; returns the path of the archive.
///
/// The same chart with the same times gives the same bytes, on every machine. A file that is there already is
/// overwritten; one that could not be written to its end is removed.
///
/// # Errors
/// `chart validation: …`, `is not a directory: FOLDER`, `invalid JSON in values.schema.json`,
/// `"a/b" is not a valid chart name`, and those of the system.
pub fn save(chart: &Chart, folder: &Path, stamp: Stamp) -> Result<PathBuf, GoError> {
    let mut metadata = chart.metadata().clone();
    metadata.validate().map_err(|error| GoError::wrap(format!("chart validation: {}", error.text), error))?;
    let name = format!("{}-{}.tgz", metadata.name, metadata.version);
    let file = joined(folder, &name);
    make_folder(&to_path(path::dir(file.as_os_str().as_encoded_bytes())))?;
    let output = File::create(&file).map_err(|error| path_error("open", &file, &error))?;
    match write(chart, &metadata, output, stamp) {
        Ok(()) => Ok(file),
        Err(failed) => {
            // What is left of it is of no use; that it cannot be removed is not what went wrong.
            let _ = fs::remove_file(&file);
            Err(failed.error(&file))
        }
    }
}

/// Reports an error for a name that is more than one part of a path (`validateName`).
///
/// # Errors
/// `"a/b" is not a valid chart name`.
pub fn check_name(name: &str) -> Result<(), GoError> {
    if path::base(name.as_bytes()) != name.as_bytes() {
        let quoted = String::from_utf8_lossy(&gostd::strconv::quote(name.as_bytes())).into_owned();
        return Err(GoError::new(format!("{quoted} is not a valid chart name")));
    }
    Ok(())
}

fn joined(folder: &Path, name: &str) -> PathBuf {
    to_path(path::join(&[folder.as_os_str().as_encoded_bytes(), name.as_bytes()]))
}

fn to_path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

fn make_folder(folder: &Path) -> Result<(), GoError> {
    match fs::metadata(folder) {
        Ok(info) if info.is_dir() => Ok(()),
        Ok(_) => Err(GoError::new(format!("is not a directory: {}", folder.to_string_lossy()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make_folders(folder),
        Err(error) => {
            let error = path_error("stat", folder, &error);
            Err(GoError::wrap(format!("stat {}: {}", folder.to_string_lossy(), error.text), error))
        }
    }
}

/// Makes a folder and those above it, as far as they are not there; the error names the one that failed.
fn make_folders(folder: &Path) -> Result<(), GoError> {
    let missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(missing).collect();
    for path in missing.into_iter().rev() {
        match builder().create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(path_error("mkdir", path, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Folders are made with the rights that Helm gives them.
#[cfg(unix)]
fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
    builder
}

/// Elsewhere there are no such rights.
#[cfg(not(unix))]
fn builder() -> DirBuilder {
    DirBuilder::new()
}

/// Why an archive was not written.
enum Failed {
    Chart(GoError),
    Write(io::Error),
}

impl Failed {
    fn error(self, file: &Path) -> GoError {
        match self {
            Failed::Chart(error) => error,
            Failed::Write(error) => path_error("write", file, &error),
        }
    }
}

impl From<GoError> for Failed {
    fn from(error: GoError) -> Self {
        Failed::Chart(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Failed::Write(error)
    }
}

fn write(chart: &Chart, metadata: &Metadata, output: File, stamp: Stamp) -> Result<(), Failed> {
    let mut archive = Archive { tar: tar::Writer::new(gzip::Packer::new(output)), stamp, buffer: Vec::new() };
    archive.chart(chart, metadata, "")?;
    Ok(archive.tar.finish()?.finish()?)
}

struct Archive<W: Write> {
    tar: tar::Writer<W>,
    stamp: Stamp,
    /// The content of files that are not in memory, one after the other.
    buffer: Vec<u8>,
}

impl<W: Write> Archive<W> {
    fn chart(&mut self, chart: &Chart, metadata: &Metadata, parent: &str) -> Result<(), Failed> {
        check_name(&metadata.name)?;
        let base = format!("{parent}{}", metadata.name);
        self.definitions(chart, metadata, &base)?;
        for file in chart.templates() {
            self.tar.file(&format!("{base}/{}", file.name), self.stamp.seconds(file.modified), &file.data)?;
        }
        for file in chart.files() {
            let modified = self.stamp.seconds(file.modified);
            self.buffer.clear();
            file.data.read_to(&mut self.buffer)?;
            self.tar.file(&format!("{base}/{}", file.name), modified, &self.buffer)?;
        }
        let below = format!("{base}/charts/");
        chart.dependencies().iter().try_for_each(|child| self.chart(child, child.metadata(), &below))
    }

    /// Writes what loading looked into, from what it found: comments and unknown fields of Chart.yaml are gone.
    fn definitions(&mut self, chart: &Chart, metadata: &Metadata, base: &str) -> Result<(), Failed> {
        let mut metadata = metadata.clone();
        if metadata.api_version == "v1" {
            metadata.dependencies = Vec::new();
        }
        let text = goyaml::to_yaml(&metadata.to_value())?;
        self.tar.file(&format!("{base}/Chart.yaml"), self.stamp.seconds(chart.modified()), &text)?;
        if let Some(lock) = chart.lock().filter(|_| metadata.api_version == "v2") {
            let (lock, generated) = self.stamp.lock(lock);
            let text = goyaml::to_yaml(&lock.to_value())?;
            self.tar.file(&format!("{base}/Chart.lock"), generated, &text)?;
        }
        if let Some(values) = chart.raw_values() {
            self.tar.file(&format!("{base}/values.yaml"), self.stamp.seconds(chart.values_modified()), values)?;
        }
        if let Some(schema) = chart.schema() {
            if !gostd::json::valid(schema) {
                return Err(GoError::new("invalid JSON in values.schema.json").into());
            }
            let modified = self.stamp.seconds(chart.schema_modified());
            self.tar.file(&format!("{base}/values.schema.json"), modified, schema)?;
        }
        Ok(())
    }
}

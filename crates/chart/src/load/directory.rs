//! Charts in folders.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use gostd::{GoError, Str};

use super::assemble::{self, Part};
use super::walk::{Entry, Step, Walk};
use super::{CHART_BYTES, Content, check_api_version, load_files};
use crate::chart::Chart;
use crate::content::{Data, without_bom};
use crate::ignore::Rules;
use crate::log::Log;
use crate::os_error::path_error;

/// Loads the files of a folder that `.helmignore` does not take out.
pub fn load(path: &Path, log: &mut dyn Log) -> Result<Chart, GoError> {
    let top = absolute(path)?;
    let definition = top.join("Chart.yaml");
    let chart_yaml = fs::read(&definition).map_err(|error| {
        let operation = if definition.is_dir() { "read" } else { "open" };
        let error = path_error(operation, &definition, &error);
        GoError::wrap(format!("unable to detect chart at {}: {}", definition.display(), error.text), error)
    })?;
    check_api_version(&chart_yaml)?;
    load_files(contents(&top, Templates::Read, log)?, log)
}

/// Whether somebody wants the texts of templates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Templates {
    Read,
    /// They are only opened.
    Skipped,
}

/// Reads the files of a folder in the order of their paths, folder by folder.
pub fn contents(top: &Path, templates: Templates, log: &mut dyn Log) -> Result<Vec<Content>, GoError> {
    let rules = rules(top)?;
    let mut reader = Reader { remaining: CHART_BYTES, buffer: Vec::new(), templates };
    let mut files = Vec::new();
    Walk::new(top).each(log, &mut |entry, log| {
        if rules.ignore(entry.name, entry.is_dir, log) {
            return Ok(Step::Skip);
        }
        if !entry.is_dir {
            let (data, modified) = reader.content(entry)?;
            files.push(Content { name: entry.name.to_string(), data, modified });
        }
        Ok(Step::Enter)
    })?;
    Ok(files)
}

/// Reads `.helmignore`, if there is one, and adds what is always ignored.
fn rules(top: &Path) -> Result<Rules, GoError> {
    let file = top.join(".helmignore");
    let mut rules = Rules::default();
    if fs::metadata(&file).is_ok() {
        let operation = if file.is_dir() { "read" } else { "open" };
        let text = fs::read(&file).map_err(|error| path_error(operation, &file, &error))?;
        rules = Rules::parse(&text)?;
    }
    rules.add_defaults();
    Ok(rules)
}

/// Reads files until the limit of a chart.
struct Reader {
    remaining: u64,
    buffer: Vec<u8>,
    templates: Templates,
}

impl Reader {
    /// Opens a file, and reads it if loading needs it; tells too when it was changed last.
    fn content(&mut self, entry: &Entry<'_>) -> Result<(Data, Option<SystemTime>), GoError> {
        if !entry.is_regular {
            let path = entry.path.to_string_lossy();
            let text = format!("cannot load irregular file {path} as it has file mode type bits set");
            return Err(GoError::new(text));
        }
        self.open(entry).map_err(|error| GoError::wrap(format!("error reading {}: {}", entry.name, error.text), error))
    }

    fn open(&mut self, entry: &Entry<'_>) -> Result<(Data, Option<SystemTime>), GoError> {
        let file = File::open(entry.path).map_err(|error| path_error("open", entry.path, &error))?;
        let info = file.metadata().ok();
        let modified = info.as_ref().and_then(|info| info.modified().ok());
        let bytes = info.map_or(0, |info| info.len());
        match assemble::part(entry.name) {
            Part::Other => {
                self.count(bytes)?;
                return Ok((Data::of_file(entry.path.to_path_buf()), modified));
            }
            Part::Template if self.templates == Templates::Skipped => {
                self.count(bytes)?;
                return Ok((Str::default().into(), modified));
            }
            Part::Template | Part::Definition => {}
        }
        self.read(file, entry)?;
        self.remaining = self.remaining.checked_sub(self.buffer.len() as u64).ok_or_else(too_large)?;
        Ok((Str::from(without_bom(&self.buffer)).into(), modified))
    }

    /// Counts a file that is not read.
    fn count(&mut self, bytes: u64) -> Result<(), GoError> {
        self.remaining = self.remaining.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }

    /// Reads one byte more than is allowed at most, so that a growing file is noticed.
    fn read(&mut self, file: File, entry: &Entry<'_>) -> Result<(), GoError> {
        self.buffer.clear();
        let read = file.take(self.remaining + 1).read_to_end(&mut self.buffer);
        read.map(drop).map_err(|error| path_error("read", entry.path, &error))
    }
}

fn too_large() -> GoError {
    GoError::new(format!("chart exceeds maximum decompressed size of {CHART_BYTES} bytes"))
}

/// Returns an absolute path without `.` and `..`.
pub fn absolute(path: &Path) -> Result<std::path::PathBuf, GoError> {
    let absolute = std::path::absolute(path).map_err(|error| path_error("getwd", path, &error))?;
    let clean = gostd::path::clean(absolute.as_os_str().as_encoded_bytes());
    Ok(String::from_utf8(clean).map_or(absolute, Into::into))
}

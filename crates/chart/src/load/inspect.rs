//! Reads the definition of a packed chart and checks the rest of the archive, which is unpacked but not kept: what a
//! server does with archives of strangers.

use std::io::{BufRead, Read};

use flate2::bufread::MultiGzDecoder;
use gostd::GoError;

use super::archive::{ENTRY_LIMIT, delimiter, inner_name, too_large};
use super::tar::{Archive, Header};
use super::{CHART_BYTES, check_api_version, gzip};
use crate::metadata::Metadata;

/// Bytes of Chart.yaml, or of requirements.yaml: real ones have a few kB, and reading YAML takes many times its size.
const DEFINITION_BYTES: u64 = 1024 * 1024;
/// Bytes of everything unpacked, headers included: what one archive may cost in time.
const UNPACKED_BYTES: u64 = 4 * CHART_BYTES;

/// What an archive says of its chart.
pub struct Inspected {
    pub metadata: Metadata,
    /// The folder that Chart.yaml is in.
    pub folder: String,
}

/// Reads an archive to its end.
///
/// # Errors
/// As [`super::load_archive`]: of the archive, of paths in it, of its size, of Chart.yaml. Subcharts, values and
/// templates are not looked into.
pub fn inspect(mut input: impl BufRead) -> Result<Inspected, GoError> {
    check_start(&mut input)?;
    let mut unpacked = MultiGzDecoder::new(input).take(UNPACKED_BYTES);
    let found = definitions(&mut unpacked);
    if unpacked.limit() == 0 {
        return Err(too_large(CHART_BYTES));
    }
    let found = found?;
    let folder = found.folder.ok_or_else(|| GoError::new("Chart.yaml file is missing"))?;
    let mut metadata = Metadata::default();
    for text in &found.charts {
        check_api_version(text)?;
        metadata.read(text).map_err(|error| cannot_load("Chart.yaml", error))?;
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".to_owned();
        }
    }
    for text in &found.requirements {
        metadata.read(text).map_err(|error| cannot_load("requirements.yaml", error))?;
    }
    metadata.validate()?;
    Ok(Inspected { metadata, folder })
}

#[derive(Default)]
struct Definitions {
    charts: Vec<Vec<u8>>,
    requirements: Vec<Vec<u8>>,
    folder: Option<String>,
    bytes: u64,
}

fn definitions(unpacked: &mut impl Read) -> Result<Definitions, GoError> {
    let mut archive = Archive::new(unpacked);
    let mut found = Definitions::default();
    let mut remaining = CHART_BYTES;
    let (mut entries, mut files) = (0, 0);
    while let Some(header) = archive.entry()? {
        entries += 1;
        if entries > ENTRY_LIMIT {
            return Err(GoError::new(format!("chart archive has more than {ENTRY_LIMIT} entries")));
        }
        if header.is_dir() || header.is_global() {
            continue;
        }
        files += 1;
        let name = inner_name(&header)?;
        if header.size >= remaining {
            return Err(too_large(CHART_BYTES));
        }
        remaining -= header.size;
        if matches!(name.as_str(), "Chart.yaml" | "requirements.yaml") {
            found.take(&name, &header, &mut archive)?;
        }
    }
    match files {
        0 => Err(GoError::new("no files in chart archive")),
        _ => Ok(found),
    }
}

impl Definitions {
    fn take<R: Read>(&mut self, name: &str, header: &Header, archive: &mut Archive<R>) -> Result<(), GoError> {
        // Several of one name are read over each other, as Helm does; together they have one limit.
        self.bytes += header.size;
        if self.bytes > DEFINITION_BYTES {
            return Err(GoError::new(format!("{name} is larger than {DEFINITION_BYTES} bytes")));
        }
        let mut text = Vec::new();
        archive.content(DEFINITION_BYTES, &mut text)?;
        let text = crate::content::without_bom(&text).to_vec();
        if name == "Chart.yaml" {
            let folder = header.name.split(|b| *b == delimiter(header)).next().unwrap_or_default();
            self.folder = Some(String::from_utf8_lossy(folder).into_owned());
            self.charts.push(text);
        } else {
            self.requirements.push(text);
        }
        Ok(())
    }
}

fn cannot_load(name: &str, error: GoError) -> GoError {
    GoError::wrap(format!("cannot load {name}: {}", error.text), error)
}

/// The first bytes must be those of gzip.
fn check_start(input: &mut impl BufRead) -> Result<(), GoError> {
    match input.fill_buf().map_err(|error| gzip::error(&error))? {
        [] => Err(GoError::new("EOF")),
        start if start.len() < 3 => Err(GoError::new("unexpected EOF")),
        start if !start.starts_with(b"\x1F\x8B\x08") => Err(GoError::new(gzip::HEADER)),
        _ => Ok(()),
    }
}

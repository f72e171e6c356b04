//! Reads the definition of a packed chart and checks the rest of the archive, which is unpacked but not kept: what a
//! server does with archives of strangers.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Take};

use flate2::bufread::MultiGzDecoder;
use gostd::GoError;

use super::archive::{ENTRY_LIMIT, delimiter, inner_name, too_large};
use super::tar::{Archive, Header};
use super::{CHART_BYTES, check_api_version, gzip};
use crate::content::without_bom;
use crate::metadata::Metadata;
use crate::values::check_values;

/// Bytes of Chart.yaml, or of requirements.yaml: real ones have a few kB, and reading YAML takes many times its size.
const DEFINITION_BYTES: u64 = 1024 * 1024;
/// Bytes of a values.yaml that is read; nobody writes larger ones.
const VALUES_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes of everything unpacked, headers included: what one archive may cost in time.
const UNPACKED_BYTES: u64 = 4 * CHART_BYTES;
/// Bytes of a small archive unpacked, and as many of what is packed in it.
const SMALL_BYTES: usize = 64 * 1024;

/// Levels of packed subcharts: each costs a reader. Nobody packs more than two or three.
const DEPTH_LIMIT: usize = 20;

/// What an archive says of its chart.
pub struct Inspected {
    pub metadata: Metadata,
    /// The folder that Chart.yaml is in.
    pub folder: String,
}

/// Reads an archive to its end, with the packed subcharts in it (`charts/NAME.tgz`).
///
/// # Errors
/// As [`super::load_archive`]: of the archive, of paths in it, of its size, of Chart.yaml and values.yaml; of packed subcharts
/// the same, but for their values. Subcharts in folders and templates are not looked into.
pub fn inspect(mut input: impl BufRead) -> Result<Inspected, GoError> {
    check_start(&mut input)?;
    let tree = Tree::with(UNPACKED_BYTES, DEFINITION_BYTES);
    inspect_unpacked(MultiGzDecoder::new(input).take(UNPACKED_BYTES), &tree)
}

/// Reads an archive that is small, with all that is packed in it, and right: at once, and with so little memory that many
/// may be read at a time. Of others there is nothing; [`inspect`] says what they are.
pub fn inspect_small(bytes: &[u8]) -> Option<Inspected> {
    let tree = Tree::with(SMALL_BYTES as u64, SMALL_BYTES as u64);
    gzip::with_whole(bytes, SMALL_BYTES, |whole| inspect_unpacked(whole.take(UNPACKED_BYTES), &tree).ok())?
}

fn inspect_unpacked<R: Read>(mut unpacked: Take<R>, tree: &Tree) -> Result<Inspected, GoError> {
    let found = definitions(&mut unpacked, tree, 0);
    if unpacked.limit() == 0 {
        return Err(too_large(CHART_BYTES));
    }
    let found = found?;
    let folder = found.folder.clone().ok_or_else(|| GoError::new("Chart.yaml file is missing"))?;
    let mut read = None;
    for text in &found.charts {
        read = check_api_version(text)?;
    }
    let mut metadata = found.metadata(read)?;
    for text in &found.values {
        check_values(text).map_err(|error| cannot_load("values.yaml", error))?;
    }
    metadata.validate()?;
    match found.broken {
        None => Ok(Inspected { metadata, folder }),
        Some((name, error)) => Err(in_subchart(&name, &metadata.name, error)),
    }
}

/// What packed subcharts may take, all of them together.
struct Tree {
    unpacked_bytes: Cell<u64>,
    definition_bytes: Cell<u64>,
}

impl Tree {
    fn with(unpacked_bytes: u64, definition_bytes: u64) -> Self {
        Tree { unpacked_bytes: Cell::new(unpacked_bytes), definition_bytes: Cell::new(definition_bytes) }
    }
}

/// Checks an archive in `charts/`, to its end; `depth` levels are around it.
fn packed(input: &mut dyn Read, tree: &Tree, depth: usize) -> Result<(), GoError> {
    if depth > DEPTH_LIMIT {
        return Err(GoError::new(format!("charts are nested more than {DEPTH_LIMIT} deep")));
    }
    let mut start = Vec::new();
    input.take(gzip::HEADER_BYTES as u64).read_to_end(&mut start).map_err(|error| gzip::error(&error))?;
    // An archive that is too short, or none, says so.
    gzip::check(&start)?;
    let input = (&start[..]).chain(BufReader::new(input));
    let mut unpacked = Metered { input: MultiGzDecoder::new(input), left: &tree.unpacked_bytes };
    let found = definitions(&mut unpacked, tree, depth);
    if tree.unpacked_bytes.get() == 0 {
        return Err(too_large(UNPACKED_BYTES));
    }
    let found = found?;
    if found.folder.is_none() {
        return Err(GoError::new("Chart.yaml file is missing"));
    }
    let mut metadata = found.metadata(None)?;
    metadata.validate()?;
    match found.broken {
        None => Ok(()),
        Some((name, error)) => Err(in_subchart(&name, &metadata.name, error)),
    }
}

fn in_subchart(name: &str, parent: &str, error: GoError) -> GoError {
    GoError::wrap(format!("error unpacking subchart {name} in {parent}: {}", error.text), error)
}

/// Ends when all together have read as much as they may.
struct Metered<'a, R> {
    input: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        Ok(read)
    }
}

/// Returns the name of a packed subchart, at any depth of folders; what starts with `_` or `.` is none, as for Helm.
fn packed_subchart(file: &str) -> Option<&str> {
    let mut rest = file;
    while let Some(below) = rest.strip_prefix("charts/") {
        if below.starts_with(['_', '.']) {
            return None;
        }
        match below.split_once('/') {
            None => return below.ends_with(".tgz").then_some(below),
            Some((_, inside)) => rest = inside,
        }
    }
    None
}

#[derive(Default)]
struct Definitions {
    charts: Vec<Vec<u8>>,
    requirements: Vec<Vec<u8>>,
    values: Vec<Vec<u8>>,
    folder: Option<String>,
    bytes: u64,
    /// The first packed subchart that is none, and why. What is wrong with the chart itself is told first.
    broken: Option<(String, GoError)>,
}

/// Goes through an archive; `depth` levels are around it, and the values of the outermost only are read.
fn definitions(unpacked: &mut impl Read, tree: &Tree, depth: usize) -> Result<Definitions, GoError> {
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
        // As Helm sees it, content that is not there was more than there may be.
        if header.size >= remaining || header.data_bytes() < header.size {
            return Err(too_large(CHART_BYTES));
        }
        remaining -= header.size;
        if matches!(name.as_str(), "Chart.yaml" | "requirements.yaml") {
            found.take(&name, &header, &mut archive)?;
            let left = tree.definition_bytes.get().checked_sub(if depth > 0 { header.size } else { 0 });
            tree.definition_bytes.set(left.ok_or_else(|| too_large(DEFINITION_BYTES))?);
        } else if let Some(subchart) = packed_subchart(&name) {
            let checked = packed(&mut archive.reader(), tree, depth + 1);
            found.broken = found.broken.take().or(checked.err().map(|error| (subchart.to_owned(), error)));
        } else if depth == 0 && name == "values.yaml" && header.size <= VALUES_BYTES {
            found.values.push(text(&mut archive, VALUES_BYTES)?);
        }
    }
    match files {
        0 => Err(GoError::new("no files in chart archive")),
        _ => Ok(found),
    }
}

impl Definitions {
    /// Reads what Chart.yaml and requirements.yaml say; `read` is what the last Chart.yaml says alone, where it is known.
    fn metadata(&self, read: Option<Metadata>) -> Result<Metadata, GoError> {
        let mut only = read.filter(|_| self.charts.len() == 1);
        let mut metadata = Metadata::default();
        for text in &self.charts {
            match only.take() {
                Some(only) => metadata = only,
                None => metadata.read(text).map_err(|error| cannot_load("Chart.yaml", error))?,
            }
            if metadata.api_version.is_empty() {
                metadata.api_version = "v1".to_owned();
            }
        }
        for text in &self.requirements {
            metadata.read(text).map_err(|error| cannot_load("requirements.yaml", error))?;
        }
        Ok(metadata)
    }

    fn take<R: Read>(&mut self, name: &str, header: &Header, archive: &mut Archive<R>) -> Result<(), GoError> {
        // Several of one name are read over each other, as Helm does; together they have one limit.
        self.bytes += header.size;
        if self.bytes > DEFINITION_BYTES {
            return Err(GoError::new(format!("{name} is larger than {DEFINITION_BYTES} bytes")));
        }
        let text = text(archive, DEFINITION_BYTES)?;
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

/// Reads the content of an entry.
fn text<R: Read>(archive: &mut Archive<R>, limit: u64) -> Result<Vec<u8>, GoError> {
    let mut text = Vec::new();
    archive.content(limit, &mut text)?;
    let mark = text.len() - without_bom(&text).len();
    text.drain(..mark);
    Ok(text)
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

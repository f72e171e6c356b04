//! Reads the file of an index that has no side-car, and leaves one.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use chart::os_error::path_error;
use gostd::GoError;

use super::gather::{KEPT, VERSIONS};
use super::{Bounds, Doubt, Scan, Scanned, Slate, exact};
use crate::cache;
use crate::index::catalogue::{Catalogue, Fetched};
use crate::index::{EMPTY, Key};

const PIECE_BYTES: usize = 256 << 10;

/// Why there is no catalogue.
#[derive(Debug)]
pub enum Problem {
    /// The text is no index.
    Text(GoError),
    System(io::Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Problem::System(error)
    }
}

impl Problem {
    /// Says what is wrong with the file at a path.
    pub fn told(self, path: &Path) -> GoError {
        match self {
            Problem::Text(error) => GoError::wrap(format!("error loading {}: {}", path.display(), error.text), error),
            Problem::System(error) => path_error("read", path, &error),
        }
    }
}

/// Reads an index, and keeps what it says beside it if that can be.
pub fn beside(file: &mut File, path: &Path, key: &Key) -> Result<Catalogue, Problem> {
    if key.bytes > 0
        && let Some(side_car) = cache::side_car_path(path)
    {
        match kept(file, &side_car, key) {
            // Nobody may write there, or the disk is full.
            Err(Problem::System(_)) => {}
            kept => return kept,
        }
    }
    in_memory(file, key)
}

fn kept(file: &mut File, side_car: &Path, key: &Key) -> Result<Catalogue, Problem> {
    let scanned = scan(file, io::BufWriter::new(cache::temporary(side_car)?))?;
    let written = scanned.keep(key, Fetched::default())?.into_inner().map_err(io::IntoInnerError::into_error)?;
    cache::place(written, side_car)?;
    Catalogue::open(side_car, key).ok_or_else(|| Problem::System(io::ErrorKind::InvalidData.into()))
}

/// Reads an index, and leaves nothing.
pub fn in_memory(file: &mut File, key: &Key) -> Result<Catalogue, Problem> {
    if key.bytes == 0 {
        return Err(Problem::Text(GoError::new(EMPTY)));
    }
    let bytes = scan(file, Vec::new())?.keep(key, Fetched::default())?;
    Catalogue::in_memory(bytes, key).ok_or_else(|| Problem::System(io::ErrorKind::InvalidData.into()))
}

/// Reads an index from its start: piece by piece, or as a whole if that leaves a doubt.
pub fn scan<W: Slate>(file: &mut File, out: W) -> Result<Scanned<W>, Problem> {
    file.rewind()?;
    let mut scan = Scan::new(out, Bounds::default());
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            length => scan.push(piece.get(..length).unwrap_or_default()),
        }
    }
    decided(scan, file)
}

/// Ends what was read piece by piece; if that leaves a doubt, the whole file decides.
pub fn decided<W: Slate>(scan: Scan<W>, file: &mut File) -> Result<Scanned<W>, Problem> {
    let whole_bytes = scan.bounds().whole_bytes;
    let mut out = match scan.finish() {
        Ok(scanned) => return Ok(scanned),
        Err((Doubt::System(error), _)) => return Err(Problem::System(error)),
        Err((Doubt::Full, _)) => return Err(Problem::Text(full())),
        Err((Doubt::Form, out)) => out,
    };
    let index = exact_value(file, whole_bytes)?;
    out.wipe()?;
    exact::scanned(&index, out).map_err(|doubt| match doubt {
        Doubt::System(error) => Problem::System(error),
        Doubt::Full => Problem::Text(full()),
        Doubt::Form => Problem::System(io::ErrorKind::InvalidData.into()),
    })
}

fn full() -> GoError {
    let charts = format!("more than {VERSIONS} versions of one chart, or {KEPT} charts and invalid entries");
    GoError::new(format!("the index has {charts}, or too much text of them"))
}

fn exact_value(file: &mut File, whole_bytes: u64) -> Result<gostd::Value, Problem> {
    if file.metadata()?.len() > whole_bytes {
        return Err(Problem::Text(exact::too_long(whole_bytes)));
    }
    file.rewind()?;
    let mut text = Vec::new();
    file.take(whole_bytes + 1).read_to_end(&mut text)?;
    exact::value(&text).map_err(Problem::Text)
}

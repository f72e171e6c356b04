//! Brings the index of a repository into the cache (`ChartRepository.DownloadIndexFile`): read while it comes, and there
//! only when it is an index.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use chart::log::Log;
use chart::os_error::path_error;
use fetch::{Known, Response, Sink};
use gostd::GoError;
use gostd::time::parse;
use gostd::url::Url;
use tempfile::NamedTempFile;

use crate::cache::{self, charts_path, index_path, side_car_path};
use crate::getter::{Getter, Origin};
use crate::index::{self, Bounds, Catalogue, EMPTY, Fetched, Key, NO_API_VERSION, Problem, Scan, Scanned};
use crate::{Entry, resolve_reference_url};

/// Whether a server is asked if the index is still the one in the cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// The whole index is fetched.
    Anew,
    /// What did not change may stay.
    IfChanged,
}

/// Checks what a repository can be reached by (`NewChartRepository`).
///
/// # Errors
/// `invalid chart URL format: …`, `could not find protocol handler for: …`.
pub fn check(entry: &Entry, getter: &dyn Getter) -> Result<(), GoError> {
    let url = Url::parse(entry.url.as_bytes())
        .map_err(|_| GoError::new(format!("invalid chart URL format: {}", entry.url)))?;
    let scheme = String::from_utf8_lossy(&url.scheme).into_owned();
    match getter.has(&scheme) {
        true => Ok(()),
        false => Err(GoError::new(format!("could not find protocol handler for: {scheme}"))),
    }
}

/// Fetches the index of a repository into a folder of the cache, with the list of its charts and our side-car; returns its
/// file.
///
/// # Errors
/// What the getter says, `no API version specified`, what is wrong with the text. The cache stays as it was then.
pub fn download(
    entry: &Entry,
    folder: &Path,
    getter: &dyn Getter,
    freshness: Freshness,
    log: &mut dyn Log,
) -> Result<PathBuf, GoError> {
    let url = resolve_reference_url(&entry.url, "index.yaml")?;
    let path = index_path(folder, &entry.name);
    let cached = if freshness == Freshness::IfChanged { Cached::find(&path, &url) } else { None };
    let mut incoming = Incoming::new(path.clone(), getter.bounds());
    let origin = Origin { url: &url, repository: entry, known: cached.as_ref().map(|cached| &cached.known) };
    let response = getter.get(&origin, &mut incoming, log)?;
    match cached.filter(|_| response.status == 304) {
        Some(cached) => cached.catalogue.warnings().iter().for_each(|warning| warning.tell(&entry.url, log)),
        None => incoming.keep(entry, folder, fetched(&url, &response), log)?,
    }
    Ok(path)
}

/// An index in the cache that a server can be asked about.
struct Cached {
    known: Known,
    catalogue: Catalogue,
}

impl Cached {
    fn find(path: &Path, url: &str) -> Option<Self> {
        let key = Key::of(&File::open(path).ok()?).ok()?;
        let catalogue = Catalogue::open(&side_car_path(path)?, &key)?;
        let Fetched { url: known_url, etag, last_modified } = catalogue.fetched();
        let known = Known { etag: etag.clone(), last_modified: last_modified.clone() };
        let usable = known_url == url && !known.is_empty() && catalogue.has_api_version();
        let is_listed = fs::exists(list_beside(path)?).unwrap_or(false);
        (usable && is_listed).then_some(Cached { known, catalogue })
    }
}

/// Returns the list of charts that belongs to an index.
fn list_beside(index: &Path) -> Option<PathBuf> {
    let name = index.file_name()?.to_str()?;
    Some(index.with_file_name(format!("{}charts.txt", name.strip_suffix("index.yaml")?)))
}

/// Seconds that must lie between a change and the answer for the change's time to tell it from a later one.
const STEADY_SECONDS: i64 = 60;

/// Returns what the server can be asked with next time.
fn fetched(url: &str, response: &Response) -> Fetched {
    let etag = response.etag.clone().unwrap_or_default();
    let modified = response.last_modified.clone().filter(|_| etag.is_empty()).unwrap_or_default();
    let seconds = |text: &str| {
        let layout = b"Mon, 02 Jan 2006 15:04:05 GMT";
        parse(layout, text.as_bytes()).ok().map(|time| time.unix_seconds)
    };
    let date = response.date.as_deref().and_then(seconds);
    let is_steady = date.zip(seconds(&modified)).is_some_and(|(date, changed)| date - changed >= STEADY_SECONDS);
    let last_modified = if is_steady { modified } else { String::new() };
    Fetched { url: url.to_owned(), etag, last_modified }
}

/// The parts of the new index, while it comes.
struct Incoming {
    path: PathBuf,
    bounds: Bounds,
    parts: Option<Parts>,
    /// Folders that were made for it, the outermost first.
    made: Vec<PathBuf>,
}

struct Parts {
    index: NamedTempFile,
    scan: Scan<BufWriter<NamedTempFile>>,
}

impl Sink for Incoming {
    fn restart(&mut self) -> io::Result<()> {
        self.parts = None;
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut parts = match self.parts.take() {
            Some(parts) => parts,
            None => self.begin()?,
        };
        parts.index.write_all(bytes)?;
        parts.scan.push(bytes);
        self.parts = Some(parts);
        Ok(())
    }
}

impl Incoming {
    fn new(path: PathBuf, bounds: Bounds) -> Self {
        Incoming { path, bounds, parts: None, made: Vec::new() }
    }

    fn begin(&mut self) -> io::Result<Parts> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let mut missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        missing.reverse();
        fs::create_dir_all(folder)?;
        self.made.append(&mut missing);
        let side_car = side_car_path(&self.path).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Parts {
            index: cache::temporary(&self.path)?,
            scan: Scan::new(BufWriter::new(cache::temporary(&side_car)?), self.bounds),
        })
    }

    /// Puts what came into its place, if it is an index.
    fn keep(mut self, entry: &Entry, folder: &Path, fetched: Fetched, log: &mut dyn Log) -> Result<(), GoError> {
        let Some(Parts { mut index, scan }) = self.parts.take() else { return Err(GoError::new(EMPTY)) };
        let scanned = index::decided(scan, index.as_file_mut()).map_err(|problem| match problem {
            Problem::Text(error) => error,
            Problem::System(error) => path_error("write", &self.path, &error),
        })?;
        scanned.writer.warnings().iter().for_each(|warning| warning.tell(&entry.url, log));
        if !scanned.has_api_version {
            return Err(GoError::new(NO_API_VERSION));
        }
        let list: String = scanned.writer.names().flat_map(|name| [name, "\n"]).collect();
        // Helm does not mind when the list cannot be written.
        let _ = cache::write(&charts_path(folder, &entry.name), list.as_bytes());
        self.place(index, scanned, fetched).map_err(|error| path_error("open", &self.path, &error))?;
        self.made.clear();
        Ok(())
    }

    fn place(
        &self,
        index: NamedTempFile,
        scanned: Scanned<BufWriter<NamedTempFile>>,
        fetched: Fetched,
    ) -> io::Result<()> {
        let key = Key::of(index.as_file())?;
        let side_car = scanned.keep(&key, fetched)?.into_inner().map_err(io::IntoInnerError::into_error)?;
        cache::place(index, &self.path)?;
        if let Some(path) = side_car_path(&self.path) {
            // Without it the index is read once more.
            let _ = cache::place(side_car, &path);
        }
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.parts = None;
        // Where nothing came of it, the folders go too, as far as nobody else put something there.
        while let Some(folder) = self.made.pop() {
            if fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }
}

//! From archives to entries, several at a time.

use std::fs;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use chart::log::Log;
use chart::os_error::path_error;
use data_encoding::HEXLOWER;
use gostd::url::Url;
use gostd::{GoError, path};

use super::folder::Archive;
use super::recorder::Recorder;
use super::write::Form;
use super::{Item, write};
use crate::file::now;
use crate::index::Version;

/// Reading is half unpacking, half waiting for the disk; more do not help.
const MOST_THREADS: usize = 8;

/// What came of an archive: the name of the chart with its entry, nothing of what is no chart; an error as text.
type Outcome = Result<Option<(String, Item)>, String>;

/// Returns the entries of the archives that are charts, in their order.
pub fn all(archives: &[Archive], url: &str, form: Form, log: &mut dyn Log) -> Result<Vec<(String, Item)>, GoError> {
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<(usize, Outcome, Recorder)>> = Mutex::new(Vec::with_capacity(archives.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS).min(archives.len());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, archive)) = take(archives, &next) {
                    let mut said = Recorder::default();
                    let outcome = one(archive, url, form, &mut said).map_err(|error| error.text);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push((at, outcome, said));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcomes.sort_unstable_by_key(|(at, ..)| *at);
    let mut items = Vec::with_capacity(outcomes.len());
    for (_, outcome, said) in outcomes {
        said.tell(log);
        items.extend(outcome.map_err(GoError::new)?);
    }
    Ok(items)
}

fn take<'a>(archives: &'a [Archive], next: &AtomicUsize) -> Option<(usize, &'a Archive)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    archives.get(at).map(|archive| (at, archive))
}

fn one(archive: &Archive, url: &str, form: Form, log: &mut dyn Log) -> Result<Option<(String, Item)>, GoError> {
    let bytes = match fs::read(&archive.path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::IsADirectory => {
            // A chart's folder with this name is a chart, but has no sum.
            let chart = chart::load_any_version(&archive.path, log);
            return chart.map_or(Ok(None), |_| Err(path_error("read", &archive.path, &error)));
        }
        // What cannot be read is taken for no chart.
        Err(_) => return Ok(None),
    };
    let Ok(chart) = chart::load_archive(&bytes, log) else { return Ok(None) };
    let mut version = Version {
        metadata: chart.metadata().clone(),
        urls: Some(vec![url_of(archive, url)]),
        created: now(),
        digest: HEXLOWER.encode(digest(&SHA256, &bytes).as_ref()),
        ..Version::default()
    };
    version.check().map_err(|error| {
        let name = &archive.name;
        GoError::new(format!("failed adding to {name} to index: validate failed for {name}: {}", error.text))
    })?;
    let text = write::text(&version, form)?;
    Ok(Some((version.metadata.name, Item { version: version.metadata.version, text })))
}

/// Returns where an archive will be: below no URL, one of the folder itself is its name as it is (`IndexFile.MustAdd`).
fn url_of(archive: &Archive, url: &str) -> String {
    let parent = join(url, &archive.folder);
    if parent.is_empty() { archive.name.clone() } else { join(&parent, &archive.name) }
}

/// Joins a URL and a path (`urlutil.URLJoin`); of no URL it is the path.
fn join(url: &str, below: &str) -> String {
    let joined = |base: &[u8]| path::join(&[base, below.as_bytes()]);
    let text = match Url::parse(url.as_bytes()) {
        Ok(mut url) => {
            url.path = joined(&url.path);
            url.text()
        }
        Err(_) => joined(url.as_bytes()),
    };
    String::from_utf8_lossy(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn urls_of_archives() {
        for (url, below, joined) in [
            ("", "", ""),
            ("", "a.tgz", "a.tgz"),
            ("sub", "a.tgz", "sub/a.tgz"),
            ("http://h/charts/", "a.tgz", "http://h/charts/a.tgz"),
            ("http://h", "a.tgz", "http://h/a.tgz"),
            ("http://h?x=1", "a.tgz", "http://h/a.tgz?x=1"),
            ("%zz", "a.tgz", "%zz/a.tgz"),
        ] {
            assert_eq!(join(url, below), joined, "{url} {below}");
        }
    }
}

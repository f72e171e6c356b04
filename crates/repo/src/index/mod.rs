//! Indexes (`pkg/repo/v1/index.go`): which charts a repository has, in which versions.

mod catalogue;
mod item;
mod key;
mod order;
mod scan;
mod version;
mod warning;

use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chart::log::Log;
use chart::os_error::path_error;
use gostd::GoError;
use gostd::semver::{self, Constraints};

pub use catalogue::{Catalogue, Head, Place, RowRef};
pub use item::{Item, name_line};
pub use key::Key;
pub use scan::Bounds;
#[cfg(feature = "fuzzing")]
pub use scan::agreement::agree;
pub use version::{INDEX, VERSION, Version};
pub use warning::Warning;

pub(crate) use catalogue::Fetched;
pub(crate) use order::sort_newest_first;
pub(crate) use scan::{Problem, Scan, Scanned, decided};

use crate::cache;

/// An index in the cache. Its versions are read when they are asked for.
pub struct Index {
    /// Reading moves in it.
    file: Mutex<File>,
    key: Key,
    catalogue: Catalogue,
}

impl Index {
    /// Reads an index (`LoadIndexFile`), or what is kept of it when it is still the same file. Tells the log of entries
    /// that are left out.
    ///
    /// # Errors
    /// `open PATH: no such file or directory`; `error loading PATH: ` with `empty index.yaml file`, `no API version
    /// specified`, or what is wrong with the text.
    pub fn load(path: &Path, log: &mut dyn Log) -> Result<Self, GoError> {
        Index::open(path, log, |file, key| {
            let kept = cache::side_car_path(path).and_then(|side_car| Catalogue::open(&side_car, key));
            kept.map_or_else(|| scan::beside(file, path, key), Ok)
        })
    }

    /// Reads an index like [`Index::load`] where nothing may be left beside it: in a folder that is published.
    ///
    /// # Errors
    /// As [`Index::load`].
    pub fn load_without_trace(path: &Path, log: &mut dyn Log) -> Result<Self, GoError> {
        Index::open(path, log, scan::in_memory)
    }

    fn open(
        path: &Path,
        log: &mut dyn Log,
        catalogue: impl FnOnce(&mut File, &Key) -> Result<Catalogue, Problem>,
    ) -> Result<Self, GoError> {
        let mut file = File::open(path).map_err(|error| path_error("open", path, &error))?;
        let key = Key::of(&file).map_err(|error| path_error("stat", path, &error))?;
        let catalogue = catalogue(&mut file, &key).map_err(|problem| problem.told(path))?;
        let source = path.to_string_lossy();
        catalogue.warnings().iter().for_each(|warning| warning.tell(&source, log));
        match catalogue.has_api_version() {
            true => Ok(Index { file: Mutex::new(file), key, catalogue }),
            false => Err(loading(path, NO_API_VERSION)),
        }
    }

    /// Reports the names of the charts, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.catalogue.heads().map(|head| head.name)
    }

    /// Returns which file was read.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Returns what is kept for searching.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Finds a version of a chart (`IndexFile.Get`): the one with this very text, else the newest that meets it as a
    /// constraint; of no text, the newest that is no prerelease.
    ///
    /// # Errors
    /// `no chart name found`, `no chart version found`, `no chart version found for NAME-VERSION`, and of a constraint
    /// `improper constraint: …`.
    pub fn get(&self, name: &str, version: &str, log: &mut dyn Log) -> Result<Version, GoError> {
        let rows = self.versions(name)?;
        let position = pick(name, version, rows.iter().map(|(text, _)| text.as_str()), log)?;
        let (_, place) = rows.get(position).ok_or_else(|| GoError::new(NO_VERSION))?;
        self.version(place)
    }

    /// Returns all versions of a chart, the newest first, and where their texts are.
    ///
    /// # Errors
    /// `no chart name found`; of a file that changes while it is read, what is wrong then.
    pub fn versions(&self, name: &str) -> Result<Vec<(String, Place)>, GoError> {
        let head = self.catalogue.head(name).ok_or_else(|| GoError::new(NO_NAME))?;
        let mut rows = Vec::new();
        let gone_through = self.catalogue.each_row(&head, |row| {
            rows.push((row.version.to_owned(), row.place));
            ControlFlow::<()>::Continue(())
        });
        gone_through.map_err(|error| unreadable(&error)).map(|_| rows)
    }

    /// Reads a version from the index.
    ///
    /// # Errors
    /// Of a file that changes while it is read.
    pub fn version(&self, place: &Place) -> Result<Version, GoError> {
        let text = self.text(place)?;
        let mut version =
            scan::decode(&text, place.syntax)?.ok_or_else(|| GoError::new("an index changed while it was read"))?;
        version.complete();
        Ok(version)
    }

    /// Reads a version as it stands in the index; none of one that has no URL.
    ///
    /// # Errors
    /// Of a file that changes while it is read.
    pub fn item(&self, place: &Place) -> Result<Option<Item>, GoError> {
        Item::read(&self.text(place)?, place.syntax)
    }

    fn text(&self, place: &Place) -> Result<Vec<u8>, GoError> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.catalogue.text(place, &file).map_err(|error| unreadable(&error))
    }

    /// Goes through the URLs of all versions of all charts until `is_wanted`; reports whether that came.
    ///
    /// # Errors
    /// As [`Index::versions`].
    pub fn any_url(&self, mut is_wanted: impl FnMut(&str) -> bool) -> Result<bool, GoError> {
        for head in self.catalogue.heads() {
            if self.catalogue.any_url(&head, &mut is_wanted).map_err(|error| unreadable(&error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn unreadable(error: &io::Error) -> GoError {
    GoError::new(format!("cannot read an index: {error}"))
}

pub(crate) const NO_API_VERSION: &str = "no API version specified";
pub(crate) const EMPTY: &str = "empty index.yaml file";
const NO_NAME: &str = "no chart name found";
const NO_VERSION: &str = "no chart version found";

fn loading(path: &Path, text: &str) -> GoError {
    GoError::wrap(format!("error loading {}: {text}", path.display()), GoError::new(text))
}

/// Picks from versions in their order: the first with this very text, else the first that meets it as a constraint.
///
/// # Errors
/// As [`Index::get`].
pub fn pick<'a>(
    name: &str,
    wanted: &str,
    versions: impl Iterator<Item = &'a str> + Clone,
    log: &mut dyn Log,
) -> Result<usize, GoError> {
    if versions.clone().next().is_none() {
        return Err(GoError::new(NO_VERSION));
    }
    let constraint = Constraints::new(if wanted.is_empty() { b"*" } else { wanted.as_bytes() })?;
    if !wanted.is_empty()
        && let Some(same) = versions.clone().position(|version| version == wanted)
    {
        return Ok(same);
    }
    let meets = |version: &str| semver::Version::new(version.as_bytes()).is_ok_and(|v| constraint.check(&v));
    let found = versions.enumerate().find(|(_, version)| meets(version));
    let (position, selected) =
        found.ok_or_else(|| GoError::new(format!("no chart version found for {name}-{wanted}")))?;
    match wanted {
        "" => {}
        _ if is_range(wanted) => log.debug(
            "selected version matching constraint",
            &[("chart", name), ("constraint", wanted), ("selected", selected)],
        ),
        _ => log.warn(
            "unable to find exact version requested; falling back to closest available version",
            &[("chart", name), ("requested", wanted), ("selected", selected)],
        ),
    }
    Ok(position)
}

/// Reports a text that names more than one version (`isVersionRange`).
fn is_range(version: &str) -> bool {
    if version.contains(['^', '~', '<', '>', '=', '!', '*']) || version.contains("||") || version.contains(" - ") {
        return true;
    }
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.contains(['x', 'X'])
}

#[cfg(test)]
mod tests {
    use chart::log::Lines;

    use super::*;

    #[test]
    fn versions_are_picked_as_helm_does() {
        const FALLS_BACK: &str = "level=WARN msg=\"unable to find exact version requested; falling back to closest \
                                  available version\" chart=c requested=1.2 selected=1.2.3\n";
        let versions = ["2.0.0-rc.1", "1.2.3", "1.2.0+b", "v1.1.0", "0.9.0"];
        for (wanted, picked, said) in [
            ("", Ok("1.2.3"), ""),
            ("*", Ok("1.2.3"), ""),
            (">0.0.0-0", Ok("2.0.0-rc.1"), ""),
            ("2.0.0-rc.1", Ok("2.0.0-rc.1"), ""),
            ("1.2.0+b", Ok("1.2.0+b"), ""),
            ("1.2", Ok("1.2.3"), FALLS_BACK),
            ("1.x", Ok("1.2.3"), ""),
            ("<1.2", Ok("v1.1.0"), ""),
            ("3", Err("no chart version found for c-3"), ""),
            ("bad?", Err("improper constraint: \"bad?\""), ""),
        ] {
            let mut log = Lines::default();
            let position = pick("c", wanted, versions.into_iter(), &mut log).map_err(|e| e.text);
            let found = position.as_ref().map(|at| versions[*at]).map_err(String::as_str);
            assert_eq!(found, picked, "{wanted}");
            assert_eq!(String::from_utf8_lossy(&log.0), said, "{wanted}");
        }
        let none = pick("c", "", [].into_iter(), &mut Lines::default()).map_err(|e| e.text);
        assert_eq!(none, Err("no chart version found".to_owned()));
    }
}

//! Makes the index of a folder of packaged charts (`IndexDirectory`, `Merge`, `WriteFile` of `pkg/repo/v1/index.go`).
//!
//! An archive is read once, and only the text of its entry is kept.

mod archive;
mod folder;
mod merge;
mod recorder;
mod write;

use std::collections::BTreeMap;
use std::path::Path;

use chart::log::Log;
use chart::os_error::path_error;
use gostd::{GoError, semver};

use crate::index::{Index, sort_newest_first};
pub use write::Form;
pub(crate) use write::{Key, item_text, key_line};

/// An index that is being made.
pub struct Built {
    form: Form,
    charts: BTreeMap<String, Vec<Item>>,
}

/// A version of a chart: its text as it stands in the file.
pub(crate) struct Item {
    version: String,
    text: Vec<u8>,
}

impl Built {
    /// Makes an index without charts.
    pub fn new(form: Form) -> Self {
        Built { form, charts: BTreeMap::new() }
    }

    /// Makes the index of the archives of a folder and of the folders in it; `url` is where they will be. What is no chart is
    /// left out.
    ///
    /// # Errors
    /// What the system says of an archive; `failed adding to FILE to index: …`.
    pub fn of_folder(dir: &Path, url: &str, form: Form, log: &mut dyn Log) -> Result<Self, GoError> {
        let mut built = Built::new(form);
        for (name, item) in archive::all(&folder::archives(dir)?, url, form, log)? {
            built.charts.entry(name).or_default().push(item);
        }
        Ok(built)
    }

    /// Adds the versions of another index that are not there yet; one that meets an added version as a constraint is the
    /// same (`IndexFile.Has`).
    ///
    /// # Errors
    /// Of a file that changes while it is read.
    pub fn merge(&mut self, other: &Index, log: &mut dyn Log) -> Result<(), GoError> {
        merge::merge(self, other, log)
    }

    /// Writes the index, each chart's newest version first, whole or not at all.
    ///
    /// # Errors
    /// What the system says.
    pub fn save(&mut self, path: &Path) -> Result<(), GoError> {
        for items in self.charts.values_mut() {
            let mut numbered: Vec<_> = std::mem::take(items)
                .into_iter()
                .map(|item| (semver::Version::new(item.version.as_bytes()).ok(), item))
                .collect();
            sort_newest_first(&mut numbered, |(a, _), (b, _)| {
                a.as_ref().zip(b.as_ref()).map_or(std::cmp::Ordering::Equal, |(a, b)| a.compare(b))
            });
            *items = numbered.into_iter().map(|(_, item)| item).collect();
        }
        write::save(self, path).map_err(|error| path_error("open", path, &error))
    }
}

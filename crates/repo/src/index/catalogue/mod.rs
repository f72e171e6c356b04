//! What is kept of an index: what search shows of each version, where its text is, and its URLs. It is a side-car file
//! beside the index, or a text in memory where no file can be written.
//!
//! The rows of charts come first, each chart's URLs behind its rows; then the table (where the index comes from, warnings, a
//! head for each chart), then a footer that says where the table is. A file whose table is not whole, or whose key is
//! another, is no side-car.

mod code;
mod read;
mod write;

pub use read::{Catalogue, Head, RowRef};
pub use write::Writer;

use crate::index::Warning;

/// The form of the text of a version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    /// A sequence with one mapping.
    Yaml,
    Json,
}

/// Where the text of a version is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub syntax: Syntax,
    /// In the side-car instead of the index: what only the exact reader could read.
    pub is_own: bool,
    pub offset: u64,
    pub bytes: u32,
}

/// What is kept of a version.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Record {
    pub version: String,
    /// As Chart.yaml has it; nearly always that of the index.
    pub name: String,
    pub app_version: String,
    pub description: String,
    /// Separated by blanks.
    pub keywords: String,
    /// As they stand in the index.
    pub urls: Vec<String>,
}

impl Record {
    /// Returns how long its texts are.
    pub fn bytes(&self) -> usize {
        let urls: usize = self.urls.iter().map(|url| url.len() + size_of::<String>()).sum();
        let texts = [&self.version, &self.name, &self.app_version, &self.description, &self.keywords];
        texts.iter().map(|text| text.len()).sum::<usize>() + urls
    }
}

/// A version of a chart, to be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub record: Record,
    pub place: Place,
    /// A later row has the same version: a search by versions shows that one.
    pub is_shadowed: bool,
}

/// Where an index comes from, to ask whether it is still the same.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Fetched {
    pub url: String,
    pub etag: String,
    pub last_modified: String,
}

/// What stands in the table before the heads.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Summary {
    pub has_api_version: bool,
    pub fetched: Fetched,
    pub warnings: Vec<Warning>,
}

/// Changes with the format.
const MAGIC: &[u8; 8] = b"phindex1";

/// Key (three numbers), offset, length and check sum of the table, magic.
const FOOTER_BYTES: usize = 6 * 8 + MAGIC.len();

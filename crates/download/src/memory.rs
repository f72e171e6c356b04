//! What registries gave before: which tag was which chart of the cache of contents, so that it is found again without them.
//! One hidden file for a repository, `.registry-HASH.pilothouse`, beside the contents; Helm does not look at it.

use std::fs;
use std::path::{Path, PathBuf};

use gostd::GoError;
use registry::{ChartReference, Error, Reference, Tags};

use crate::digest::Digest;
use crate::getters::offline;
use crate::write;

/// A longer file is none of ours.
const BYTES: u64 = 1 << 20;
/// Tags of one repository; the oldest are forgotten.
const TAGS: usize = 4096;

/// A chart that was pulled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pulled {
    /// A version, with `+` as it is written in charts; empty if the chart was asked for by its digest alone.
    pub tag: String,
    /// Of the manifest, `sha256:…`.
    pub manifest: String,
    /// What the chart is kept under in the cache of contents.
    pub content: Digest,
}

/// What is known of one repository of a registry.
#[derive(Debug)]
pub struct Memory {
    file: PathBuf,
    repository: String,
    /// The newest last.
    pulled: Vec<Pulled>,
}

impl Memory {
    /// Reads what is known; nothing where there is no file, or one that cannot be understood.
    pub fn load(cache: &Path, repository: &str) -> Self {
        let name = format!(".registry-{}.pilothouse", Digest::of(repository.as_bytes()).hex());
        let (file, repository) = (cache.join(name), repository.to_owned());
        let is_short = fs::metadata(&file).is_ok_and(|info| info.len() <= BYTES);
        let text = if is_short { fs::read_to_string(&file).unwrap_or_default() } else { String::new() };
        let mut lines = text.lines();
        let pulled = match lines.next() == Some(&repository) {
            true => lines.filter_map(line).collect(),
            false => Vec::new(),
        };
        Memory { file, repository, pulled }
    }

    /// Remembers a chart, under its tag and its digest.
    ///
    /// # Errors
    /// Those of the system.
    pub fn remember(&mut self, new: Pulled) -> Result<(), GoError> {
        if self.pulled.last() == Some(&new) {
            return Ok(());
        }
        self.pulled.retain(|old| old.tag != new.tag || (new.tag.is_empty() && old.manifest != new.manifest));
        self.pulled.push(new);
        let first = self.pulled.len().saturating_sub(TAGS);
        self.pulled.drain(..first);
        let line = |Pulled { tag, manifest, content }: &Pulled| format!("{tag}\t{manifest}\t{}\n", content.hex());
        let lines: String = self.pulled.iter().map(line).collect();
        write::atomically(&self.file, format!("{}\n{lines}", self.repository).as_bytes())
    }

    pub fn of_tag(&self, tag: &str) -> Option<&Pulled> {
        let wanted = tag.replace('_', "+");
        self.pulled.iter().rev().find(|pulled| !wanted.is_empty() && pulled.tag == wanted)
    }

    pub fn of_manifest(&self, digest: &str) -> Option<&Pulled> {
        self.pulled.iter().rev().find(|pulled| pulled.manifest == digest)
    }
}

impl Tags for Memory {
    fn versions(&self, reference: &str) -> Result<Vec<String>, Error> {
        let tags: Vec<String> = self.pulled.iter().map(|pulled| pulled.tag.clone()).collect();
        let versions = registry::versions(&tags);
        if versions.is_empty() { Err(Error::new(offline(reference).text)) } else { Ok(versions) }
    }

    fn digest(&self, place: &Reference) -> Result<String, Error> {
        let known = self.of_tag(&place.reference).map(|pulled| pulled.manifest.clone());
        known.ok_or_else(|| Error::new(offline(&place.to_string()).text))
    }
}

/// Returns the name that a repository of a registry is remembered by: `host/path`.
pub fn repository(reference: &ChartReference) -> String {
    let Reference { registry, repository, .. } = &reference.place;
    format!("{registry}/{repository}")
}

fn line(text: &str) -> Option<Pulled> {
    let mut fields = text.split('\t');
    let (tag, manifest, content) = (fields.next()?, fields.next()?, fields.next()?);
    let content = Digest::parse(content).ok()??;
    Some(Pulled { tag: tag.to_owned(), manifest: manifest.to_owned(), content })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulled(tag: &str, manifest: &str, content: u8) -> Pulled {
        Pulled { tag: tag.to_owned(), manifest: manifest.to_owned(), content: Digest([content; 32]) }
    }

    #[test]
    fn the_newest_chart_of_a_tag_is_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let load = || Memory::load(folder.path(), "h/web");
        for new in [pulled("1.0.0", "a", 1), pulled("2.0.0+b", "b", 2), pulled("1.0.0", "c", 3), pulled("", "d", 4)] {
            load().remember(new).expect("written");
        }
        let memory = load();
        assert_eq!(memory.of_tag("1.0.0"), Some(&pulled("1.0.0", "c", 3)));
        assert_eq!(memory.of_tag("2.0.0_b"), Some(&pulled("2.0.0+b", "b", 2)));
        assert_eq!(memory.of_manifest("d"), Some(&pulled("", "d", 4)));
        assert_eq!((memory.of_manifest("a"), memory.of_tag("")), (None, None));
        assert_eq!(memory.versions("h/web").map_err(|e| e.text), Ok(vec!["2.0.0+b".to_owned(), "1.0.0".to_owned()]));
        assert!(Memory::load(folder.path(), "h/other").of_tag("1.0.0").is_none());
    }

    #[test]
    fn a_file_that_is_something_else_is_no_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = Memory::load(folder.path(), "h/web").file;
        for text in ["", "h/other\n1.0.0\ta\t00", "h/web\n1.0.0", "h/web\n1.0.0\ta\tzz\n", "\u{0}"] {
            fs::write(&file, text).expect("a file");
            assert!(Memory::load(folder.path(), "h/web").of_tag("1.0.0").is_none(), "{text:?}");
        }
    }
}

//! The cache of contents (Helm's `pkg/downloader/cache.go`): `ROOT/ab/abcd….chart`, with `.prov` beside it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::GoError;

use crate::digest::Digest;
use crate::write;

/// What a file of the cache holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Chart,
    Provenance,
}

/// A folder of charts under their hashes, which Helm shares.
pub struct ContentCache<'a> {
    root: &'a Path,
}

impl<'a> ContentCache<'a> {
    /// # Errors
    /// Helm's text where no folder was given.
    pub fn new(root: &'a Path) -> Result<Self, GoError> {
        match root.as_os_str().is_empty() {
            true => Err(GoError::new("content cache must be set")),
            false => Ok(ContentCache { root }),
        }
    }

    /// Returns the file, if there is one with content.
    ///
    /// # Errors
    /// There is a folder in its place, or nobody may look.
    pub fn get(&self, digest: &Digest, kind: Kind) -> Result<Option<PathBuf>, GoError> {
        let path = self.path(digest, kind);
        match fs::metadata(&path) {
            Ok(info) if info.is_dir() => Err(GoError::new("is a directory")),
            Ok(info) if info.len() == 0 => Ok(None),
            Ok(_) => Ok(Some(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(path_error("stat", &path, &error)),
        }
    }

    /// Returns the content of a file; what cannot be read is not there.
    pub fn read(&self, digest: &Digest, kind: Kind) -> Option<Vec<u8>> {
        let path = self.get(digest, kind).ok()??;
        fs::read(path).ok()
    }

    /// Keeps a content, and returns its file.
    ///
    /// # Errors
    /// Those of the system.
    pub fn put(&self, digest: &Digest, kind: Kind, content: &[u8]) -> Result<PathBuf, GoError> {
        let path = self.path(digest, kind);
        path.parent().map_or(Ok(()), write::folder)?;
        write::atomically(&path, content)?;
        Ok(path)
    }

    fn path(&self, digest: &Digest, kind: Kind) -> PathBuf {
        let extension = match kind {
            Kind::Chart => "chart",
            Kind::Provenance => "prov",
        };
        let hex = digest.hex();
        self.root.join(&hex[..2]).join(format!("{hex}.{extension}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_lie_where_helm_looks_for_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = ContentCache::new(folder.path()).expect("a cache");
        let digest = Digest::of(b"chart");
        assert_eq!(cache.get(&digest, Kind::Chart).expect("a look"), None);
        let path = cache.put(&digest, Kind::Chart, b"chart").expect("kept");
        let hex = digest.hex();
        assert_eq!(path, folder.path().join(format!("{}/{hex}.chart", &hex[..2])));
        assert_eq!(cache.get(&digest, Kind::Chart).expect("a look"), Some(path));
        assert_eq!(cache.read(&digest, Kind::Provenance), None);
    }

    #[test]
    fn empty_files_are_not_there_and_folders_are_errors() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = ContentCache::new(folder.path()).expect("a cache");
        let digest = Digest::of(b"chart");
        let path = cache.put(&digest, Kind::Chart, b"").expect("kept");
        assert_eq!(cache.get(&digest, Kind::Chart).expect("a look"), None);
        fs::remove_file(&path).and_then(|()| fs::create_dir(&path)).expect("a folder");
        assert_eq!(cache.get(&digest, Kind::Chart).map_err(|error| error.text), Err("is a directory".to_owned()));
        assert!(ContentCache::new(Path::new("")).is_err());
    }
}

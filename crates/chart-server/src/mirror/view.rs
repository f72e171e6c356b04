//! One index of ours and of another repository, on the disk: made text by text, never whole in memory.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use bytes::Bytes;
use chart_store::{Listed, Store};
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use gostd::semver::Version;
use repo::index::{Head, Index, Key, Place, name_line};
use tokio::sync::OnceCell;

use super::ours::Ours;
use super::upstream::Upstream;

/// What goes from the disk to a client at a time.
const PIECE_BYTES: usize = 128 * 1024;

/// An index of ours and theirs. Its files have no names: they go when nobody reads them any more.
pub struct View {
    /// Of which indexes it is made.
    pub parts: Parts,
    /// In quotes; other forms of the index need their own.
    pub etag: String,
    pub yaml: Kept,
    gzip: OnceCell<Kept>,
    folder: PathBuf,
}

/// Which index of theirs, and which of ours.
pub type Parts = (Key, String);

/// A text on the disk.
#[derive(Clone)]
pub struct Kept {
    file: Arc<File>,
    pub size: u64,
}

/// What a view is made of.
pub struct Sources<'a> {
    pub store: &'a Store,
    pub tenant: &'a str,
    pub upstream: &'a Upstream,
    pub index: &'a Index,
    pub folder: &'a Path,
}

impl View {
    /// Makes the index of both: of a version that both have, ours counts; theirs is shown when it is the same archive, so
    /// that nothing changes when a chart is fetched.
    ///
    /// # Errors
    /// Rows or indexes that cannot be read, a full disk.
    pub fn make(sources: &Sources<'_>, ours: Ours, local_tag: String) -> io::Result<Self> {
        let file = Arc::new(tempfile::tempfile_in(sources.folder)?);
        let mut out = Hashed { out: BufWriter::new(file.clone()), hash: Context::new(&SHA256), size: 0 };
        write(sources, ours, &mut out)?;
        let Hashed { out, hash, size } = out;
        out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let hash = HEXLOWER.encode(hash.finish().as_ref());
        let etag = format!("\"{}\"", hash.get(..32).unwrap_or_default());
        Ok(View {
            parts: (sources.index.key(), local_tag),
            etag,
            yaml: Kept { file, size },
            gzip: OnceCell::new(),
            folder: sources.folder.to_owned(),
        })
    }

    /// Returns the index as gzip: packed when the first one asks for it.
    ///
    /// # Errors
    /// A full disk.
    pub async fn gzip(&self) -> io::Result<Kept> {
        let pack = || async {
            let (yaml, folder) = (self.yaml.clone(), self.folder.clone());
            tokio::task::spawn_blocking(move || yaml.packed(&folder)).await.map_err(io::Error::other)?
        };
        self.gzip.get_or_try_init(pack).await.cloned()
    }
}

impl Kept {
    fn packed(&self, folder: &Path) -> io::Result<Kept> {
        let file = Arc::new(tempfile::tempfile_in(folder)?);
        let mut packer = GzEncoder::new(BufWriter::new(file.clone()), Compression::default());
        io::copy(&mut Reader { kept: self, at: 0 }, &mut packer)?;
        packer.finish()?.flush()?;
        let size = file.metadata()?.len();
        Ok(Kept { file, size })
    }

    /// Returns the text as the body of an answer.
    pub fn body(&self) -> Body {
        let start = (self.clone(), 0);
        Body::from_stream(futures_util::stream::try_unfold(start, |(kept, at)| async move {
            if at >= kept.size {
                return Ok::<_, io::Error>(None);
            }
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = vec![0; PIECE_BYTES];
                let length = Reader { kept: &kept, at }.read(&mut piece)?;
                piece.truncate(length);
                Ok::<_, io::Error>((Bytes::from(piece), kept))
            });
            let (piece, kept) = read.await.map_err(io::Error::other)??;
            match piece.len() as u64 {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                length => Ok(Some((piece, (kept, at + length)))),
            }
        }))
    }
}

struct Reader<'a> {
    kept: &'a Kept,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.kept.file.read_at(buffer, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

struct Hashed<W> {
    out: W,
    hash: Context,
    size: u64,
}

impl<W: Write> Hashed<W> {
    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        self.hash.update(text);
        self.size += text.len() as u64;
        self.out.write_all(text)
    }
}

fn write<W: Write>(sources: &Sources<'_>, mut ours: Ours, out: &mut Hashed<W>) -> io::Result<()> {
    const EMPTY: &[u8] = b"apiVersion: v1\nentries: {}\n";
    const HEAD: &[u8] = b"apiVersion: v1\nentries:\n";
    let mut writer = Writer { sources, out, has_head: false };
    for head in sources.index.catalogue().heads() {
        while let Some((name, versions)) = ours.before(Some(head.name)).map_err(io::Error::other)? {
            writer.chart(&name, versions, Vec::new(), HEAD)?;
        }
        let own = ours.of(head.name).map_err(io::Error::other)?;
        writer.chart(head.name, own, rows(sources.index, &head)?, HEAD)?;
    }
    while let Some((name, versions)) = ours.before(None).map_err(io::Error::other)? {
        writer.chart(&name, versions, Vec::new(), HEAD)?;
    }
    if !writer.has_head {
        out.put(EMPTY)?;
    }
    // As the index that it shows: with the time of each change of ours the text would be another after every fetch.
    let made_at = sources.index.key().modified_nanoseconds / 1_000_000;
    out.put(&sources.store.index_foot(i64::try_from(made_at).unwrap_or(i64::MAX)))
}

fn rows(index: &Index, head: &Head<'_>) -> io::Result<Vec<(String, Place)>> {
    let mut rows = Vec::new();
    index.catalogue().each_row(head, |row| {
        rows.push((row.version.to_owned(), row.place));
        ControlFlow::<()>::Continue(())
    })?;
    Ok(rows)
}

struct Writer<'a, W> {
    sources: &'a Sources<'a>,
    out: &'a mut Hashed<W>,
    has_head: bool,
}

/// A version to be written.
enum Line {
    Ours(Bytes),
    Theirs(Place),
}

impl<W: Write> Writer<'_, W> {
    fn chart(
        &mut self,
        name: &str,
        ours: Vec<Listed>,
        theirs: Vec<(String, Place)>,
        index_head: &[u8],
    ) -> io::Result<()> {
        let mut has_name = false;
        for (version, line) in self.lines(name, ours, theirs)? {
            let text = match line {
                Line::Ours(text) => text,
                Line::Theirs(place) => match self.theirs(name, &version, &place)? {
                    Some(text) => text.into(),
                    None => continue,
                },
            };
            if !self.has_head {
                self.out.put(index_head)?;
                self.has_head = true;
            }
            if !has_name {
                self.out.put(&name_line(name).map_err(|error| io::Error::other(error.text))?)?;
                has_name = true;
            }
            self.out.put(&text)?;
        }
        Ok(())
    }

    /// Puts the versions of a chart in order, the newest first.
    fn lines(&self, name: &str, ours: Vec<Listed>, theirs: Vec<(String, Place)>) -> io::Result<Vec<(String, Line)>> {
        let mut seen = HashSet::new();
        let shown_as_theirs = self.same(name, &ours, &theirs)?;
        let mut lines = Vec::with_capacity(ours.len() + theirs.len());
        for own in ours.into_iter().filter(|own| !shown_as_theirs.contains(&own.version)) {
            seen.insert(own.version.clone());
            lines.push((own.version, Line::Ours(own.entry)));
        }
        for (version, place) in theirs {
            if seen.insert(version.clone()) {
                lines.push((version, Line::Theirs(place)));
            }
        }
        // Stable: what is no version stays in the order of its index, at the end.
        lines.sort_by_cached_key(|(version, _)| Reverse(Version::new(version.as_bytes()).ok().map(Newer)));
        Ok(lines)
    }

    /// Finds the versions that are the same archive here and there.
    fn same(&self, name: &str, ours: &[Listed], theirs: &[(String, Place)]) -> io::Result<HashSet<String>> {
        let own: HashMap<&str, &str> = ours.iter().map(|own| (own.version.as_str(), own.digest.as_str())).collect();
        let mut same = HashSet::new();
        for (version, place) in theirs {
            if let Some(digest) = own.get(version.as_str())
                && self.item(name, version, place)?.is_some_and(|(_, remote)| remote.digest == *digest)
            {
                same.insert(version.clone());
            }
        }
        Ok(same)
    }

    fn item(
        &self,
        name: &str,
        version: &str,
        place: &Place,
    ) -> io::Result<Option<(repo::index::Item, super::upstream::Remote)>> {
        let item = self.sources.index.item(place).map_err(|error| io::Error::other(error.text))?;
        Ok(item.and_then(|item| {
            let remote = self.sources.upstream.remote(name, version, &item)?;
            Some((item, remote))
        }))
    }

    /// The text of a version of theirs, with our address.
    fn theirs(&self, name: &str, version: &str, place: &Place) -> io::Result<Option<Vec<u8>>> {
        let Some((item, remote)) = self.item(name, version, place)? else { return Ok(None) };
        let url = self.sources.store.url(self.sources.tenant, &remote.file);
        item.with_url(&url).map(Some).map_err(|error| io::Error::other(error.text))
    }
}

/// Versions in their order.
struct Newer(Version);

impl Ord for Newer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.compare(&other.0)
    }
}

impl PartialOrd for Newer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Newer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Newer {}

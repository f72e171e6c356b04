//! One index of ours and of another repository, on the disk: made text by text, never whole in memory.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::Body;
use bytes::Bytes;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use repo::index::Key;
use tokio::sync::OnceCell;

use super::json;
use super::merge::{Hashed, Sources, write};
use super::ours::Ours;

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
    json: OnceCell<Kept>,
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
            json: OnceCell::new(),
            folder: sources.folder.to_owned(),
        })
    }

    /// Returns the index as gzip: packed when the first one asks for it.
    ///
    /// # Errors
    /// A full disk.
    pub async fn gzip(&self) -> io::Result<Kept> {
        self.form(&self.gzip, Kept::packed).await
    }

    /// Returns the index as JSON: made when the first one asks for it.
    ///
    /// # Errors
    /// A full disk.
    pub async fn json(&self) -> io::Result<Kept> {
        self.form(&self.json, Kept::in_json).await
    }

    async fn form(&self, kept: &OnceCell<Kept>, make: fn(&Kept, &Path) -> io::Result<Kept>) -> io::Result<Kept> {
        let make = || async {
            let (yaml, folder) = (self.yaml.clone(), self.folder.clone());
            tokio::task::spawn_blocking(move || make(&yaml, &folder)).await.map_err(io::Error::other)?
        };
        kept.get_or_try_init(make).await.cloned()
    }
}

impl Kept {
    fn packed(&self, folder: &Path) -> io::Result<Kept> {
        let file = Arc::new(tempfile::tempfile_in(folder)?);
        let mut packer = GzEncoder::new(BufWriter::new(file.clone()), Compression::default());
        io::copy(&mut Reader { kept: self, at: 0 }, &mut packer)?;
        packer.finish()?.flush()?;
        Kept::of(file)
    }

    fn in_json(&self, folder: &Path) -> io::Result<Kept> {
        let file = Arc::new(tempfile::tempfile_in(folder)?);
        json::write(BufReader::new(Reader { kept: self, at: 0 }), BufWriter::new(file.clone()))?;
        Kept::of(file)
    }

    fn of(file: Arc<File>) -> io::Result<Kept> {
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

//! A content that someone may read.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::spool::one_piece;
use super::{Blobs, Pieces, Stamp, joined};
use crate::digest::Digest;
use crate::error::Error;

/// A content: what it is, and a way to its bytes.
#[derive(Clone)]
pub struct Blob {
    digest: Digest,
    size: u64,
    source: Source,
}

#[derive(Clone)]
enum Source {
    Memory(Bytes),
    Stored { blobs: Arc<Blobs>, key: String, stamp: Option<Stamp> },
}

impl Blob {
    pub(crate) fn in_memory(digest: Digest, bytes: Bytes) -> Self {
        Blob { digest, size: bytes.len() as u64, source: Source::Memory(bytes) }
    }

    pub(crate) fn stored(digest: Digest, size: u64, blobs: Arc<Blobs>, key: String) -> Self {
        Blob { digest, size, source: Source::Stored { blobs, key, stamp: None } }
    }

    /// A content in a file that others may change, which they had not at a moment (milliseconds since 1970).
    pub(crate) fn in_file(digest: Digest, size: u64, blobs: Arc<Blobs>, (key, modified): (String, i64)) -> Self {
        let stamp = Some(Stamp { size, modified });
        Blob { digest, size, source: Source::Stored { blobs, key, stamp } }
    }

    /// Returns the digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the bytes if they are in memory.
    pub fn ready(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Memory(bytes) => Some(bytes),
            Source::Stored { .. } => None,
        }
    }

    /// Returns all bytes in one piece, unless there are more than `limit`.
    ///
    /// # Errors
    /// It is too large, or the blob store failed.
    pub async fn bytes(&self, limit: u64) -> Result<Bytes, Error> {
        if self.size > limit {
            return Err(Error::TooLarge { limit });
        }
        match &self.source {
            Source::Memory(bytes) => Ok(bytes.clone()),
            Source::Stored { .. } => joined(self.pieces(0..self.size).await?).await,
        }
    }

    /// Returns a part of the content piece by piece; what is beyond its end is left out.
    ///
    /// # Errors
    /// The blob store failed before the first piece; later errors are in the stream.
    pub async fn pieces(&self, range: Range<u64>) -> Result<Pieces, Error> {
        let range = range.start.min(self.size)..range.end.min(self.size);
        match &self.source {
            Source::Memory(bytes) => {
                let (start, end) = (range.start as usize, range.end as usize);
                let part = if start < end { bytes.slice(start..end) } else { Bytes::new() };
                Ok(one_piece(part))
            }
            Source::Stored { blobs, key, stamp: None } => blobs.pieces(key, range).await,
            Source::Stored { blobs, key, stamp: Some(stamp) } => blobs.pieces_of_file(key, range, *stamp).await,
        }
    }
}

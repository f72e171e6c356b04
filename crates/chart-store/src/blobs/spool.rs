//! Bodies of requests on their way in: hashed as they come, small ones in memory, others in a file that goes away by
//! itself.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use tempfile::TempPath;

use super::Pieces;
use super::memory::{Counted, Memory, Share};
use crate::digest::{Algorithm, Digest, Hasher};
use crate::error::Error;

/// Bytes that stay in memory before there is a file: what one request may cost, and what one hop writes.
const MEMORY_BYTES: usize = 256 * 1024;
/// The same for bodies that come many at a time.
const SMALL_MEMORY_BYTES: usize = 32 * 1024;
/// The same where all bodies together take much.
const SHORT_MEMORY_BYTES: usize = 16 * 1024;

/// A body that is coming in.
pub struct Spool {
    folder: Arc<Path>,
    limit: u64,
    size: u64,
    hasher: Hasher,
    memory: Vec<u8>,
    memory_limit: usize,
    share: Share,
    may_wait: bool,
    file: Option<(File, TempPath)>,
}

/// A body that came in whole.
pub struct Spooled {
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    pub(crate) content: Content,
}

/// Where a body is.
pub(crate) enum Content {
    Memory(Bytes),
    File(File, TempPath),
    /// It has been placed in the blob store.
    Placed,
}

impl Spool {
    pub(crate) fn new(folder: Arc<Path>, memory: &Memory, algorithm: Algorithm, limit: u64) -> Self {
        let (hasher, share) = (Hasher::new(algorithm), memory.share());
        let (memory, memory_limit) = (Vec::new(), MEMORY_BYTES);
        Spool { folder, limit, size: 0, hasher, memory, memory_limit, share, may_wait: false, file: None }
    }

    /// Keeps less in memory, for more trips to the disk, and waits for it on this thread: for those without requests.
    pub fn frugal(mut self) -> Self {
        (self.memory_limit, self.may_wait) = (SMALL_MEMORY_BYTES, true);
        self
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// The body is larger than it may be, or the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.hasher.update(bytes);
        self.memory.extend_from_slice(bytes);
        self.share.set(self.memory.capacity());
        let is_short = self.share.is_short();
        let limit = if is_short { self.memory_limit.min(SHORT_MEMORY_BYTES) } else { self.memory_limit };
        if self.memory.len() > limit {
            self.flush().await?;
        }
        if is_short && self.memory.is_empty() {
            self.memory = Vec::new();
            self.share.set(0);
        }
        Ok(())
    }

    /// Returns how many bytes came so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Ends the body.
    ///
    /// # Errors
    /// The disk is full.
    pub async fn finish(mut self) -> Result<Spooled, Error> {
        if self.file.is_some() && !self.memory.is_empty() {
            self.flush().await?;
        }
        let content = match self.file {
            Some((file, path)) => Content::File(file, path),
            None => Content::Memory(Counted::with(self.memory, self.share)),
        };
        Ok(Spooled { digest: self.hasher.finish(), size: self.size, content })
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let memory = std::mem::take(&mut self.memory);
        let (file, folder) = (self.file.take(), self.folder.clone());
        let write = move || {
            let (mut file, path) = match file {
                Some(open) => open,
                None => tempfile::NamedTempFile::new_in(&folder)?.into_parts(),
            };
            file.write_all(&memory)?;
            Ok((file, path, memory))
        };
        let what = "write a body";
        let written = if self.may_wait { here(what, write) } else { blocking(what, write).await };
        let (file, path, mut memory) = written?;
        memory.clear();
        self.memory = memory;
        self.file = Some((file, path));
        Ok(())
    }
}

impl Spooled {
    /// Returns the digest of the body.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Returns the number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// A body that is in memory already.
    pub fn from_bytes(bytes: Bytes) -> Self {
        Spooled {
            digest: Digest::of(Algorithm::Sha256, &bytes),
            size: bytes.len() as u64,
            content: Content::Memory(bytes),
        }
    }
}

/// What is in memory already, as a stream.
pub fn one_piece(bytes: Bytes) -> Pieces {
    futures_util::stream::iter([Ok(bytes)]).boxed()
}

/// Reads a part of a body.
pub async fn read_at(file: &Arc<File>, range: Range<u64>) -> Result<Bytes, Error> {
    let file = file.clone();
    blocking("read a body", move || {
        let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(std::io::Error::other)?;
        let mut buffer = vec![0; length];
        file.read_exact_at(&mut buffer, range.start)?;
        Ok(buffer.into())
    })
    .await
}

/// Runs work that waits for the disk where it stops no other request.
pub async fn blocking<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let stopped = |_| Err(std::io::Error::other("the work was stopped"));
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(stopped);
    done.map_err(|error| Error::disk(format!("cannot {what}"), error))
}

/// Runs work that waits for the disk on this thread.
fn here<T>(what: &'static str, work: impl FnOnce() -> std::io::Result<T>) -> Result<T, Error> {
    work().map_err(|error| Error::disk(format!("cannot {what}"), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bodies_go_to_a_file_sooner_where_memory_is_short() {
        let folder = tempfile::tempdir().expect("a folder");
        let memory = Memory::default();
        let mut others = memory.share();
        for (held, bytes, is_file) in
            [(0, 250_000, false), (0, 300_000, true), (64 << 20, 15_000, false), (64 << 20, 40_000, true)]
        {
            others.set(held);
            let mut spool = Spool::new(folder.path().into(), &memory, Algorithm::Sha256, u64::MAX);
            let body: Vec<u8> = (0..bytes).map(|at: u32| (at >> 3) as u8).collect();
            for piece in body.chunks(10_000) {
                spool.write(piece).await.expect("room");
            }
            let spooled = spool.finish().await.expect("a body");
            assert_eq!((spooled.size, &spooled.digest), (body.len() as u64, &Digest::of(Algorithm::Sha256, &body)));
            match spooled.content {
                Content::File(file, _) => {
                    let read = read_at(&Arc::new(file), 0..spooled.size).await.expect("bytes");
                    assert!(is_file && read == body, "{bytes}");
                }
                Content::Memory(read) => assert!(!is_file && read == body, "{bytes}"),
                Content::Placed => panic!("it is nowhere yet"),
            }
        }
    }
}

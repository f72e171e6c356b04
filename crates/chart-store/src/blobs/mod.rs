//! Contents by key, in a folder or a bucket: placed whole, read in ranges, deleted, listed.
//!
//! What a key means is not known here; [`content_key`] says where contents are that are named by their digest.

mod blob;
mod buffers;
pub(crate) mod disk;
pub(crate) mod memory;
mod remote;
pub(crate) mod room;
mod spool;

use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::{BoxStream, StreamExt};
use tokio::sync::Notify;

use crate::config::{BlobPlace, Config, WORKING};
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use buffers::Buffers;
use memory::{Counted, Memory};
use remote::Remote;

pub use blob::Blob;
pub(crate) use spool::Content;
pub use spool::{Spool, Spooled};

/// Pieces of a content.
pub type Pieces = BoxStream<'static, Result<Bytes, Error>>;

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    pub size: u64,
    /// Milliseconds since 1970.
    pub modified: i64,
}

/// What a file of others was like when its content was read.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    pub size: u64,
    /// Milliseconds since 1970; the file is at least as old.
    pub modified: i64,
}

impl Stamp {
    fn check(self, size: u64, modified: i64) -> Result<(), Error> {
        if size == self.size && modified <= self.modified { Ok(()) } else { Err(Error::Changed) }
    }
}

/// What lies below a prefix.
pub struct Listing {
    /// In any order.
    pub objects: BoxStream<'static, Result<Object, Error>>,
    /// Keys of folders and files that cannot be looked at, and why: what is in them is not known.
    pub unreadable: Vec<(String, Error)>,
}

/// The blob store.
pub struct Blobs {
    place: Place,
    spool: Arc<Path>,
    memory: Memory,
    buffers: Buffers,
    changed: Notify,
}

enum Place {
    Disk(PathBuf),
    Remote(Remote),
}

/// Returns where a content is kept.
pub fn content_key(digest: &Digest) -> String {
    let hex = digest.hex();
    format!("blobs/{}/{}/{hex}", digest.algorithm().name(), hex.get(..2).unwrap_or("00"))
}

/// Reads all pieces into one.
pub(crate) async fn joined(pieces: Pieces) -> Result<Bytes, Error> {
    let mut pieces: Vec<Bytes> = pieces.try_collect().await?;
    match pieces.len() {
        1 => Ok(pieces.remove(0)),
        _ => Ok(pieces.concat().into()),
    }
}

impl Blobs {
    /// Opens the blob store and makes the folder for bodies under way.
    ///
    /// # Errors
    /// The folder cannot be made, or the URL of the bucket is not understood.
    pub fn open(config: &Config) -> Result<Self, Error> {
        let spool = config.working("spool");
        let made = std::fs::create_dir_all(&spool);
        made.map_err(|error| Error::disk(format!("cannot make {}", spool.display()), error))?;
        let place = match &config.blobs {
            BlobPlace::Folder => Place::Disk(config.folder.clone()),
            BlobPlace::Bucket { url, options } => Place::Remote(Remote::open(url, options)?),
        };
        let memory = Memory::default();
        let buffers = Buffers::new(&memory);
        Ok(Blobs { place, spool: spool.into(), memory, buffers, changed: Notify::new() })
    }

    /// Begins to take in a body of at most `limit` bytes.
    pub fn spool(&self, algorithm: Algorithm, limit: u64) -> Spool {
        Spool::new(self.spool.clone(), &self.memory, algorithm, limit)
    }

    /// Returns a text that nobody else has, on its way out: on the disk where memory is short.
    ///
    /// # Errors
    /// The disk is full.
    pub async fn outgoing(&self, text: Bytes) -> Result<Pieces, Error> {
        let mut share = self.memory.share();
        share.set(text.len());
        if !self.memory.is_short() {
            return Ok(spool::one_piece(Counted::with(text, share)));
        }
        let (folder, size) = (self.spool.clone(), text.len() as u64);
        let file = spool::blocking("write an answer", move || {
            let _share = share;
            let mut file = tempfile::tempfile_in(folder)?;
            file.write_all(&text)?;
            Ok(file)
        });
        Ok(disk::pieces_of(file.await?, 0..size, self.buffers.clone()))
    }

    /// Reads a body that came in.
    pub fn incoming(&self, body: Spooled) -> Pieces {
        match body.content {
            Content::Memory(bytes) => spool::one_piece(bytes),
            Content::File(file, _path) => disk::pieces_of(file, 0..body.size, self.buffers.clone()),
            Content::Placed => futures_util::stream::iter([Err(Error::Busy)]).boxed(),
        }
    }

    /// Removes what bodies of earlier processes left, if it was written before a moment (milliseconds since 1970).
    pub async fn clear_spool(&self, before: i64) -> Result<(), Error> {
        disk::clear(self.spool.to_path_buf(), before).await
    }

    /// Puts a content where it stays; it is on the disk when this returns.
    ///
    /// # Errors
    /// The disk is full, the store failed, or [`Error::Busy`] when the content has been placed before.
    pub async fn place(&self, content: &mut Content, key: &str) -> Result<(), Error> {
        match &self.place {
            Place::Disk(root) => disk::place(root, &self.spool, content, key).await,
            Place::Remote(remote) => remote.place(content, key).await,
        }
    }

    /// Returns the pieces of a part of an object.
    ///
    /// # Errors
    /// It is not there, or the store failed.
    pub async fn pieces(&self, key: &str, range: Range<u64>) -> Result<Pieces, Error> {
        match &self.place {
            Place::Disk(root) => disk::pieces(root.join(key), range, self.buffers.clone(), None).await,
            Place::Remote(remote) => remote.pieces(key, range, None).await,
        }
    }

    /// Returns the pieces of a part of a file that others may change.
    ///
    /// # Errors
    /// As [`Blobs::pieces`]; [`Error::Changed`] if they have.
    pub async fn pieces_of_file(&self, key: &str, range: Range<u64>, stamp: Stamp) -> Result<Pieces, Error> {
        let pieces = match &self.place {
            Place::Disk(root) => disk::pieces(root.join(key), range, self.buffers.clone(), Some(stamp)).await,
            Place::Remote(remote) => remote.pieces(key, range, Some(stamp)).await,
        };
        if matches!(pieces, Err(Error::Changed | Error::Unknown(_))) {
            self.changed.notify_one();
        }
        pieces
    }

    /// Waits until a file of others is found changed, or gone.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns a part of an object in one piece; who keeps it makes a copy, which may take less room.
    ///
    /// # Errors
    /// As [`Blobs::pieces`].
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Bytes, Error> {
        joined(self.pieces(key, range).await?).await
    }

    /// Deletes an object; one that is not there is none the worse.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match &self.place {
            Place::Disk(root) => disk::delete(root.join(key)).await,
            Place::Remote(remote) => remote.delete(key).await,
        }
    }

    /// Returns an object, or `None` when it is not there.
    pub async fn object(&self, key: &str) -> Result<Option<Object>, Error> {
        match &self.place {
            Place::Disk(root) => disk::object(root, key).await,
            Place::Remote(remote) => remote.object(key).await,
        }
    }

    /// Returns the objects below a prefix, which ends at a `/` or is empty.
    pub async fn objects(&self, prefix: &str) -> Result<Listing, Error> {
        match &self.place {
            Place::Disk(root) => disk::objects(root.clone(), prefix).await,
            Place::Remote(remote) => Ok(Listing { objects: remote.objects(prefix), unreadable: Vec::new() }),
        }
    }

    /// Checks that contents can be kept: there is room for bodies, and a small object is written and deleted.
    pub async fn check(&self, name: &str) -> Result<(), Error> {
        disk::check_room(self.spool.to_path_buf()).await?;
        let key = format!("{WORKING}/checks/{name}");
        self.place(&mut Content::Memory(Bytes::from_static(b"ok")), &key).await?;
        self.delete(&key).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn answers_go_by_the_disk_where_memory_is_short() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::open(&Config::folder(folder.path())).expect("a blob store");
        let text: Bytes = (0..100_000_u32).map(|at| (at >> 4) as u8).collect::<Vec<u8>>().into();
        let mut others = blobs.memory.share();
        for (held, count) in [(0, 1), (64 << 20, 7)] {
            others.set(held);
            let pieces: Vec<Bytes> =
                blobs.outgoing(text.clone()).await.expect("room").try_collect().await.expect("bytes");
            assert_eq!((pieces.len(), pieces.concat()), (count, text.to_vec()));
        }
        drop(others);
        let one = blobs.outgoing(text.clone()).await.expect("room");
        let large = blobs.outgoing(vec![0; 40 << 20].into()).await.expect("room");
        drop(large);
        assert_eq!(joined(one).await.expect("bytes"), text);
        assert!(!blobs.memory.is_short());
    }
}

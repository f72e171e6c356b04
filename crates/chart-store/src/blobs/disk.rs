//! Contents in a folder: written, flushed to the disk, and only then given their name.

use std::fs::{self, File};
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};

use super::buffers::Buffers;
use super::spool::{Content, blocking};
use super::{Listing, Object, Pieces, Stamp};
use crate::error::{Error, Missing};

/// A disk with less than this is full.
const SPARE_BYTES: u64 = 512 * 1024;
/// Folders inside each other that a listing goes into.
const DEPTH_LIMIT: usize = 64;

/// Moves a content to its place; content and name are on the disk when this returns.
pub async fn place(root: &Path, spool: &Path, content: &mut Content, key: &str) -> Result<(), Error> {
    let (target, spool) = (root.join(key), spool.to_owned());
    match std::mem::replace(content, Content::Placed) {
        Content::Placed => Err(Error::Busy),
        Content::Memory(bytes) => {
            *content = Content::Memory(bytes.clone());
            blocking("write a blob", move || {
                let (mut file, path) = tempfile::NamedTempFile::new_in(spool)?.into_parts();
                file.write_all(&bytes)?;
                settle(&file, path, &target)
            })
            .await
        }
        Content::File(file, path) => blocking("write a blob", move || settle(&file, path, &target)).await,
    }
}

fn settle(file: &File, path: tempfile::TempPath, target: &Path) -> io::Result<()> {
    file.sync_all()?;
    let folder = target.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    path.persist(target)?;
    File::open(folder)?.sync_all()
}

/// Makes a folder whose name is on the disk too.
fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let above = folder.parent().ok_or(error)?;
            make_folder(above)?;
            make_folder(folder)
        }
        Err(error) => Err(error),
        Ok(()) => match folder.parent() {
            Some(above) => File::open(above)?.sync_all(),
            None => Ok(()),
        },
    }
}

/// Reads a part of a file piece by piece, if it is still as it was where that is said.
pub async fn pieces(path: PathBuf, range: Range<u64>, buffers: Buffers, stamp: Option<Stamp>) -> Result<Pieces, Error> {
    let first = range.start..range.end.min(range.start.saturating_add(buffers.piece_bytes()));
    let opened = tokio::task::spawn_blocking(move || {
        let file = File::open(path)?;
        if let Some(stamp) = stamp {
            let now = described(String::new(), &file.metadata()?);
            if let Err(changed) = stamp.check(now.size, now.modified) {
                return Ok(Err(changed));
            }
        }
        let file = Arc::new(Open { file, buffers });
        let piece = file.piece(first)?;
        Ok(Ok((file, piece)))
    });
    let (file, first) = match opened.await {
        Ok(Ok(opened)) => opened?,
        Ok(Err(error)) if is_missing(&error) => return Err(Error::Unknown(Missing::File)),
        Ok(Err(error)) => return Err(Error::disk("cannot read a blob", error)),
        Err(_) => return Err(Error::Busy),
    };
    let rest = range.start + first.len() as u64..range.end;
    Ok(stream::iter([Ok(first)]).chain(file.read(rest)).boxed())
}

/// Reads an open file piece by piece.
pub fn pieces_of(file: File, range: Range<u64>, buffers: Buffers) -> Pieces {
    Arc::new(Open { file, buffers }).read(range)
}

/// A file that is read, and the buffers that its pieces are in.
struct Open {
    file: File,
    buffers: Buffers,
}

impl Open {
    /// Reads a part piece by piece.
    fn read(self: Arc<Self>, range: Range<u64>) -> Pieces {
        let pieces = stream::try_unfold((self, range), |(file, rest)| async move {
            if rest.is_empty() {
                return Ok(None);
            }
            let next = rest.start..rest.end.min(rest.start + file.buffers.piece_bytes());
            let piece = match file.ready_piece(next.clone()) {
                Some(piece) => piece,
                None => {
                    let reader = file.clone();
                    blocking("read a blob", move || reader.piece(next)).await?
                }
            };
            let rest = rest.start + piece.len() as u64..rest.end;
            Ok(Some((piece, (file, rest))))
        });
        pieces.boxed()
    }

    /// Reads what the system has in its memory, perhaps less than was asked for; nothing where it would wait for the disk, or
    /// cannot tell. Most of what is served lies in that memory, and another thread for each piece would cost more than the
    /// piece.
    #[cfg(target_os = "linux")]
    fn ready_piece(&self, range: Range<u64>) -> Option<Bytes> {
        use rustix::io::{ReadWriteFlags, preadv2};
        let read = |buffer: &mut [u8]| {
            let slices = &mut [io::IoSliceMut::new(buffer)];
            preadv2(&self.file, slices, range.start, ReadWriteFlags::NOWAIT).ok().filter(|read| *read > 0).ok_or(())
        };
        self.buffers.piece(length(&range).ok()?, read).ok()
    }

    /// Only Linux can be asked not to wait.
    #[cfg(not(target_os = "linux"))]
    fn ready_piece(&self, _: Range<u64>) -> Option<Bytes> {
        None
    }

    fn piece(&self, range: Range<u64>) -> io::Result<Bytes> {
        self.buffers.piece(length(&range)?, |buffer| {
            self.file.read_exact_at(buffer, range.start)?;
            Ok(buffer.len())
        })
    }
}

fn length(range: &Range<u64>) -> io::Result<usize> {
    usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)
}

/// Checks that there is room for something: the last blocks of a disk may hold what is written to try it, and no change of
/// the rows.
pub async fn check_room(folder: PathBuf) -> Result<(), Error> {
    blocking("look at the disk", move || {
        let disk = rustix::fs::statvfs(&folder)?;
        // What is kept for root may be ours. Some file systems do not say how much there is.
        match disk.f_blocks > 0 && disk.f_bfree.saturating_mul(disk.f_frsize) < SPARE_BYTES {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    })
    .await
}

pub async fn delete(path: PathBuf) -> Result<(), Error> {
    blocking("delete a blob", move || match fs::remove_file(path) {
        Err(error) if is_missing(&error) => Ok(()),
        done => done,
    })
    .await
}

pub async fn object(root: &Path, key: &str) -> Result<Option<Object>, Error> {
    let (path, key) = (root.join(key), key.to_owned());
    blocking("look at a blob", move || match fs::metadata(path) {
        Err(error) if is_missing(&error) => Ok(None),
        Ok(metadata) if !metadata.is_file() => Ok(None),
        found => found.map(|metadata| Some(described(key, &metadata))),
    })
    .await
}

/// Removes files of a folder that were written before a moment.
pub async fn clear(folder: PathBuf, before: i64) -> Result<(), Error> {
    blocking("clear the spool", move || {
        for entry in fs::read_dir(folder)?.flatten() {
            let old = entry.metadata().is_ok_and(|metadata| described(String::new(), &metadata).modified <= before);
            if old {
                // What cannot be removed now is removed another time.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    })
    .await
}

/// A name in a file's place, or a name that no file can have, is no file either.
fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::InvalidFilename
            | io::ErrorKind::IsADirectory
    )
}

fn described(key: String, metadata: &fs::Metadata) -> Object {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified = modified.and_then(|age| i64::try_from(age.as_millis()).ok()).unwrap_or_default();
    Object { key, size: metadata.len(), modified }
}

/// Lists files below a folder; links are not followed. One folder that cannot be read hides no other.
pub async fn objects(root: PathBuf, prefix: &str) -> Result<Listing, Error> {
    let prefix = prefix.to_owned();
    let found = blocking("list blobs", move || {
        let mut walk = Walk { root: &root, found: Vec::new(), unreadable: Vec::new() };
        walk.folder(prefix.trim_end_matches('/'), DEPTH_LIMIT)?;
        Ok((walk.found, walk.unreadable))
    });
    let (found, unreadable) = found.await?;
    let told = |(key, error)| (key, Error::disk("cannot look at it", error));
    Ok(Listing {
        objects: stream::iter(found.into_iter().map(Ok)).boxed(),
        unreadable: unreadable.into_iter().map(told).collect(),
    })
}

struct Walk<'a> {
    root: &'a Path,
    found: Vec<Object>,
    unreadable: Vec<(String, io::Error)>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &str, depth: usize) -> io::Result<()> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Err(error) if is_missing(&error) => return Ok(()),
            entries => entries?,
        };
        if depth == 0 {
            return Err(io::Error::other(format!("folders are nested more than {DEPTH_LIMIT} deep")));
        }
        for entry in entries {
            let entry = entry?;
            // A name that is no text is none of ours.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let key = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if let Err(error) = self.entry(&entry, &key, depth) {
                self.unreadable.push((key, error));
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &fs::DirEntry, key: &str, depth: usize) -> io::Result<()> {
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => self.folder(key, depth - 1),
            Ok(metadata) if metadata.is_file() => {
                self.found.push(described(key.to_owned(), &metadata));
                Ok(())
            }
            // It went while we looked.
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error),
            Ok(_) => Ok(()),
        }
    }
}

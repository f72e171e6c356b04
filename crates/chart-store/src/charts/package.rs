//! From the bytes of an archive to what the store keeps of it.

use std::io::{BufRead, BufReader, Read, Seek};

use chart::Inspected;

use crate::blobs::room::Room;
use crate::blobs::{Content, Spooled};
use crate::digest::Digest;
use crate::error::Error;
use crate::names;
use crate::store::{Store, now};

use super::entry;

/// Stack of each thread that reads charts: they may nest as deep as Go's limits allow. Only what is used is ever committed.
pub const STACK_BYTES: usize = 256 << 20;

/// What is known of a package that was checked.
#[derive(Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub file: String,
    pub digest: Digest,
    pub size: u64,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Chart.yaml as JSON.
    pub metadata: String,
    /// Its entry in an index, as YAML below its name.
    pub entry: String,
    /// The room that both texts take on their way in.
    #[expect(dead_code, reason = "it is given back when this is dropped")]
    pub room: Option<Room>,
}

impl Package {
    /// Checks what an archive says of its chart.
    ///
    /// # Errors
    /// It is no chart, its folder has another name, or its name and version make no name of a file.
    pub fn new(inspected: Inspected, digest: &Digest, size: u64, created: i64) -> Result<Package, Error> {
        let metadata = inspected.metadata;
        let file = names::file(&metadata.name, &metadata.version)?;
        if inspected.folder != metadata.name {
            let (folder, name) = (&inspected.folder, &metadata.name);
            return Err(Error::invalid(format!(
                "folder {folder:?} of the archive and chart name {name:?} must be the same"
            )));
        }
        let mut json = Vec::new();
        metadata.append_json(&mut json).map_err(Error::of_go)?;
        let json = String::from_utf8(json).map_err(|_| Error::invalid("Chart.yaml is no text"))?;
        let entry = entry::yaml(&metadata, &file, created, digest.hex())?;
        let (name, version) = (metadata.name, metadata.version);
        Ok(Package { name, version, file, digest: digest.clone(), size, created, metadata: json, entry, room: None })
    }

    /// Returns how many bytes of text there are.
    pub fn text_bytes(&self) -> usize {
        self.metadata.len() + self.entry.len()
    }
}

impl Store {
    /// Reads and checks an archive, away from the requests; few at a time. Who has the package must not ask for another one.
    pub(crate) async fn inspect(&self, spooled: Spooled, created: i64) -> Result<(Package, Spooled), Error> {
        let _turn = self.inner.inspections.acquire().await.map_err(|_| Error::Busy)?;
        let work = tokio::task::spawn_blocking(move || read(spooled, created));
        let (package, spooled) = work.await.map_err(|_| Error::Busy)??;
        Ok((self.with_room(package).await?, spooled))
    }

    /// Gives a package room until it is kept: thousands of definitions of a kilobyte may wait for the rows, but few of a
    /// megabyte. Who comes in between has a turn of the inspections, and keeps others from them.
    async fn with_room(&self, package: Package) -> Result<Package, Error> {
        let room = self.inner.coming.take(package.text_bytes()).await?;
        Ok(Package { room: Some(room), ..package })
    }

    /// Reads and checks an archive for somebody who counts what waits, on this thread; that waits for its turn among the
    /// others unless the archive is small.
    pub(crate) fn inspect_here(
        &self,
        spooled: Spooled,
        created: i64,
        handle: &tokio::runtime::Handle,
    ) -> Result<(Package, Spooled), Error> {
        if let Some(package) = read_small(&spooled, created) {
            return Ok((package?, spooled));
        }
        let _turn = handle.block_on(self.inner.inspections.acquire()).map_err(|_| Error::Busy)?;
        apart(move || read_large(spooled, created))
    }

    /// Reads and checks an archive that is kept already, piece by piece.
    pub(crate) async fn inspect_kept(&self, blob: crate::Blob) -> Result<Package, Error> {
        self.inspect_kept_at(blob, now()).await
    }

    /// Reads and checks an archive that has been kept since `created`.
    pub(crate) async fn inspect_kept_at(&self, blob: crate::Blob, created: i64) -> Result<Package, Error> {
        let _turn = self.inner.inspections.acquire().await.map_err(|_| Error::Busy)?;
        let pieces = blob.pieces(0..blob.size()).await?;
        let handle = tokio::runtime::Handle::current();
        let (digest, size) = (blob.digest().clone(), blob.size());
        let read = move || {
            let reader = Pieces { pieces, handle, piece: bytes::Bytes::new(), failed: None };
            let mut reader = BufReader::new(reader);
            let package = inspected(&mut reader).and_then(|found| Package::new(found, &digest, size, created));
            match reader.into_inner().failed {
                // What could not be read says nothing of the archive.
                Some(error) => Err(error),
                None => package,
            }
        };
        let work = tokio::task::spawn_blocking(move || apart(read));
        self.with_room(work.await.map_err(|_| Error::Busy)??).await
    }
}

fn read(spooled: Spooled, created: i64) -> Result<(Package, Spooled), Error> {
    if let Some(package) = read_small(&spooled, created) {
        return Ok((package?, spooled));
    }
    apart(move || read_large(spooled, created))
}

/// Reads and checks an archive if it is small, and is a chart.
fn read_small(spooled: &Spooled, created: i64) -> Option<Result<Package, Error>> {
    let Content::Memory(bytes) = &spooled.content else { return None };
    let found = chart::inspect_small(bytes)?;
    Some(Package::new(found, &spooled.digest, spooled.size, created))
}

fn read_large(mut spooled: Spooled, created: i64) -> Result<(Package, Spooled), Error> {
    let found = match &mut spooled.content {
        Content::Memory(bytes) => inspected(&bytes[..]),
        Content::File(file, _) => {
            file.rewind().map_err(|error| Error::disk("cannot read a body", error))?;
            inspected(BufReader::new(&*file))
        }
        Content::Placed => Err(Error::Busy),
    }?;
    Ok((Package::new(found, &spooled.digest, spooled.size, created)?, spooled))
}

/// Works on a thread that ends with the work, and waits for it: the memory of a thread that stays stays with it, which is
/// tens of megabytes after a large definition, for each thread that ever had one.
fn apart<T: Send>(work: impl FnOnce() -> Result<T, Error> + Send) -> Result<T, Error> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("inspection".to_owned()).stack_size(STACK_BYTES);
        let begun = thread.spawn_scoped(scope, work);
        let begun = begun.map_err(|error| Error::disk("cannot start a thread", error))?;
        begun.join().map_err(|_| Error::Busy)?
    })
}

fn inspected(input: impl BufRead) -> Result<Inspected, Error> {
    chart::inspect(input).map_err(Error::of_go)
}

/// A stream of pieces as a reader for work that may wait.
struct Pieces {
    pieces: crate::blobs::Pieces,
    handle: tokio::runtime::Handle,
    piece: bytes::Bytes,
    failed: Option<Error>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        use futures_util::StreamExt;
        while self.piece.is_empty() {
            match self.handle.block_on(self.pieces.next()) {
                None => return Ok(0),
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(error)) => {
                    let text = error.to_string();
                    self.failed = Some(error);
                    return Err(std::io::Error::other(text));
                }
            }
        }
        let length = buffer.len().min(self.piece.len());
        let piece = self.piece.split_to(length);
        buffer.iter_mut().zip(piece.as_ref()).for_each(|(to, from)| *to = *from);
        Ok(length)
    }
}

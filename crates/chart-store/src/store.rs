//! The store: opened once, shared by all requests.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::Semaphore;

use crate::blobs::room::{Housed, Rooms};
use crate::blobs::{Blob, Blobs, Content, Pieces, Spool, Spooled, content_key, joined};
use crate::cache::Cache;
use crate::charts::Package;
use crate::config::{Config, IndexSettings, RowPlace};
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::index::{Catalogue, Index, Latest};
use crate::registry::{Manifest, NewBlob};
use crate::rows::{Change, Row, Rows};

/// Contents up to this size are kept in rows: an object of their own would cost two flushes of the disk, or a request
/// to the bucket; four pages in the rows cost less.
pub(crate) const INLINE_BYTES: u64 = 16 * 1024;
/// Indexes in memory, and lists of charts, beside those that were asked for last.
const INDEX_BYTES: u64 = 48 * 1024 * 1024;
const CATALOGUE_BYTES: u64 = 16 * 1024 * 1024;
/// What is kept in memory of manifests, of packages and of what was read from archives.
const MANIFEST_CACHE_BYTES: usize = 4 * 1024 * 1024;
const PACKAGE_CACHE_BYTES: usize = 8 * 1024 * 1024;
const DEFINITION_CACHE_BYTES: usize = 1024 * 1024;
/// Packages larger than this are read from their place each time.
const CACHED_PACKAGE_BYTES: u64 = 256 * 1024;
/// Archives that are unpacked at a time: it takes a processor, and hostile ones take it for long.
const INSPECTIONS: usize = 2;
/// Manifests and provenance files that are taken in at a time: two of the largest.
const DOCUMENT_BYTES: usize = 8 * 1024 * 1024;
/// What was read from archives that are taken in at a time: thousands of usual ones, and some eight of the largest.
const COMING_BYTES: usize = 16 * 1024 * 1024;
/// How often something is tried that the collection of garbage was in the way of.
const ATTEMPTS: usize = 8;

/// What a statement selects of a content `b` for [`Store::blob`]: with its file, and when that was written.
macro_rules! select_content {
    ($rest:literal) => {
        concat!(
            "SELECT b.digest, b.size, b.path, COALESCE((SELECT i.modified FROM imported i WHERE i.path = b.path), 0), \
                b.body FROM ",
            $rest
        )
    };
}
pub(crate) use select_content;

/// Charts and registry of a server. Copies are the same store.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub blobs: Arc<Blobs>,
    pub rows: Rows,
    pub index_settings: IndexSettings,
    pub indexes: Latest<Index>,
    pub catalogues: Latest<Catalogue>,
    pub manifests: Cache<Arc<Manifest>>,
    pub packages: Cache<Blob>,
    pub definitions: Cache<Arc<Package>>,
    pub inspections: Semaphore,
    /// Room for manifests and provenance files on their way in. Who has some may wait for `coming`, not the other way
    /// round.
    pub documents: Rooms,
    /// Room for what was read from archives, on its way in.
    pub coming: Rooms,
}

impl Inner {
    /// Says that what was made of rows is made of old ones.
    pub fn rows_changed(&self) {
        self.indexes.changed();
        self.catalogues.changed();
    }
}

impl Store {
    /// Opens a store, or makes it.
    ///
    /// # Errors
    /// The folder, bucket or database cannot be used, or another process has the folder.
    pub async fn open(config: Config) -> Result<Store, Error> {
        let made = std::fs::create_dir_all(&config.folder);
        made.map_err(|error| Error::disk(format!("cannot make {}", config.folder.display()), error))?;
        let blobs = Blobs::open(&config)?;
        let rows = match &config.rows {
            RowPlace::File => Rows::sqlite(&config.folder).await?,
            RowPlace::Postgres(url) => Rows::postgres(url).await?,
        };
        if rows.is_exclusive() {
            // Nobody else has bodies under way.
            blobs.clear_spool(i64::MAX).await?;
        }
        Ok(Store {
            inner: Arc::new(Inner {
                blobs: Arc::new(blobs),
                rows,
                index_settings: config.index,
                indexes: Latest::new(INDEX_BYTES),
                catalogues: Latest::new(CATALOGUE_BYTES),
                manifests: Cache::new(MANIFEST_CACHE_BYTES),
                packages: Cache::new(PACKAGE_CACHE_BYTES),
                definitions: Cache::new(DEFINITION_CACHE_BYTES),
                inspections: Semaphore::new(INSPECTIONS),
                documents: Rooms::new(DOCUMENT_BYTES),
                coming: Rooms::new(COMING_BYTES),
            }),
        })
    }

    /// Begins to take in a body of at most `limit` bytes.
    pub fn spool(&self, algorithm: Algorithm, limit: u64) -> Spool {
        self.inner.blobs.spool(algorithm, limit)
    }

    /// Brings a body into memory, as soon as there is room for it there: until nobody has a part of it any more.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn load(&self, body: Spooled) -> Result<Bytes, Error> {
        let room = self.inner.documents.take(usize::try_from(body.size).unwrap_or(usize::MAX)).await?;
        Ok(Housed::with(joined(self.inner.blobs.incoming(body)).await?, room))
    }

    /// Returns a text that was made for one client, on its way out: on the disk where memory is short.
    ///
    /// # Errors
    /// The disk is full.
    pub async fn outgoing(&self, text: Bytes) -> Result<Pieces, Error> {
        self.inner.blobs.outgoing(text).await
    }

    /// Checks that rows can be read and contents written.
    ///
    /// # Errors
    /// What fails.
    pub async fn check(&self) -> Result<(), Error> {
        self.inner.rows.row("SELECT name FROM store", &[]).await?;
        let name = format!("{}-{}", self.inner.rows.name(), std::process::id());
        self.inner.blobs.check(&name).await
    }

    /// Ends what is under way and closes the rows.
    pub async fn close(&self) {
        self.inner.rows.close().await;
    }

    /// Runs work to its end even if who asked for it goes away: what is remembered must follow what was committed.
    pub(crate) async fn whole<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        tokio::spawn(work).await.map_err(|_| Error::Busy)?
    }

    /// Makes a change and forgets what was remembered of its scopes (repositories and tenants).
    pub(crate) async fn change<C: Change>(&self, scopes: &[&str], change: C) -> Result<C::Done, Error> {
        let done = self.inner.rows.change(change).await;
        for scope in scopes {
            self.inner.manifests.forget(scope);
            self.inner.packages.forget(scope);
        }
        self.inner.rows_changed();
        done
    }

    /// Makes a change that needs contents: they are placed first, again if garbage collection took them away meanwhile.
    pub(crate) async fn change_with<C: Change>(
        &self,
        scopes: &[&str],
        contents: &mut [Spooled],
        change: impl Fn(Vec<NewBlob>) -> C,
    ) -> Result<C::Done, Error> {
        for _ in 1..ATTEMPTS {
            let mut placed = Vec::with_capacity(contents.len());
            for content in contents.iter_mut() {
                placed.push(self.place(content).await?);
            }
            match self.change(scopes, change(placed)).await {
                Err(Error::Busy) => {}
                done => return done,
            }
        }
        Err(Error::Busy)
    }

    /// Brings a content to where it stays, unless it is there.
    async fn place(&self, spooled: &mut Spooled) -> Result<NewBlob, Error> {
        let new = |body, placed| NewBlob { digest: spooled.digest.clone(), size: spooled.size, body, placed };
        if let Content::Memory(bytes) = &spooled.content
            && spooled.size <= INLINE_BYTES
        {
            return Ok(new(Some(bytes.clone()), false));
        }
        for attempt in 0..ATTEMPTS {
            // A file that others may remove is no place for what is sent to us.
            let sql =
                "SELECT CASE WHEN state = 0 AND path IS NOT NULL THEN 2 ELSE state END FROM blobs WHERE digest = $1";
            let row = self.inner.rows.row(sql, &[spooled.digest.as_str().into()]).await?;
            match row.map(|mut row| row.int()).transpose()? {
                Some(0) => return Ok(new(None, false)),
                // A collection is deleting it, perhaps in another process: it tells by the row alone.
                Some(1) => tokio::time::sleep(Duration::from_millis(10 << attempt)).await,
                _ => {
                    let key = content_key(&spooled.digest);
                    self.inner.blobs.place(&mut spooled.content, &key).await?;
                    return Ok(NewBlob {
                        digest: spooled.digest.clone(),
                        size: spooled.size,
                        body: None,
                        placed: true,
                    });
                }
            }
        }
        Err(Error::Busy)
    }

    /// Waits until a file that was imported is found changed, or gone: what is known of it should be read anew.
    pub async fn changed_by_hand(&self) {
        self.inner.blobs.changed().await;
    }

    /// Makes a readable content of the cells of a row that was selected by `select_content!`.
    pub(crate) fn blob(&self, row: &mut Row) -> Result<Blob, Error> {
        let digest: Digest = row.text()?.parse().map_err(|_| Error::torn("read a digest"))?;
        let size = row.size()?;
        let (path, modified) = (row.maybe_text()?, row.int()?);
        let blobs = || self.inner.blobs.clone();
        Ok(match (row.maybe_bytes()?, path) {
            (Some(body), _) => Blob::in_memory(digest, body.into()),
            (None, Some(path)) => Blob::in_file(digest, size, blobs(), (path, modified)),
            (None, None) => {
                let key = content_key(&digest);
                Blob::stored(digest, size, blobs(), key)
            }
        })
    }

    /// Reads a package into memory if it is small enough to be kept there.
    pub(crate) async fn warmed(&self, blob: Blob) -> Result<Blob, Error> {
        if blob.ready().is_some() || blob.size() > CACHED_PACKAGE_BYTES {
            return Ok(blob);
        }
        let bytes = blob.bytes(CACHED_PACKAGE_BYTES).await?;
        Ok(Blob::in_memory(blob.digest().clone(), Bytes::copy_from_slice(&bytes)))
    }
}

/// Returns milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

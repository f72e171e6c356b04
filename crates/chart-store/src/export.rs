//! Packages out of the store, as ChartMuseum and people keep them: `TENANT/NAME-VERSION.tgz`. The way back is the import.

use std::path::{Component, Path};
use std::sync::Arc;

use futures_util::TryStreamExt;

use crate::blobs::memory::Memory;
use crate::blobs::{Blob, Spool, disk};
use crate::error::{Error, Missing};
use crate::rows::Arg;
use crate::store::Store;

/// Tenants that are read at a time.
const TENANTS: u64 = 1000;
/// Names of files that are read at a time.
const FILES: i64 = 1000;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub packages: u64,
    /// Provenance files beside them.
    pub provenances: u64,
}

impl Store {
    /// Writes all packages and provenance files below a folder, each whole or not at all; files of these names are replaced.
    /// Charts that come or go meanwhile are there or not.
    ///
    /// # Errors
    /// The folder cannot be written, rows or blob store failed, or a content is not what it was.
    pub async fn export(&self, folder: &Path) -> Result<Exported, Error> {
        let made = std::fs::create_dir_all(folder);
        made.map_err(|error| Error::disk(format!("cannot make {}", folder.display()), error))?;
        let staging = tempfile::Builder::new().prefix(".export-").tempdir_in(folder);
        let staging = staging.map_err(|error| Error::disk(format!("cannot write to {}", folder.display()), error))?;
        let export = Export { store: self, folder, staging: staging.path().into() };
        let (mut exported, mut last) = (Exported::default(), None);
        loop {
            let tenants = self.tenants(last.as_deref(), TENANTS).await?;
            for tenant in &tenants {
                export.tenant(tenant, &mut exported).await?;
            }
            match tenants.into_iter().next_back() {
                Some(tenant) => last = Some(tenant),
                None => return Ok(exported),
            }
        }
    }
}

struct Export<'a> {
    store: &'a Store,
    folder: &'a Path,
    /// Where files are that are not whole yet.
    staging: Arc<Path>,
}

impl Export<'_> {
    async fn tenant(&self, tenant: &str, exported: &mut Exported) -> Result<(), Error> {
        let mut last = String::new();
        loop {
            let sql = "SELECT v.file, v.provenance FROM versions v JOIN tenants t ON v.tenant = t.id \
                WHERE t.name = $1 AND v.file > $2 ORDER BY v.file LIMIT $3";
            let rows = self.store.inner.rows.rows(sql, &[tenant.into(), (&last).into(), Arg::Int(FILES)]).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for mut row in rows {
                last = row.text()?;
                exported.packages += self.file(tenant, &last).await?;
                if row.maybe_text()?.is_some() {
                    exported.provenances += self.file(tenant, &format!("{last}.prov")).await?;
                }
            }
        }
    }

    /// Writes a file; returns how many there were: none if it was deleted meanwhile.
    async fn file(&self, tenant: &str, file: &str) -> Result<u64, Error> {
        let key = if tenant.is_empty() { file.to_owned() } else { format!("{tenant}/{file}") };
        // Names were checked when they came; what leaves the folder would be a broken row.
        if !Path::new(&key).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(Error::torn("read the name of a file"));
        }
        match self.store.file(tenant, file).await {
            Ok(blob) => self.write(&blob, &key).await.map(|()| 1),
            Err(Error::Unknown(Missing::File)) => Ok(0),
            Err(error) => Err(error),
        }
    }

    async fn write(&self, blob: &Blob, key: &str) -> Result<(), Error> {
        let mut spool = Spool::new(self.staging.clone(), &Memory::default(), blob.digest().algorithm(), u64::MAX);
        let mut pieces = blob.pieces(0..blob.size()).await?;
        while let Some(piece) = pieces.try_next().await? {
            spool.write(&piece).await?;
        }
        let mut spooled = spool.finish().await?;
        if spooled.digest() != blob.digest() {
            return Err(Error::Blobs { what: format!("cannot export {key}"), source: Box::new(Error::Mismatch) });
        }
        disk::place(self.folder, &self.staging, &mut spooled.content, key).await
    }
}

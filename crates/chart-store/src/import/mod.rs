//! Packages that lie in the folder or bucket by themselves, as ChartMuseum keeps them: `TENANT/NAME-VERSION.tgz`. They
//! stay where they are; rows point at them.

mod changes;

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::blobs::{Object, Spooled};
use crate::charts::{Package, check_tenant};
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Missing};
use crate::names;
use crate::registry::table::NewBlob;
use crate::store::Store;

use self::changes::{Forget, Left, Take};

/// Packages that are read at a time: each is streamed, changes wait for the disk together.
const AT_ONCE: usize = 16;
/// Bytes of a provenance file.
const PROVENANCE_BYTES: u64 = 1024 * 1024;
/// What is ours in a folder or bucket.
const OWN: [&str; 4] = ["blobs/", "uploads/", "spool/", "checks/"];

/// What an import found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Packages that are new, or have changed.
    pub added: u64,
    pub unchanged: u64,
    /// Packages that are gone.
    pub removed: u64,
    /// Files that are no charts, or whose version came by an upload: with the reason.
    pub skipped: Vec<(String, String)>,
}

/// What is known of a package since the last import.
struct Known {
    size: u64,
    modified: i64,
}

enum Outcome {
    Added,
    Unchanged,
    Skipped(String, Error),
}

impl Store {
    /// Takes in the packages below a prefix (empty, or ending at a `/`), and takes out those that are gone. What has not
    /// changed since the last time is not read.
    ///
    /// # Errors
    /// Rows or blob store failed. Files that are no charts are skipped.
    pub async fn import(&self, prefix: &str) -> Result<Imported, Error> {
        let mut known = self.known(prefix).await?;
        let mut listing = self.inner.blobs.objects(prefix).await?;
        let (mut packages, mut provenances) = (Vec::new(), HashMap::new());
        while let Some(object) = listing.try_next().await? {
            if OWN.iter().any(|own| object.key.starts_with(own)) {
                continue;
            }
            if object.key.ends_with(".tgz") {
                packages.push(object);
            } else if let Some(package) = object.key.strip_suffix(".prov") {
                provenances.insert(package.to_owned(), object);
            }
        }
        let found = packages.into_iter().map(|package| {
            let provenance = provenances.remove(&package.key);
            let known = known.remove(&package.key);
            (package, provenance, known)
        });
        let found: Vec<_> = found.collect();
        let outcomes = stream::iter(found)
            .map(|(package, provenance, known)| self.import_one(prefix, package, provenance, known))
            .buffer_unordered(AT_ONCE);
        let counted = outcomes.try_fold(Imported::default(), |mut imported, outcome| async move {
            match outcome {
                Outcome::Added => imported.added += 1,
                Outcome::Unchanged => imported.unchanged += 1,
                Outcome::Skipped(path, error) => imported.skipped.push((path, error.to_string())),
            }
            Ok(imported)
        });
        let mut imported = counted.await?;
        imported.skipped.sort();
        for path in known.into_keys() {
            imported.removed += u64::from(self.forget(prefix, path).await?);
        }
        Ok(imported)
    }

    async fn known(&self, prefix: &str) -> Result<HashMap<String, Known>, Error> {
        let sql = "SELECT path, size, modified FROM imported";
        let rows = self.inner.rows.rows(sql, &[]).await?.into_iter();
        let rows = rows.map(|mut row| Ok((row.text()?, Known { size: row.size()?, modified: row.int()? })));
        let mut known = rows.collect::<Result<HashMap<String, Known>, Error>>()?;
        known.retain(|path, _| path.starts_with(prefix));
        Ok(known)
    }

    async fn import_one(
        &self,
        prefix: &str,
        object: Object,
        provenance: Option<Object>,
        known: Option<Known>,
    ) -> Result<Outcome, Error> {
        // A provenance file that comes later changes the sum.
        let size = object.size + provenance.as_ref().map_or(0, |provenance| provenance.size);
        let modified = object.modified.max(provenance.as_ref().map_or(0, |provenance| provenance.modified));
        if known.as_ref().is_some_and(|known| known.size == size && known.modified == modified) {
            return Ok(Outcome::Unchanged);
        }
        let path = object.key.clone();
        match self.import_changed(prefix, object, provenance, (size, modified)).await {
            Ok(()) => Ok(Outcome::Added),
            Err(error @ (Error::Invalid(_) | Error::Exists(_) | Error::TooLarge { .. })) => {
                if known.is_some() {
                    // What was in it before is not there any more.
                    self.forget(prefix, path.clone()).await?;
                }
                Ok(Outcome::Skipped(path, error))
            }
            // Deleted while we looked: the next import sees it.
            Err(error @ Error::Unknown(Missing::File)) => Ok(Outcome::Skipped(path, error)),
            Err(error) => Err(error),
        }
    }

    async fn import_changed(
        &self,
        prefix: &str,
        object: Object,
        provenance: Option<Object>,
        (size, modified): (u64, i64),
    ) -> Result<(), Error> {
        let tenant = tenant_of(prefix, &object.key)?;
        let (digest, package) = self.read_package(&object).await?;
        let provenance = match provenance {
            Some(provenance) if provenance.size <= PROVENANCE_BYTES => {
                let text = self.inner.blobs.read(&provenance.key, 0..provenance.size).await?;
                Some(NewBlob::inline(&Spooled::from_bytes(text.clone()), text))
            }
            _ => None,
        };
        let change = Take { tenant: tenant.clone(), path: object.key, size, modified, digest, package, provenance };
        let (store, repository) = (self.clone(), names::repository(&tenant, &change.package.name));
        self.whole(async move {
            if let Some(left) = store.change(&[&repository, &tenant], change).await? {
                store.forget_left(&tenant, &left);
            }
            Ok(())
        })
        .await
    }

    /// Contents may have moved, those of other tenants too.
    fn forget_left(&self, tenant: &str, left: &Left) {
        self.inner.packages.clear();
        if let Some(chart) = &left.chart {
            self.inner.manifests.forget(&names::repository(tenant, chart));
        }
    }

    /// Reads a package twice: for its digest, and for what is in it.
    async fn read_package(&self, object: &Object) -> Result<(Digest, Package), Error> {
        let mut pieces = self.inner.blobs.pieces(&object.key, 0..object.size).await?;
        let mut hasher = crate::digest::Hasher::new(Algorithm::Sha256);
        let (mut only, mut count) = (bytes::Bytes::new(), 0);
        while let Some(piece) = pieces.try_next().await? {
            hasher.update(&piece);
            count += 1;
            only = piece;
        }
        let digest = hasher.finish();
        let blob = match count {
            // One piece is all of it.
            1 => crate::Blob::in_memory(digest.clone(), only),
            _ => crate::Blob::stored(digest.clone(), object.size, self.inner.blobs.clone(), object.key.clone()),
        };
        let mut package = self.inspect_kept_at(blob, object.modified).await?;
        package.size = object.size;
        Ok((digest, package))
    }

    async fn forget(&self, prefix: &str, path: String) -> Result<bool, Error> {
        let tenant = tenant_of(prefix, &path)?;
        let store = self.clone();
        self.whole(async move {
            let left = store.inner.rows.change(Forget { tenant: tenant.clone(), path }).await?;
            if let Some(left) = &left {
                store.forget_left(&tenant, left);
            }
            store.inner.rows_changed();
            Ok(left.is_some_and(|left| left.chart.is_some()))
        })
        .await
    }
}

/// The folder below the prefix.
fn tenant_of(prefix: &str, path: &str) -> Result<String, Error> {
    let below = path.strip_prefix(prefix).unwrap_or(path);
    let tenant = below.rsplit_once('/').map_or("", |(tenant, _)| tenant);
    check_tenant(tenant)?;
    Ok(tenant.to_owned())
}

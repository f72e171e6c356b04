//! Packages that lie in the folder or bucket by themselves, as ChartMuseum keeps them: `TENANT/NAME-VERSION.tgz`. They
//! stay where they are; rows point at them.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::blobs::{Object, Spooled};
use crate::charts::{Package, Place, check_tenant, put_version, remove_everywhere, tie, version_of};
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Missing};
use crate::names;
use crate::registry::table::{self, NewBlob};
use crate::rows::{Arg, Change, Tx};
use crate::store::{Store, now};

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
        if known.is_some_and(|known| known.size == size && known.modified == modified) {
            return Ok(Outcome::Unchanged);
        }
        let path = object.key.clone();
        match self.import_changed(prefix, object, provenance, (size, modified)).await {
            Ok(()) => Ok(Outcome::Added),
            Err(error @ (Error::Invalid(_) | Error::Exists(_) | Error::TooLarge { .. })) => {
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
        self.whole(async move { store.change(&[&repository, &tenant], change).await }).await
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
            let forget = Forget { tenant: tenant.clone(), path };
            let gone = store.inner.rows.change(forget).await?;
            if let Some(name) = &gone {
                store.inner.manifests.forget(&names::repository(&tenant, name));
                store.inner.packages.forget(&tenant);
            }
            store.inner.indexes.changed();
            Ok(gone.is_some())
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

/// Takes a package in, where it is.
struct Take {
    tenant: String,
    path: String,
    size: u64,
    modified: i64,
    digest: Digest,
    package: Package,
    provenance: Option<NewBlob>,
}

impl Change for Take {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let (now, package) = (now(), &self.package);
        let place = Place::hold(tx, &self.tenant, now).await?;
        let before = version_of(tx, place.tenant, &package.name, &package.version).await?;
        if let Some(before) = &before
            && before.archive != self.digest.as_str()
            && !self.is_own(tx, &before.archive).await?
        {
            return Err(Error::Exists(package.file.clone()));
        }
        self.keep(tx, now).await?;
        if let Some(provenance) = &self.provenance {
            table::keep_blob(tx, provenance, now).await?;
        }
        let piece = self.provenance.as_ref();
        let piece = piece.map(|blob| crate::charts::Piece { digest: &blob.digest, size: blob.size });
        let manifest = tie(tx, &place, &self.tenant, package, piece).await?;
        let provenance = self.provenance.as_ref().map(|blob| &blob.digest);
        put_version(tx, &place, package, provenance, manifest.as_deref()).await?;
        let sql = "INSERT INTO imported (path, size, modified, digest, tenant, name, version) VALUES ($1, $2, $3, $4, $5, \
            $6, $7) ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified = excluded.modified, \
            digest = excluded.digest, name = excluded.name, version = excluded.version";
        let args = [
            (&self.path).into(),
            number(self.size)?,
            self.modified.into(),
            self.digest.as_str().into(),
            place.tenant.into(),
            (&package.name).into(),
            (&package.version).into(),
        ];
        tx.execute(sql, &args).await.map(drop)
    }
}

impl Take {
    /// The version came from this file before.
    async fn is_own(&self, tx: &mut Tx, archive: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM imported WHERE path = $1 AND digest = $2";
        Ok(tx.row(sql, &[(&self.path).into(), archive.into()]).await?.is_some())
    }

    /// Writes the row of the content, which points at the file unless the content is elsewhere too.
    async fn keep(&self, tx: &mut Tx, now: i64) -> Result<(), Error> {
        // What was in the file before is nowhere now; nobody may take the file for it.
        let sql = "DELETE FROM blobs WHERE digest IN (SELECT digest FROM imported WHERE path = $1) AND path = $1 AND \
            digest <> $2";
        tx.execute(sql, &[(&self.path).into(), self.digest.as_str().into()]).await?;
        let sql = "INSERT INTO blobs (digest, size, state, touched, path) VALUES ($1, $2, 0, $3, $4) ON CONFLICT (digest) \
            DO UPDATE SET touched = excluded.touched, state = 0, \
            path = CASE WHEN blobs.state = 0 THEN blobs.path ELSE excluded.path END";
        let args = [self.digest.as_str().into(), number(self.package.size)?, now.into(), (&self.path).into()];
        tx.execute(sql, &args).await.map(drop)
    }
}

fn number(number: u64) -> Result<Arg<'static>, Error> {
    i64::try_from(number).map(Arg::Int).map_err(|_| Error::torn("keep a size"))
}

/// Takes a package out whose file is gone; returns the name of its chart if it was in the index.
struct Forget {
    tenant: String,
    path: String,
}

impl Change for Forget {
    type Done = Option<String>;

    async fn apply(&self, tx: &mut Tx) -> Result<Option<String>, Error> {
        let path = Arg::from(&self.path);
        let row = tx.row("SELECT digest, name, version FROM imported WHERE path = $1", &[path]).await?;
        let Some(mut row) = row else { return Ok(None) };
        let (digest, name, version) = (row.text()?, row.text()?, row.text()?);
        tx.execute("DELETE FROM imported WHERE path = $1", &[path]).await?;
        let there = tx.execute("DELETE FROM blobs WHERE digest = $1 AND path = $2", &[(&digest).into(), path]).await?;
        if there == 0 {
            // The content is elsewhere too, or the version was deleted.
            return Ok(None);
        }
        let place = Place::hold(tx, &self.tenant, now()).await?;
        let found = version_of(tx, place.tenant, &name, &version).await?;
        if found.is_none_or(|found| found.archive != digest) {
            return Ok(None);
        }
        remove_everywhere(tx, &place, &self.tenant, (&name, &version)).await?;
        Ok(Some(name))
    }
}

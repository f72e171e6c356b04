//! Packages that lie in the folder or bucket by themselves, as ChartMuseum keeps them: `TENANT/NAME-VERSION.tgz`. They
//! stay where they are; rows point at them.

mod changes;

use std::collections::{HashMap, HashSet};
use std::io;

use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::blobs::{Listing, Object, Spooled};
use crate::charts::{Package, check_tenant};
use crate::config::WORKING;
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Missing};
use crate::names;
use crate::registry::table::NewBlob;
use crate::store::Store;

use self::changes::{Forget, Signed, Take};

/// Packages that are read at a time: each is streamed, changes wait for the disk together.
const AT_ONCE: usize = 16;
/// Bytes of a provenance file.
const PROVENANCE_BYTES: u64 = 1024 * 1024;
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
    /// Files and folders that cannot be read, with the reason. What was known of them stays as it was.
    pub unreadable: Vec<(String, String)>,
}

impl Imported {
    fn note(&mut self, path: String, error: &Error) {
        match std::error::Error::source(error).filter(|_| is_of_a_file(error)) {
            Some(source) => self.unreadable.push((path, format!("{error}: {source}"))),
            None => self.skipped.push((path, error.to_string())),
        }
    }
}

/// What is known of a package since the last import.
#[derive(PartialEq, Eq)]
struct Known {
    size: u64,
    modified: i64,
}

impl Known {
    /// A provenance file that comes later changes the sum.
    fn of(package: &Object, provenance: Option<&Object>) -> Known {
        let (size, modified) = provenance.map_or((0, 0), |provenance| (provenance.size, provenance.modified));
        Known { size: package.size + size, modified: package.modified.max(modified) }
    }
}

enum Outcome {
    /// Perhaps without its provenance file, if that cannot be read.
    Added(Option<(String, Error)>),
    Unchanged,
    Skipped(String, Error),
}

impl Store {
    /// Takes in the packages below a prefix (empty, or ending at a `/`), and takes out those that are gone. What has not
    /// changed since the last time is not read.
    ///
    /// # Errors
    /// Rows or blob store failed. What is no chart, or cannot be read, is skipped.
    pub async fn import(&self, prefix: &str) -> Result<Imported, Error> {
        let mut known = self.known(prefix).await?;
        let Listing { mut objects, unreadable } = self.inner.blobs.objects(prefix).await?;
        let (mut packages, mut provenances) = (Vec::new(), HashMap::new());
        while let Some(object) = objects.try_next().await? {
            // Contents, and parts of them, have no names that end like this.
            if object.key.split('/').next() == Some(WORKING) {
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
                Outcome::Added(skipped) => {
                    imported.added += 1;
                    skipped.into_iter().for_each(|(path, error)| imported.note(path, &error));
                }
                Outcome::Unchanged => imported.unchanged += 1,
                Outcome::Skipped(path, error) => imported.note(path, &error),
            }
            Ok(imported)
        });
        let mut imported = counted.await?;
        let mut hidden = HashSet::new();
        for (path, error) in unreadable {
            imported.note(path.clone(), &error);
            hidden.insert(path);
        }
        imported.skipped.sort();
        imported.unreadable.sort();
        for path in known.into_keys().filter(|path| !is_below(path, &hidden)) {
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
        let mut known_as = Known::of(&object, provenance.as_ref());
        if known.as_ref() == Some(&known_as) {
            return Ok(Outcome::Unchanged);
        }
        let (mut signed, mut skipped) = (Signed::No, None);
        if let Some(signature) = provenance {
            signed = match self.read_provenance(&signature).await {
                Ok(None) => Signed::No,
                Ok(Some(text)) => Signed::By(NewBlob::inline(&Spooled::from_bytes(text.clone()), text)),
                Err(error) if is_of_a_file(&error) => {
                    // Else it would not be tried again.
                    known_as = Known::of(&object, None);
                    skipped = Some((signature.key, error));
                    Signed::Unreadable
                }
                Err(error) => return Err(error),
            };
        }
        let path = object.key.clone();
        match self.import_changed(prefix, object, signed, known_as).await {
            Ok(()) => Ok(Outcome::Added(skipped)),
            Err(error @ (Error::Invalid(_) | Error::Exists(_) | Error::TooLarge { .. })) => {
                if known.is_some() {
                    // What was in it before is not there any more.
                    self.forget(prefix, path.clone()).await?;
                }
                Ok(Outcome::Skipped(path, error))
            }
            // The next import looks again.
            Err(error) if is_of_a_file(&error) => Ok(Outcome::Skipped(path, error)),
            Err(error) => Err(error),
        }
    }

    /// Reads a provenance file; one that is too large to be one is none.
    async fn read_provenance(&self, provenance: &Object) -> Result<Option<bytes::Bytes>, Error> {
        if provenance.size > PROVENANCE_BYTES {
            return Ok(None);
        }
        self.inner.blobs.read(&provenance.key, 0..provenance.size).await.map(Some)
    }

    async fn import_changed(
        &self,
        prefix: &str,
        object: Object,
        provenance: Signed,
        Known { size, modified }: Known,
    ) -> Result<(), Error> {
        let tenant = tenant_of(prefix, &object.key)?;
        let (digest, package) = self.read_package(&object).await?;
        let change = Take { tenant: tenant.clone(), path: object.key, size, modified, digest, package, provenance };
        let (store, repository) = (self.clone(), names::repository(&tenant, &change.package.name));
        self.whole(async move {
            if store.change(&[&repository, &tenant], change).await?.is_some() {
                store.forget_left();
            }
            Ok(())
        })
        .await
    }

    /// Contents may have moved, those of other tenants too, or gone with their manifests.
    fn forget_left(&self) {
        self.inner.packages.clear();
        self.inner.manifests.clear();
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
            let left = store.inner.rows.change(Forget { tenant, path }).await?;
            if left.is_some() {
                store.forget_left();
            }
            store.inner.rows_changed();
            Ok(left.is_some_and(|left| left.with_version))
        })
        .await
    }
}

/// Reports whether an error says something of one file alone, or that it went while we looked: others can be read.
fn is_of_a_file(error: &Error) -> bool {
    match error {
        Error::Unknown(Missing::File) => true,
        Error::Blobs { source, .. } => {
            let remote = source.downcast_ref::<object_store::Error>();
            source.is::<io::Error>() || matches!(remote, Some(object_store::Error::PermissionDenied { .. }))
        }
        _ => false,
    }
}

/// Reports whether a path, or a folder that it is in, is one of some.
fn is_below(path: &str, folders: &HashSet<String>) -> bool {
    let above = path.match_indices('/').filter_map(|(end, _)| path.get(..end));
    !folders.is_empty() && above.chain([path]).any(|folder| folders.contains(folder))
}

/// The folder below the prefix.
fn tenant_of(prefix: &str, path: &str) -> Result<String, Error> {
    let below = path.strip_prefix(prefix).unwrap_or(path);
    let tenant = below.rsplit_once('/').map_or("", |(tenant, _)| tenant);
    check_tenant(tenant)?;
    Ok(tenant.to_owned())
}

//! Takes in packages: blob, manifest, tag and version in one transaction.

use std::sync::Arc;

use bytes::Bytes;

use crate::blobs::Spooled;
use crate::error::{Error, Quota};
use crate::names;
use crate::registry::table::{self as oci, NewBlob};
use crate::rows::{Arg, Change, Tx};
use crate::store::{Store, now};

use super::manifest::Piece;
use super::provenance;
use super::table::{Place, VersionRow, mark_uploaded, put_version, remove_everywhere, version_of};
use super::tie::tie;
use super::{Checked, Package, Policy, Saved};

/// Bytes of a provenance file: a signed Chart.yaml with one digest.
pub const PROVENANCE_BYTES: usize = 1024 * 1024;

impl Store {
    /// Keeps a package, and its provenance file if it came along.
    ///
    /// # Errors
    /// It is no chart, the version is there already, a limit of the tenant is reached, the disk is full.
    pub async fn put_chart(
        &self,
        tenant: &str,
        package: Spooled,
        provenance: Option<Bytes>,
        policy: Policy,
    ) -> Result<Saved, Error> {
        check_tenant(tenant)?;
        let checked = self.check_chart(package).await?;
        self.keep_chart(tenant, checked, provenance, policy).await
    }

    /// Reads and checks a package, and keeps nothing yet. Who has one must not check another: they share the room that there
    /// is.
    ///
    /// # Errors
    /// It is no chart.
    pub async fn check_chart(&self, package: Spooled) -> Result<Checked, Error> {
        self.inspect(package, now()).await.map(Checked::new)
    }

    /// Reads and checks a package on this thread, which must have room for as many levels as a chart may have: for work
    /// that is less urgent than requests.
    ///
    /// # Errors
    /// It is no chart.
    pub fn check_chart_here(&self, package: Spooled, handle: &tokio::runtime::Handle) -> Result<Checked, Error> {
        self.inspect_here(package, now(), handle).map(Checked::new)
    }

    /// Keeps a package that was checked, and its provenance file if it came along.
    ///
    /// # Errors
    /// The version is there already, a limit of the tenant is reached, the disk is full.
    pub async fn keep_chart(
        &self,
        tenant: &str,
        checked: Checked,
        provenance: Option<Bytes>,
        policy: Policy,
    ) -> Result<Saved, Error> {
        check_tenant(tenant)?;
        if provenance.as_ref().is_some_and(|text| text.len() > PROVENANCE_BYTES) {
            return Err(Error::TooLarge { limit: PROVENANCE_BYTES as u64 });
        }
        let Checked { package, spooled } = checked;
        if let Some(text) = &provenance {
            provenance::check_belongs(text, &package)?;
        }
        let (store, tenant) = (self.clone(), tenant.to_owned());
        self.whole(async move { store.put_package(tenant, package, spooled, provenance, policy).await }).await
    }

    pub(super) async fn put_package(
        &self,
        tenant: String,
        package: Arc<Package>,
        spooled: Spooled,
        provenance: Option<Bytes>,
        policy: Policy,
    ) -> Result<Saved, Error> {
        let saved = Saved::of(&package);
        let repository = names::repository(&tenant, &package.name);
        let mut contents = vec![spooled];
        contents.extend(provenance.map(Spooled::from_bytes));
        let scopes = [repository.as_str(), tenant.as_str()];
        let change = |blobs| PutPackage { tenant: tenant.clone(), package: package.clone(), blobs, policy };
        self.change_with(&scopes, &mut contents, change).await?;
        Ok(saved)
    }
}

/// Checks the name of a tenant.
///
/// # Errors
/// It could lead out of a folder.
pub fn check_tenant(tenant: &str) -> Result<(), Error> {
    match names::is_tenant(tenant) {
        true => Ok(()),
        false => Err(Error::invalid(format!("invalid repository name {tenant:?}"))),
    }
}

/// Checks that a tenant may have some more files.
///
/// # Errors
/// It would have more than it may have.
pub async fn check_room(tx: &mut Tx, place: &Place, policy: Policy, more: u64) -> Result<(), Error> {
    if policy.max_objects == 0 || more == 0 {
        return Ok(());
    }
    let sql = "SELECT count(*) + count(provenance) + (SELECT count(*) FROM provenances WHERE tenant = $1) \
        FROM versions WHERE tenant = $1";
    let row = tx.row(sql, &[place.tenant.into()]).await?;
    let there = row.map(|mut row| row.size()).transpose()?.unwrap_or_default();
    match there + more > policy.max_objects {
        true => Err(Error::Quota(Quota::Objects)),
        false => Ok(()),
    }
}

/// Checks that a tenant may have a package, and perhaps its provenance file.
///
/// # Errors
/// It would have more files than it may have.
pub async fn check_room_for(
    tx: &mut Tx,
    place: &Place,
    policy: Policy,
    (package, is_signed): (&Package, bool),
    before: Option<&VersionRow>,
) -> Result<(), Error> {
    let mut more = u64::from(before.is_none());
    if is_signed && before.is_none_or(|before| before.provenance.is_none()) {
        let sql = "SELECT 1 FROM provenances WHERE tenant = $1 AND file = $2";
        let early = tx.row(sql, &[place.tenant.into(), (&package.file).into()]).await?;
        more += u64::from(early.is_none());
    }
    check_room(tx, place, policy, more).await
}

/// Removes the oldest versions of a chart when there are too many; the one that was just put stays.
pub async fn drop_oldest(
    tx: &mut Tx,
    place: &Place,
    tenant: &str,
    package: &Package,
    policy: Policy,
) -> Result<(), Error> {
    if policy.per_chart_limit == 0 {
        return Ok(());
    }
    let (name, version) = (&package.name, &package.version);
    let others = i64::try_from(policy.per_chart_limit).unwrap_or(i64::MAX) - 1;
    // SQLite wants a LIMIT before an OFFSET, PostgreSQL takes it.
    let sql = "SELECT version FROM versions WHERE tenant = $1 AND name = $2 AND version <> $3 \
        ORDER BY created DESC, id DESC LIMIT 1000000 OFFSET $4";
    let key = [place.tenant.into(), name.into(), version.into(), Arg::Int(others)];
    for mut row in tx.rows(sql, &key).await? {
        let old = row.text()?;
        remove_everywhere(tx, place, tenant, (name, &old)).await?;
    }
    Ok(())
}

pub struct PutPackage {
    pub tenant: String,
    pub package: Arc<Package>,
    /// Package, and perhaps provenance.
    pub blobs: Vec<NewBlob>,
    pub policy: Policy,
}

impl Change for PutPackage {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let now = now();
        let package = &self.package;
        let place = Place::hold(tx, &self.tenant, now).await?;
        let before = version_of(tx, place.tenant, &package.name, &package.version).await?;
        if before.is_some() && !self.policy.overwrite {
            return Err(Error::Exists(package.file.clone()));
        }
        let new = self.blobs.get(1).map(|blob| (blob.digest.clone(), blob.size));
        check_room_for(tx, &place, self.policy, (package, new.is_some()), before.as_ref()).await?;
        for blob in &self.blobs {
            oci::keep_blob(tx, blob, now).await?;
        }
        let provenance = provenance::settled(tx, place.tenant, package, new, before.as_ref()).await?;
        let piece = provenance.as_ref().map(|(digest, size)| Piece { digest, size: *size });
        let manifest = tie(tx, &place, &self.tenant, package, piece).await?;
        let provenance = provenance.as_ref().map(|(digest, _)| digest);
        put_version(tx, &place, package, provenance, manifest.as_deref()).await?;
        mark_uploaded(tx, &place, package).await?;
        if let Some(old) = before.and_then(|before| before.manifest)
            && manifest.as_ref().is_none_or(|new| *new != old)
            && let Some(repository) = oci::known_repository(tx, &names::repository(&self.tenant, &package.name)).await?
        {
            oci::remove_untagged(tx, repository, &old).await?;
        }
        drop_oldest(tx, &place, &self.tenant, package, self.policy).await
    }
}

//! Statements about tenants and versions, for the changes of this crate.

use crate::digest::Digest;
use crate::error::{Error, Missing};
use crate::names;
use crate::registry::table as oci;
use crate::rows::{Arg, Tx};

use super::{Package, tie};

/// A tenant whose index is being changed: its row is held until the end of the transaction.
pub struct Place {
    pub tenant: i64,
    /// The count of this change.
    pub change: i64,
}

impl Place {
    /// Counts a change of a tenant, which is made if it is new.
    pub async fn hold(tx: &mut Tx, tenant: &str, now: i64) -> Result<Place, Error> {
        let sql = "INSERT INTO tenants (name, changes, changed_at) VALUES ($1, 1, $2) ON CONFLICT (name) DO UPDATE SET \
            changes = tenants.changes + 1, changed_at = excluded.changed_at RETURNING id, changes";
        let mut row = tx.row(sql, &[tenant.into(), now.into()]).await?.ok_or_else(|| Error::torn("hold a tenant"))?;
        Ok(Place { tenant: row.int()?, change: row.int()? })
    }
}

/// What is kept of a version.
pub struct VersionRow {
    pub archive: String,
    pub provenance: Option<String>,
    pub manifest: Option<String>,
    pub size: u64,
    pub created: i64,
    pub metadata: String,
}

/// Returns a version.
pub async fn version_of(tx: &mut Tx, tenant: i64, name: &str, version: &str) -> Result<Option<VersionRow>, Error> {
    let sql = "SELECT archive, provenance, manifest, size, created, metadata FROM versions WHERE tenant = $1 AND \
        name = $2 AND version = $3";
    let row = tx.row(sql, &[tenant.into(), name.into(), version.into()]).await?;
    row.map(|mut row| {
        Ok(VersionRow {
            archive: row.text()?,
            provenance: row.maybe_text()?,
            manifest: row.maybe_text()?,
            size: row.size()?,
            created: row.int()?,
            metadata: row.text()?,
        })
    })
    .transpose()
}

macro_rules! insert_version {
    ($conflict:literal) => {
        concat!(
            "INSERT INTO versions (tenant, name, version, file, archive, provenance, manifest, size, created, changed, \
                metadata, entry, blob) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
                (SELECT id FROM blobs WHERE digest = $5))",
            $conflict
        )
    };
}

/// Writes a version that is new.
///
/// # Errors
/// It is there, or another one with the name of its file.
pub async fn add_version(tx: &mut Tx, place: &Place, package: &Package, manifest: Option<&str>) -> Result<(), Error> {
    // A conflict that is an error would be tried again on PostgreSQL, as if others had been in the way.
    let sql = insert_version!(" ON CONFLICT DO NOTHING");
    match write_version(tx, sql, (place, package), None, manifest).await? {
        0 => Err(Error::Exists(package.file.clone())),
        _ => Ok(()),
    }
}

/// Writes a version, in place of the one that was there.
///
/// # Errors
/// Another version has the same name of a file (`a-1` of chart `b`, `1-…` of chart `b-a`).
pub async fn put_version(
    tx: &mut Tx,
    place: &Place,
    package: &Package,
    provenance: Option<&Digest>,
    manifest: Option<&str>,
) -> Result<(), Error> {
    let sql = "SELECT 1 FROM versions WHERE tenant = $1 AND file = $4 AND NOT (name = $2 AND version = $3)";
    let key = [place.tenant.into(), (&package.name).into(), (&package.version).into(), (&package.file).into()];
    if tx.row(sql, &key).await?.is_some() {
        return Err(Error::Exists(package.file.clone()));
    }
    let sql = insert_version!(
        " ON CONFLICT (tenant, name, version) DO UPDATE SET archive = excluded.archive, \
            provenance = excluded.provenance, manifest = excluded.manifest, size = excluded.size, \
            created = excluded.created, changed = excluded.changed, metadata = excluded.metadata, \
            entry = excluded.entry, blob = excluded.blob"
    );
    write_version(tx, sql, (place, package), provenance, manifest).await?;
    forget_removal(tx, place, &package.name, &package.version).await
}

async fn write_version(
    tx: &mut Tx,
    sql: &'static str,
    (place, package): (&Place, &Package),
    provenance: Option<&Digest>,
    manifest: Option<&str>,
) -> Result<u64, Error> {
    let size = i64::try_from(package.size).map_err(|_| Error::torn("keep a size"))?;
    let values = [
        place.tenant.into(),
        (&package.name).into(),
        (&package.version).into(),
        (&package.file).into(),
        package.digest.as_str().into(),
        provenance.map(Digest::as_str).into(),
        manifest.into(),
        size.into(),
        package.created.into(),
        place.change.into(),
        (&package.metadata).into(),
        (&package.entry).into(),
    ];
    tx.execute(sql, &values).await
}

/// The tenant of imported files whose version came by an upload: it stays when they go.
pub const UPLOADED: i64 = 0;

/// Says that a version came by an upload, if its content did: what is sent to a repository that has it already stays in
/// its file, and goes with it.
pub async fn mark_uploaded(tx: &mut Tx, place: &Place, package: &Package) -> Result<(), Error> {
    let sql = "UPDATE imported SET tenant = $5 WHERE digest = $1 AND tenant = $2 AND name = $3 AND version = $4 AND EXISTS \
        (SELECT 1 FROM blobs b WHERE b.digest = $1 AND b.path IS NULL)";
    let (digest, name, version) = (package.digest.as_str(), &package.name, &package.version);
    let args = [digest.into(), place.tenant.into(), name.into(), version.into(), UPLOADED.into()];
    tx.execute(sql, &args).await.map(drop)
}

/// Forgets that a version went: it is there again.
pub async fn forget_removal(tx: &mut Tx, place: &Place, name: &str, version: &str) -> Result<(), Error> {
    let sql = "DELETE FROM removals WHERE tenant = $1 AND name = $2 AND version = $3";
    tx.execute(sql, &[place.tenant.into(), name.into(), version.into()]).await.map(drop)
}

/// Removes a version from the index; its tag and manifest are the registry's.
///
/// # Errors
/// There is none.
pub async fn remove_version(tx: &mut Tx, place: &Place, name: &str, version: &str) -> Result<(), Error> {
    let key = [place.tenant.into(), Arg::from(name), version.into()];
    let gone = tx.execute("DELETE FROM versions WHERE tenant = $1 AND name = $2 AND version = $3", &key).await?;
    if gone == 0 {
        return Err(Error::Unknown(Missing::Version));
    }
    let sql = "INSERT INTO removals (tenant, name, version, changed) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (tenant, name, version) DO UPDATE SET changed = excluded.changed";
    tx.execute(sql, &[key[0], key[1], key[2], place.change.into()]).await?;
    Ok(())
}

/// Removes a version with its tag, and with all manifests of it that no other tag has.
///
/// # Errors
/// There is none.
pub async fn remove_everywhere(tx: &mut Tx, place: &Place, tenant: &str, key: (&str, &str)) -> Result<(), Error> {
    let (name, version) = key;
    let found = version_of(tx, place.tenant, name, version).await?.ok_or(Error::Unknown(Missing::Version))?;
    remove_version(tx, place, name, version).await?;
    tie::forget(tx, place, name).await?;
    let Some(manifest) = found.manifest else { return Ok(()) };
    let Some(repository) = oci::known_repository(tx, &names::repository(tenant, name)).await? else { return Ok(()) };
    oci::remove_tag(tx, repository, &names::tag(version), Some(&manifest)).await?;
    let sql = "SELECT digest FROM manifests WHERE repository = $1 AND chart = $2";
    for mut row in tx.rows(sql, &[repository.into(), version.into()]).await? {
        oci::remove_untagged(tx, repository, &row.text()?).await?;
    }
    Ok(())
}

/// Returns the versions that have a manifest of a repository, or only the one that a tag is.
pub async fn tagged_versions(
    tx: &mut Tx,
    repository: &str,
    manifest: &str,
    tag: Option<&str>,
) -> Result<Vec<String>, Error> {
    let (tenant, chart) = names::tenant_and_chart(repository);
    let sql = "SELECT version FROM versions v JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND v.name = $2 AND \
        v.manifest = $3";
    let rows = tx.rows(sql, &[tenant.into(), chart.into(), manifest.into()]).await?;
    let versions: Result<Vec<String>, Error> = rows.into_iter().map(|mut row| row.text()).collect();
    Ok(versions?.into_iter().filter(|version| tag.is_none_or(|tag| tag == names::tag(version))).collect())
}

/// Removes the versions whose manifest is going from a repository, or only the one whose tag is.
pub async fn remove_tagged(
    tx: &mut Tx,
    repository: &str,
    manifest: &str,
    tag: Option<&str>,
    now: i64,
) -> Result<(), Error> {
    let versions = tagged_versions(tx, repository, manifest, tag).await?;
    if versions.is_empty() {
        return Ok(());
    }
    let (tenant, chart) = names::tenant_and_chart(repository);
    let place = Place::hold(tx, tenant, now).await?;
    for version in &versions {
        remove_version(tx, &place, chart, version).await?;
    }
    Ok(())
}

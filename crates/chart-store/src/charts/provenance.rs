//! Provenance files: which package they are for, and what changes when one comes.

use bytes::Bytes;

use crate::blobs::Spooled;
use crate::digest::Digest;
use crate::error::Error;
use crate::names;
use crate::registry::table::{self as oci, NewBlob};
use crate::rows::{Change, Row, Tx};
use crate::store::{Store, now};

use super::manifest::Piece;
use super::put::{PROVENANCE_BYTES, check_room, check_tenant};
use super::table::{Place, VersionRow, put_version, version_of};
use super::tie::tie;
use super::{Package, Policy, Saved};

impl Store {
    /// Keeps a provenance file. It may come before its package.
    ///
    /// # Errors
    /// It is no provenance file, or the package has one already.
    pub async fn put_provenance(&self, tenant: &str, text: Bytes, policy: Policy) -> Result<Saved, Error> {
        check_tenant(tenant)?;
        let of = Subject::of(&text)?;
        let (store, tenant) = (self.clone(), tenant.to_owned());
        let mut contents = [Spooled::from_bytes(text)];
        let digest = contents[0].digest().hex().to_owned();
        let (name, version) = (of.name.clone(), of.version.clone());
        let saved = Saved { file: format!("{}.prov", of.file), name, version, digest };
        self.whole(async move {
            let repository = names::repository(&tenant, &of.name);
            let scopes = [repository.as_str(), tenant.as_str()];
            let change = |blobs| PutProvenance { tenant: tenant.clone(), of: of.clone(), blobs, policy };
            store.change_with(&scopes, &mut contents, change).await
        })
        .await?;
        Ok(saved)
    }
}

/// The package that a provenance file is for.
#[derive(Clone)]
pub struct Subject {
    pub name: String,
    pub version: String,
    pub file: String,
}

impl Subject {
    /// Reports whether it is a package.
    pub fn is(&self, package: &Package) -> bool {
        (&self.name, &self.version) == (&package.name, &package.version)
    }

    /// Reads a provenance file.
    ///
    /// # Errors
    /// It is none, or too large.
    pub fn of(text: &[u8]) -> Result<Self, Error> {
        if text.len() > PROVENANCE_BYTES {
            return Err(Error::TooLarge { limit: PROVENANCE_BYTES as u64 });
        }
        let (name, version) = subject(text).ok_or_else(|| Error::invalid("invalid provenance file"))?;
        let file = names::file(&name, &version)?;
        Ok(Subject { name, version, file })
    }
}

/// Returns name and version of the package that a provenance file is for, as ChartMuseum finds them: the first `name:`
/// and `version:` at the start of a line behind the mark of PGP.
pub fn subject(text: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(text).ok()?;
    let (_, signed) = text.split_once("-----BEGIN PGP SIGNED MESSAGE-----")?;
    let field = |name: &str| {
        let line = signed.lines().find_map(|line| line.strip_prefix(name))?;
        let value = line.trim().trim_matches(['"', '\'']);
        (!value.is_empty()).then(|| value.to_owned())
    };
    Some((field("name:")?, field("version:")?))
}

/// Checks that a provenance file is one, and of this package.
///
/// # Errors
/// It is not.
pub fn check_belongs(text: &[u8], package: &Package) -> Result<(), Error> {
    let (name, version) = subject(text).ok_or_else(|| Error::invalid("invalid provenance file"))?;
    match name == package.name && version == package.version {
        true => Ok(()),
        false => Err(Error::invalid(format!("provenance file is of {name}-{version}, not of {}", package.file))),
    }
}

/// Returns the provenance file of a version that is being put: the one that came with it, one that came before it, or the
/// one that the same archive has already.
pub async fn settled(
    tx: &mut Tx,
    tenant: i64,
    package: &Package,
    new: Option<(Digest, u64)>,
    before: Option<&VersionRow>,
) -> Result<Option<(Digest, u64)>, Error> {
    let sql = "SELECT p.digest, b.size FROM provenances p JOIN blobs b ON b.digest = p.digest WHERE p.tenant = $1 AND \
        p.file = $2";
    let key = [tenant.into(), (&package.file).into()];
    let early = tx.row(sql, &key).await?.map(content).transpose()?;
    if early.is_some() {
        tx.execute("DELETE FROM provenances WHERE tenant = $1 AND file = $2", &key).await?;
    }
    match new.or(early) {
        None => of_before(tx, package, before).await,
        provenance => Ok(provenance),
    }
}

/// Returns the provenance file that a package has in the version that is there.
pub async fn of_before(
    tx: &mut Tx,
    package: &Package,
    before: Option<&VersionRow>,
) -> Result<Option<(Digest, u64)>, Error> {
    let same = before.filter(|before| before.archive == package.digest.as_str());
    let Some(digest) = same.and_then(|before| before.provenance.as_deref()) else { return Ok(None) };
    let row = tx.row("SELECT digest, size FROM blobs WHERE digest = $1", &[digest.into()]).await?;
    row.map(content).transpose()
}

fn content(mut row: Row) -> Result<(Digest, u64), Error> {
    let digest = row.text()?.parse().map_err(|_| Error::torn("read a digest"))?;
    Ok((digest, row.size()?))
}

pub struct PutProvenance {
    pub tenant: String,
    pub of: Subject,
    pub blobs: Vec<NewBlob>,
    pub policy: Policy,
}

impl Change for PutProvenance {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let now = now();
        let exists = || Error::Exists(format!("{}.prov", self.of.file));
        let place = Place::hold(tx, &self.tenant, now).await?;
        let blob = self.blobs.first().ok_or_else(|| Error::torn("keep a provenance file"))?;
        oci::keep_blob(tx, blob, now).await?;
        let Some(row) = version_of(tx, place.tenant, &self.of.name, &self.of.version).await? else {
            return self.keep_early(tx, &place, blob).await;
        };
        match (&row.provenance, self.policy.overwrite) {
            (None, _) => check_room(tx, &place, self.policy, 1).await?,
            (Some(_), false) => return Err(exists()),
            (Some(_), true) => {}
        }
        let digest: Digest = row.archive.parse().map_err(|_| Error::torn("read a digest"))?;
        let sql = "SELECT entry FROM versions WHERE tenant = $1 AND name = $2 AND version = $3";
        let entry = tx.row(sql, &[place.tenant.into(), (&self.of.name).into(), (&self.of.version).into()]).await?;
        let package = Package {
            name: self.of.name.clone(),
            version: self.of.version.clone(),
            file: self.of.file.clone(),
            digest,
            size: row.size,
            created: row.created,
            metadata: row.metadata,
            entry: entry.ok_or_else(|| Error::torn("read an entry"))?.text()?,
            room: None,
        };
        let piece = Piece { digest: &blob.digest, size: blob.size };
        let manifest = tie(tx, &place, &self.tenant, &package, Some(piece)).await?;
        // The manifest of before stays for those who hold its digest; it goes with the version.
        put_version(tx, &place, &package, Some(&blob.digest), manifest.as_deref()).await
    }
}

impl PutProvenance {
    async fn keep_early(&self, tx: &mut Tx, place: &Place, blob: &NewBlob) -> Result<(), Error> {
        let key = [place.tenant.into(), (&self.of.file).into()];
        let sql = "SELECT 1 FROM provenances WHERE tenant = $1 AND file = $2";
        match (tx.row(sql, &key).await?, self.policy.overwrite) {
            (None, _) => check_room(tx, place, self.policy, 1).await?,
            (Some(_), false) => return Err(Error::Exists(format!("{}.prov", self.of.file))),
            (Some(_), true) => {}
        }
        let sql = "INSERT INTO provenances (tenant, file, digest) VALUES ($1, $2, $3) ON CONFLICT (tenant, file) \
            DO UPDATE SET digest = excluded.digest";
        tx.execute(sql, &[key[0], key[1], blob.digest.as_str().into()]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_is_found_in_the_signed_text() {
        let text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\napiVersion: v1\nname: a\nversion: 1.0.0\n\n...\nfiles:\n";
        assert_eq!(subject(text), Some(("a".to_owned(), "1.0.0".to_owned())));
        for wrong in [&b""[..], b"name: a\nversion: 1\n", b"-----BEGIN PGP SIGNED MESSAGE-----\nname: a\n", b"\xff"] {
            assert_eq!(subject(wrong), None);
        }
    }
}

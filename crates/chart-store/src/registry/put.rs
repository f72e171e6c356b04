//! Takes in manifests: the manifest, its tags and, when it is a Helm chart's, its place in the index, in one
//! transaction.

use std::sync::Arc;

use bytes::Bytes;

use crate::blobs::Blob;
use crate::charts::{
    PROVENANCE_BYTES, Package, Place, Policy, VersionRow, check_belongs, check_room_for, drop_oldest, mark_uploaded,
    put_version, remove_tagged, settle, settled, tagged_versions, version_of,
};
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Missing};
use crate::names;
use crate::rows::{Arg, Change, Tx};
use crate::store::{Store, now};

use super::Stored;
use super::document::{ChartLayers, Document};
use super::table::{self, NewManifest};

/// A manifest that is being pushed.
#[derive(Clone, Debug)]
pub struct PutManifest {
    pub repository: String,
    /// The digest that it must have; without one it is named by SHA-256.
    pub digest: Option<Digest>,
    /// Without parameters.
    pub content_type: Option<String>,
    pub body: Bytes,
    pub tags: Vec<String>,
    /// For charts that come into the index, as for uploads: whether a tag that is a version may get another package or
    /// another provenance file, and how many there may be.
    pub policy: Policy,
}

impl Store {
    /// Keeps a manifest and lets its tags point at it.
    ///
    /// # Errors
    /// It is no manifest, has another digest, or names contents that the repository does not have; its chart is none, or its
    /// provenance file of another chart; a version is there that may not be replaced; a limit of the tenant is reached.
    pub async fn put_manifest(&self, put: PutManifest) -> Result<Stored, Error> {
        let algorithm = put.digest.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
        let digest = Digest::of(algorithm, &put.body);
        if put.digest.as_ref().is_some_and(|wanted| *wanted != digest) {
            return Err(Error::Mismatch);
        }
        let document = Document::read(put.content_type.as_deref(), &put.body)?;
        let package = match &document.chart {
            Some(layers) => self.package_of(&put.repository, layers).await?,
            None => None,
        };
        let stored = Stored { digest: digest.clone(), subject: document.subject.as_ref().map(Digest::to_string) };
        let (repository, store) = (put.repository.clone(), self.clone());
        let change = Push { put, digest, document, package };
        self.check_provenance(&change).await?;
        self.whole(async move {
            let (tenant, _) = names::tenant_and_chart(&repository);
            store.change(&[&repository, tenant], change).await
        })
        .await?;
        Ok(stored)
    }

    /// Reads and checks the package of a chart, unless that was done lately.
    async fn package_of(&self, repository: &str, layers: &ChartLayers) -> Result<Option<Arc<Package>>, Error> {
        // An index says what SHA-256 a package has; other digests would have to be taken anew.
        if layers.package.algorithm() != Algorithm::Sha256 {
            return Ok(None);
        }
        let blob = self.layer(repository, &layers.package).await?;
        let cache = &self.inner.definitions;
        if let Some(package) = cache.get("", layers.package.as_str()) {
            return Ok(Some(package));
        }
        let package = Arc::new(self.inspect_kept(blob).await?);
        let bytes = package.text_bytes() + 512;
        cache.put(cache.epoch(), "", layers.package.as_str(), package.clone(), bytes);
        Ok(Some(package))
    }

    /// Checks that the provenance file of a chart that gets its place in the index is of this chart.
    async fn check_provenance(&self, push: &Push) -> Result<(), Error> {
        let (Some(package), Some((digest, _))) = (push.listed(), push.provenance()) else { return Ok(()) };
        let blob = self.layer(&push.put.repository, digest).await?;
        if blob.size() > PROVENANCE_BYTES as u64 {
            return Err(Error::TooLarge { limit: PROVENANCE_BYTES as u64 });
        }
        // Few are in memory at a time.
        let _turn = self.inner.inspections.acquire().await.map_err(|_| Error::Busy)?;
        check_belongs(&blob.bytes(PROVENANCE_BYTES as u64).await?, package)
    }

    async fn layer(&self, repository: &str, digest: &Digest) -> Result<Blob, Error> {
        self.blob_of(repository, digest).await.map_err(|error| match error {
            Error::Unknown(Missing::Blob) => Error::References(vec![digest.to_string()]),
            error => error,
        })
    }
}

struct Push {
    put: PutManifest,
    digest: Digest,
    document: Document,
    package: Option<Arc<Package>>,
}

impl Change for Push {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let now = now();
        settle(tx, &self.put.repository).await?;
        self.list(tx, now).await?;
        let repository = table::repository(tx, &self.put.repository).await?;
        self.check_references(tx, repository).await?;
        let new = NewManifest {
            digest: self.digest.clone(),
            media_type: self.document.media_type.clone(),
            artifact_type: self.document.artifact_type.clone(),
            subject: self.document.subject.as_ref().map(Digest::to_string),
            annotations: self.document.annotations.clone(),
            chart: self.package.as_ref().map(|package| package.version.clone()),
            body: self.put.body.clone(),
        };
        let needs: Vec<&Digest> = self.document.blobs.iter().map(|(digest, _)| digest).collect();
        table::put_manifest(tx, repository, &new, &needs).await?;
        for tag in &self.put.tags {
            self.unlist(tx, repository, tag, now).await?;
            table::put_tag(tx, repository, tag, &self.digest).await?;
        }
        Ok(())
    }
}

impl Push {
    /// The package, if one of the tags is its version and the repository has its name.
    fn listed(&self) -> Option<&Package> {
        let (_, chart) = names::tenant_and_chart(&self.put.repository);
        let package = self.package.as_deref().filter(|package| package.name == chart)?;
        let tag = names::tag(&package.version);
        self.put.tags.contains(&tag).then_some(package)
    }

    /// Gives the chart its place in the index, unless it has it.
    async fn list(&self, tx: &mut Tx, now: i64) -> Result<(), Error> {
        let Some(package) = self.listed() else { return Ok(()) };
        let (tenant, _) = names::tenant_and_chart(&self.put.repository);
        let sql = "SELECT 1 FROM versions v JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND v.name = $2 AND \
            v.version = $3 AND v.archive = $4 AND v.manifest = $5";
        let args = [
            tenant.into(),
            Arg::from(&package.name),
            (&package.version).into(),
            package.digest.as_str().into(),
            self.digest.as_str().into(),
        ];
        if tx.row(sql, &args).await?.is_some() {
            return Ok(());
        }
        let place = Place::hold(tx, tenant, now).await?;
        let before = version_of(tx, place.tenant, &package.name, &package.version).await?;
        let new = self.provenance().cloned();
        if let Some(before) = before.as_ref().filter(|_| !self.put.policy.overwrite) {
            check_same(before, package, new.as_ref())?;
        }
        check_room_for(tx, &place, self.put.policy, (package, new.is_some()), before.as_ref()).await?;
        let provenance = settled(tx, place.tenant, package, new, before.as_ref()).await?;
        let provenance = provenance.as_ref().map(|(digest, _)| digest);
        put_version(tx, &place, package, provenance, Some(self.digest.as_str())).await?;
        mark_uploaded(tx, &place, package).await?;
        drop_oldest(tx, &place, tenant, package, self.put.policy).await
    }

    fn provenance(&self) -> Option<&(Digest, u64)> {
        self.document.chart.as_ref()?.provenance.as_ref()
    }

    /// Takes the chart that a tag was the version of out of the index, if the tag gets something else.
    async fn unlist(&self, tx: &mut Tx, repository: i64, tag: &str, now: i64) -> Result<(), Error> {
        if self.listed().is_some_and(|package| names::tag(&package.version) == tag) {
            return Ok(());
        }
        let Some(old) = table::tagged(tx, repository, tag).await?.filter(|old| old != self.digest.as_str()) else {
            return Ok(());
        };
        let name = &self.put.repository;
        if !self.put.policy.overwrite && !tagged_versions(tx, name, &old, Some(tag)).await?.is_empty() {
            return Err(Error::Exists(format!("version {tag}")));
        }
        remove_tagged(tx, name, &old, Some(tag), now).await
    }

    async fn check_references(&self, tx: &mut Tx, repository: i64) -> Result<(), Error> {
        let mut missing = Vec::new();
        for (digest, size) in &self.document.blobs {
            let sql = "SELECT b.size FROM links l JOIN blobs b ON b.digest = l.digest AND b.state = 0 WHERE \
                l.repository = $1 AND l.digest = $2";
            let row = tx.row(sql, &[repository.into(), digest.as_str().into()]).await?;
            match row.map(|mut row| row.size()).transpose()? {
                None => missing.push(digest.to_string()),
                Some(there) if there != *size => {
                    let text = format!("{digest} has {there} bytes, not {size} as the manifest says");
                    return Err(Error::invalid(text));
                }
                Some(_) => {}
            }
        }
        for digest in &self.document.manifests {
            let sql = "SELECT 1 FROM manifests WHERE repository = $1 AND digest = $2";
            if tx.row(sql, &[repository.into(), digest.as_str().into()]).await?.is_none() {
                missing.push(digest.to_string());
            }
        }
        match missing.is_empty() {
            true => Ok(()),
            false => Err(Error::References(missing)),
        }
    }
}

/// Checks that what is pushed for a version has the same files, which may not be replaced; a provenance file may be new.
fn check_same(before: &VersionRow, package: &Package, provenance: Option<&(Digest, u64)>) -> Result<(), Error> {
    if before.archive != package.digest.as_str() {
        return Err(Error::Exists(package.file.clone()));
    }
    match &before.provenance {
        Some(signed) if provenance.is_none_or(|(digest, _)| digest.as_str() != signed) => {
            Err(Error::Exists(format!("{}.prov", package.file)))
        }
        _ => Ok(()),
    }
}

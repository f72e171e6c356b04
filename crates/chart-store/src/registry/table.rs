//! Statements about blobs, manifests and tags, for the changes of this crate.

use bytes::Bytes;

use crate::blobs::Spooled;
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::rows::{Arg, Tx};

/// A content that a change needs.
#[derive(Clone, Debug)]
pub struct NewBlob {
    pub digest: Digest,
    pub size: u64,
    /// The content itself, if it is small.
    pub body: Option<Bytes>,
    /// It was placed in the blob store for this change.
    pub placed: bool,
}

impl NewBlob {
    pub fn inline(spooled: &Spooled, body: Bytes) -> Self {
        NewBlob { digest: spooled.digest().clone(), size: spooled.size(), body: Some(body), placed: false }
    }
}

/// A manifest as its row has it.
pub struct NewManifest {
    pub digest: Digest,
    pub media_type: String,
    pub artifact_type: Option<String>,
    pub subject: Option<String>,
    pub annotations: Option<String>,
    /// The version of the Helm chart in it.
    pub chart: Option<String>,
    pub body: Bytes,
}

/// The media type of manifests that do not say otherwise.
pub const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";

impl NewManifest {
    /// The manifest that we write for a package.
    pub fn of_chart(body: Bytes, version: &str, config_type: &str) -> Self {
        NewManifest {
            digest: Digest::of(Algorithm::Sha256, &body),
            media_type: IMAGE.to_owned(),
            artifact_type: Some(config_type.to_owned()),
            subject: None,
            annotations: None,
            chart: Some(version.to_owned()),
            body,
        }
    }
}

/// Returns a repository, which is made if it is new; its row is held until the end of the transaction.
pub async fn repository(tx: &mut Tx, name: &str) -> Result<i64, Error> {
    let sql = "INSERT INTO repositories (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name \
        RETURNING id";
    tx.row(sql, &[name.into()]).await?.ok_or_else(|| Error::torn("hold a repository"))?.int()
}

/// Returns a repository that is there.
pub async fn known_repository(tx: &mut Tx, name: &str) -> Result<Option<i64>, Error> {
    let row = tx.row("SELECT id FROM repositories WHERE name = $1", &[name.into()]).await?;
    row.map(|mut row| row.int()).transpose()
}

/// Writes the row of a content. One that lay in a file which others may remove is ours from now on, if it came along.
///
/// # Errors
/// [`Error::Busy`]: garbage collection is taking it away, it has to be placed again.
pub async fn keep_blob(tx: &mut Tx, blob: &NewBlob, now: i64) -> Result<(), Error> {
    let sql = "INSERT INTO blobs (digest, size, state, touched, body) VALUES ($1, $2, 0, $3, $4) ON CONFLICT (digest) \
        DO UPDATE SET state = 0, touched = excluded.touched, \
        path = CASE WHEN blobs.state = 0 AND $5 = 0 AND $6 = 0 THEN blobs.path ELSE NULL END, \
        body = CASE WHEN blobs.state = 0 AND blobs.path IS NULL THEN blobs.body ELSE excluded.body END \
        WHERE blobs.state = 0 OR (blobs.state = 2 AND $5 = 1) OR $6 = 1";
    let size = i64::try_from(blob.size).map_err(|_| Error::torn("keep a size"))?;
    let args = [
        blob.digest.as_str().into(),
        size.into(),
        now.into(),
        Arg::MaybeBytes(blob.body.as_deref()),
        Arg::Int(blob.placed.into()),
        Arg::Int(blob.body.is_some().into()),
    ];
    match tx.execute(sql, &args).await? {
        0 => Err(Error::Busy),
        _ => Ok(()),
    }
}

/// Gives a repository a blob.
pub async fn link(tx: &mut Tx, repository: i64, digest: &Digest, now: i64) -> Result<(), Error> {
    let sql = "INSERT INTO links (repository, digest, linked) VALUES ($1, $2, $3) ON CONFLICT (repository, digest) \
        DO UPDATE SET linked = excluded.linked";
    tx.execute(sql, &[repository.into(), digest.as_str().into(), now.into()]).await.map(drop)
}

/// Writes a manifest and what it needs. The same bytes may be pushed again.
pub async fn put_manifest(tx: &mut Tx, repository: i64, new: &NewManifest, needs: &[&Digest]) -> Result<(), Error> {
    let sql = "INSERT INTO manifests (repository, digest, media_type, artifact_type, subject, annotations, chart, size, \
        body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (repository, digest) DO UPDATE SET \
        media_type = excluded.media_type, artifact_type = excluded.artifact_type, chart = excluded.chart";
    let size = i64::try_from(new.body.len()).map_err(|_| Error::torn("keep a size"))?;
    let args = [
        repository.into(),
        new.digest.as_str().into(),
        (&new.media_type).into(),
        new.artifact_type.as_deref().into(),
        new.subject.as_deref().into(),
        new.annotations.as_deref().into(),
        new.chart.as_deref().into(),
        size.into(),
        Arg::Bytes(&new.body),
    ];
    tx.execute(sql, &args).await?;
    for digest in needs {
        let sql = "INSERT INTO needs (repository, digest, manifest) VALUES ($1, $2, $3) \
            ON CONFLICT (repository, digest, manifest) DO NOTHING";
        tx.execute(sql, &[repository.into(), digest.as_str().into(), new.digest.as_str().into()]).await?;
    }
    Ok(())
}

/// Lets a tag point at a manifest.
pub async fn put_tag(tx: &mut Tx, repository: i64, name: &str, digest: &Digest) -> Result<(), Error> {
    let sql = "INSERT INTO tags (repository, name, digest) VALUES ($1, $2, $3) ON CONFLICT (repository, name) \
        DO UPDATE SET digest = excluded.digest";
    tx.execute(sql, &[repository.into(), name.into(), digest.as_str().into()]).await.map(drop)
}

/// Returns what a tag points at.
pub async fn tagged(tx: &mut Tx, repository: i64, name: &str) -> Result<Option<String>, Error> {
    let sql = "SELECT digest FROM tags WHERE repository = $1 AND name = $2";
    tx.row(sql, &[repository.into(), name.into()]).await?.map(|mut row| row.text()).transpose()
}

/// Removes a tag, if it points at a given manifest where one is given.
pub async fn remove_tag(tx: &mut Tx, repository: i64, name: &str, digest: Option<&str>) -> Result<(), Error> {
    let sql = "DELETE FROM tags WHERE repository = $1 AND name = $2 AND (digest = $3 OR $3 IS NULL)";
    tx.execute(sql, &[repository.into(), name.into(), digest.into()]).await.map(drop)
}

/// Removes a manifest that no tag points at; others stay.
pub async fn remove_untagged(tx: &mut Tx, repository: i64, digest: &str) -> Result<(), Error> {
    let key = [repository.into(), Arg::from(digest)];
    if tx.row("SELECT 1 FROM tags WHERE repository = $1 AND digest = $2 LIMIT 1", &key).await?.is_some() {
        return Ok(());
    }
    remove_manifest(tx, repository, digest).await.map(drop)
}

/// Removes a manifest with all its tags; tells whether it was there.
pub async fn remove_manifest(tx: &mut Tx, repository: i64, digest: &str) -> Result<bool, Error> {
    let key = [repository.into(), Arg::from(digest)];
    let gone = tx.execute("DELETE FROM manifests WHERE repository = $1 AND digest = $2", &key).await?;
    tx.execute("DELETE FROM tags WHERE repository = $1 AND digest = $2", &key).await?;
    tx.execute("DELETE FROM needs WHERE repository = $1 AND manifest = $2", &key).await?;
    Ok(gone > 0)
}

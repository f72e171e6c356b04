//! Blobs of a repository.

use crate::blobs::{Blob, Spooled};
use crate::charts::{PUT_OFF, settle};
use crate::digest::Digest;
use crate::error::{Error, Missing};
use crate::rows::{Arg, Change, Tx};
use crate::store::{Store, now, select_content};

use super::table::{self, NewBlob};

/// Repositories that are looked at for a blob to be mounted without saying from where.
const SOURCES: i64 = 8;

impl Store {
    /// Returns a blob of a repository.
    ///
    /// # Errors
    /// The repository has none of this digest.
    pub async fn blob_of(&self, repository: &str, digest: &Digest) -> Result<Blob, Error> {
        // A content that lay in a file that has gone is not there, though the repository still has it.
        let sql = select_content!(
            "repositories r JOIN links l ON l.repository = r.id JOIN blobs b ON b.digest = l.digest AND b.state = 0 \
                WHERE r.name = $1 AND l.digest = $2"
        );
        let row = self.registry_row(repository, sql, &[repository.into(), digest.as_str().into()]).await?;
        self.blob(&mut row.ok_or(Error::Unknown(Missing::Blob))?)
    }

    /// Keeps a blob for a repository.
    ///
    /// # Errors
    /// The body has another digest; the disk is full.
    pub async fn put_blob(&self, repository: &str, body: Spooled, digest: &Digest) -> Result<(), Error> {
        self.put_blob_of(repository, body, digest, None).await
    }

    /// Keeps a blob and ends the upload that it came by.
    pub(super) async fn put_blob_of(
        &self,
        repository: &str,
        body: Spooled,
        digest: &Digest,
        upload: Option<String>,
    ) -> Result<(), Error> {
        if body.digest() != digest {
            return Err(Error::Mismatch);
        }
        let (store, repository) = (self.clone(), repository.to_owned());
        self.whole(async move {
            let change = |blobs| PutBlob { repository: repository.clone(), blobs, upload: upload.clone() };
            store.change_with(&[], &mut [body], change).await
        })
        .await
    }

    /// Gives a repository the blob of another one; `false` when that one does not have it.
    pub async fn mount(&self, repository: &str, from: &str, digest: &Digest) -> Result<bool, Error> {
        let change = Mount { repository: repository.to_owned(), from: from.to_owned(), digest: digest.clone() };
        let store = self.clone();
        self.whole(async move { store.change(&[], change).await }).await
    }

    /// Returns repositories that have a blob: a few of them.
    pub async fn sources(&self, digest: &Digest) -> Result<Vec<String>, Error> {
        let sql = "SELECT r.name FROM links l JOIN repositories r ON r.id = l.repository WHERE l.digest = $1 UNION \
            SELECT CASE t.name WHEN '' THEN v.name ELSE t.name || '/' || v.name END FROM versions v JOIN tenants t \
            ON t.id = v.tenant JOIN blobs b ON b.id = v.blob WHERE b.digest = $1 AND v.manifest = $2 ORDER BY 1 LIMIT $3";
        let rows = self.inner.rows.rows(sql, &[digest.as_str().into(), PUT_OFF.into(), Arg::Int(SOURCES)]).await?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }

    /// Takes a blob from a repository.
    ///
    /// # Errors
    /// The repository has none of this digest; [`Error::Exists`] when a chart needs it.
    pub async fn delete_blob(&self, repository: &str, digest: &Digest) -> Result<(), Error> {
        let change = Unlink { repository: repository.to_owned(), digest: digest.clone() };
        let store = self.clone();
        self.whole(async move { store.change(&[], change).await }).await
    }
}

struct PutBlob {
    repository: String,
    blobs: Vec<NewBlob>,
    upload: Option<String>,
}

impl Change for PutBlob {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let now = now();
        settle(tx, &self.repository).await?;
        let repository = table::repository(tx, &self.repository).await?;
        for blob in &self.blobs {
            table::keep_blob(tx, blob, now).await?;
            table::link(tx, repository, &blob.digest, now).await?;
        }
        let Some(upload) = &self.upload else { return Ok(()) };
        tx.execute("DELETE FROM parts WHERE upload = $1", &[upload.into()]).await?;
        // Two requests may end one upload: the second finds the blob there.
        tx.execute("DELETE FROM uploads WHERE id = $1", &[upload.into()]).await.map(drop)
    }
}

struct Mount {
    repository: String,
    from: String,
    digest: Digest,
}

impl Change for Mount {
    type Done = bool;

    async fn apply(&self, tx: &mut Tx) -> Result<bool, Error> {
        settle(tx, &self.from).await?;
        settle(tx, &self.repository).await?;
        // The blob's row is held, so that garbage collection waits. A file that others may remove is no place to mount
        // from: the client sends the blob.
        let sql = "UPDATE blobs SET touched = $3 WHERE digest = $2 AND state = 0 AND path IS NULL AND EXISTS \
            (SELECT 1 FROM links l JOIN repositories r ON r.id = l.repository WHERE r.name = $1 AND l.digest = $2)";
        let now = now();
        if tx.execute(sql, &[(&self.from).into(), self.digest.as_str().into(), now.into()]).await? == 0 {
            return Ok(false);
        }
        let repository = table::repository(tx, &self.repository).await?;
        table::link(tx, repository, &self.digest, now).await?;
        Ok(true)
    }
}

struct Unlink {
    repository: String,
    digest: Digest,
}

impl Change for Unlink {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let unknown = || Error::Unknown(Missing::Blob);
        settle(tx, &self.repository).await?;
        let repository = table::known_repository(tx, &self.repository).await?.ok_or_else(unknown)?;
        let key = [repository.into(), Arg::from(self.digest.as_str())];
        let sql = "SELECT 1 FROM needs n JOIN manifests m ON m.repository = n.repository AND m.digest = n.manifest \
            WHERE n.repository = $1 AND n.digest = $2 AND m.chart IS NOT NULL LIMIT 1";
        if tx.row(sql, &key).await?.is_some() {
            return Err(Error::Exists("a chart that needs the blob".to_owned()));
        }
        match tx.execute("DELETE FROM links WHERE repository = $1 AND digest = $2", &key).await? {
            0 => Err(unknown()),
            _ => Ok(()),
        }
    }
}

//! Deletes tags and manifests, and with them the versions of charts that they were.

use crate::charts::{remove_tagged, settle};
use crate::digest::Digest;
use crate::error::{Error, Missing};
use crate::names;
use crate::rows::{Change, Tx};
use crate::store::{Store, now};

use super::table;

impl Store {
    /// Deletes a tag; its manifest stays.
    ///
    /// # Errors
    /// There is no such tag.
    pub async fn delete_tag(&self, repository: &str, tag: &str) -> Result<(), Error> {
        self.remove(Remove { repository: repository.to_owned(), what: What::Tag(tag.to_owned()) }).await
    }

    /// Deletes a manifest with all tags that point at it.
    ///
    /// # Errors
    /// There is no such manifest.
    pub async fn delete_manifest(&self, repository: &str, digest: &Digest) -> Result<(), Error> {
        self.remove(Remove { repository: repository.to_owned(), what: What::Manifest(digest.clone()) }).await
    }

    async fn remove(&self, remove: Remove) -> Result<(), Error> {
        let store = self.clone();
        self.whole(async move {
            let repository = remove.repository.clone();
            let (tenant, _) = names::tenant_and_chart(&repository);
            store.change(&[&repository, tenant], remove).await
        })
        .await
    }
}

struct Remove {
    repository: String,
    what: What,
}

enum What {
    Tag(String),
    Manifest(Digest),
}

impl Change for Remove {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let unknown = |what| Error::Unknown(what);
        let name = &self.repository;
        settle(tx, name).await?;
        let known = table::known_repository(tx, name).await?;
        let repository = known.ok_or_else(|| unknown(Missing::Repository))?;
        match &self.what {
            What::Tag(tag) => {
                let manifest = table::tagged(tx, repository, tag).await?;
                let manifest = manifest.ok_or_else(|| unknown(Missing::Manifest))?;
                remove_tagged(tx, name, &manifest, Some(tag), now()).await?;
                table::remove_tag(tx, repository, tag, None).await
            }
            What::Manifest(digest) => {
                remove_tagged(tx, name, digest.as_str(), None, now()).await?;
                match table::remove_manifest(tx, repository, digest.as_str()).await? {
                    true => Ok(()),
                    false => Err(unknown(Missing::Manifest)),
                }
            }
        }
    }
}

//! Finds manifests, by tag or digest.

use std::sync::Arc;

use crate::error::{Error, Missing};
use crate::store::Store;

use super::Manifest;

impl Store {
    /// Returns a manifest by its digest or by a tag.
    ///
    /// # Errors
    /// The repository has no such manifest.
    pub async fn manifest(&self, repository: &str, reference: &str) -> Result<Arc<Manifest>, Error> {
        let cache = &self.inner.manifests;
        let epoch = cache.epoch();
        if let Some(manifest) = cache.get(repository, reference) {
            return Ok(manifest);
        }
        let sql = match reference.contains(':') {
            true => {
                "SELECT m.digest, m.media_type, m.body FROM repositories r JOIN manifests m ON m.repository = r.id \
                WHERE r.name = $1 AND m.digest = $2"
            }
            false => {
                "SELECT m.digest, m.media_type, m.body FROM repositories r JOIN tags t ON t.repository = r.id \
                JOIN manifests m ON m.repository = r.id AND m.digest = t.digest WHERE r.name = $1 AND t.name = $2"
            }
        };
        let row = self.registry_row(repository, sql, &[repository.into(), reference.into()]).await?;
        let mut row = row.ok_or(Error::Unknown(Missing::Manifest))?;
        let digest = row.text()?.parse().map_err(|_| Error::torn("read a digest"))?;
        let manifest = Arc::new(Manifest { digest, media_type: row.text()?, body: row.bytes()?.into() });
        // Another process may change the rows: then each request asks them.
        if self.inner.rows.is_exclusive() {
            cache.put(epoch, repository, reference, manifest.clone(), manifest.body.len());
        }
        Ok(manifest)
    }
}

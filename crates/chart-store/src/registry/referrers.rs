//! Lists manifests by their subject.

use crate::digest::Digest;
use crate::error::Error;
use crate::rows::{Arg, are_full};
use crate::store::Store;

use super::Referrer;

/// Manifests of one answer at most: it is one JSON document.
const PAGE: usize = 1000;
/// Bytes of their annotations, about.
const BYTES: usize = 1024 * 1024;

impl Store {
    /// Returns manifests and indexes whose subject is a manifest, in the order of their digests behind `last`; and
    /// whether there may be more. A subject that is not there may have some too.
    pub async fn referrers(
        &self,
        repository: &str,
        subject: &Digest,
        artifact_type: Option<&str>,
        last: Option<&str>,
    ) -> Result<(Vec<Referrer>, bool), Error> {
        let sql = "SELECT m.media_type, m.digest, m.size, m.artifact_type, m.annotations FROM repositories r \
            JOIN manifests m ON m.repository = r.id WHERE r.name = $1 AND m.subject = $2 AND m.subject IS NOT NULL AND \
            (m.artifact_type = $3 OR $3 IS NULL) AND m.digest > $4 ORDER BY m.digest LIMIT $5";
        let args = [
            repository.into(),
            subject.as_str().into(),
            artifact_type.into(),
            last.unwrap_or_default().into(),
            Arg::Int(PAGE as i64 + 1),
        ];
        let rows = self.inner.rows.some_rows(sql, &args, BYTES).await?;
        let more = are_full(&rows, PAGE as i64 + 1, BYTES);
        let found = rows.into_iter().take(PAGE).map(|mut row| {
            Ok(Referrer {
                media_type: row.text()?,
                digest: row.text()?,
                size: row.size()?,
                artifact_type: row.maybe_text()?,
                annotations: row.maybe_text()?,
            })
        });
        Ok((found.collect::<Result<Vec<_>, Error>>()?, more))
    }
}

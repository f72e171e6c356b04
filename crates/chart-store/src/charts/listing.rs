//! All versions of a tenant in their order, page by page: for who cannot have them all in memory.

use bytes::Bytes;

use crate::error::Error;
use crate::rows::{Arg, PAGE_BYTES, Row};
use crate::store::Store;

/// Versions of a page at most: an entry is about a kilobyte.
const PAGE: i64 = 500;
/// Bytes of an entry that comes with its page: a chart may have many versions, all of which are read before one is written.
const ENTRY_BYTES: i64 = 32 * 1024;
/// Versions of a page without their entries.
const NAMES: i64 = 5000;

/// A version of a chart as the rows have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub version: String,
    /// Hexadecimal SHA-256 of the package.
    pub digest: String,
    /// Its item in the index, with the address that it has on this server; not where it is large, or only names were asked
    /// for.
    pub entry: Option<Bytes>,
}

impl Store {
    /// Returns the next versions behind a chart and a version, in the order of the bytes of both. Fewer than a page may
    /// come before the last one; none is the end.
    pub async fn entries(&self, tenant: &str, after: (&str, &str)) -> Result<Vec<Listed>, Error> {
        let sql = "SELECT v.name, v.version, v.archive, CASE WHEN length(v.entry) <= $5 THEN v.entry END FROM versions v \
            JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND (v.name, v.version) > ($2, $3) \
            ORDER BY v.name, v.version LIMIT $4";
        let args = [tenant.into(), after.0.into(), after.1.into(), Arg::Int(PAGE), Arg::Int(ENTRY_BYTES)];
        let rows = self.inner.rows.some_rows(sql, &args, PAGE_BYTES).await?;
        let read = |mut row: Row| {
            let listed = names(&mut row)?;
            Ok(Listed { entry: row.maybe_text()?.map(|entry| self.addressed(tenant, entry)), ..listed })
        };
        rows.into_iter().map(read).collect()
    }

    /// Returns the item of a version in the index, as [`Listed`] has it; none if the version has gone.
    pub async fn entry(&self, tenant: &str, name: &str, version: &str) -> Result<Option<Bytes>, Error> {
        let sql = "SELECT v.entry FROM versions v JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND v.name = $2 AND \
            v.version = $3";
        let row = self.inner.rows.row(sql, &[tenant.into(), name.into(), version.into()]).await?;
        row.map(|mut row| Ok(self.addressed(tenant, row.text()?))).transpose()
    }

    /// Returns the next versions as [`Store::entries`], without their entries.
    pub async fn names(&self, tenant: &str, after: (&str, &str)) -> Result<Vec<Listed>, Error> {
        let sql = "SELECT v.name, v.version, v.archive FROM versions v JOIN tenants t ON v.tenant = t.id \
            WHERE t.name = $1 AND (v.name, v.version) > ($2, $3) ORDER BY v.name, v.version LIMIT $4";
        let args = [tenant.into(), after.0.into(), after.1.into(), Arg::Int(NAMES)];
        let rows = self.inner.rows.rows(sql, &args).await?;
        rows.into_iter().map(|mut row| names(&mut row)).collect()
    }
}

fn names(row: &mut Row) -> Result<Listed, Error> {
    let (name, version, archive) = (row.text()?, row.text()?, row.text()?);
    let digest = archive.split_once(':').map_or(archive.as_str(), |(_, hex)| hex).to_owned();
    Ok(Listed { name, version, digest, entry: None })
}

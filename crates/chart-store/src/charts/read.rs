//! Finds charts, versions and files.

use crate::blobs::Blob;
use crate::error::{Error, Missing};
use crate::rows::{Arg, Row};
use crate::store::{Store, select_content};

use super::{ChartVersion, entry};

impl Store {
    /// Returns the versions of a chart, the newest first, as Helm sorts an index; none if there is no such chart.
    pub async fn versions(&self, tenant: &str, name: &str) -> Result<Vec<String>, Error> {
        let sql =
            "SELECT v.version FROM versions v JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND v.name = $2";
        let rows = self.inner.rows.rows(sql, &[tenant.into(), name.into()]).await?;
        let mut versions = rows.into_iter().map(|mut row| row.text()).collect::<Result<Vec<_>, Error>>()?;
        versions.sort_by_cached_key(|version| std::cmp::Reverse(crate::index::Rank::of(version)));
        Ok(versions)
    }

    /// Returns a version of a chart.
    ///
    /// # Errors
    /// There is no such version.
    pub async fn version(&self, tenant: &str, name: &str, version: &str) -> Result<ChartVersion, Error> {
        let sql = "SELECT v.name, v.version, v.file, v.archive, v.size, v.created, v.provenance, v.metadata \
            FROM versions v JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND v.name = $2 AND v.version = $3";
        let row = self.inner.rows.row(sql, &[tenant.into(), name.into(), version.into()]).await?;
        chart_version(row.ok_or(Error::Unknown(Missing::Version))?)
    }

    /// Returns how many charts and versions a tenant has.
    pub async fn counts(&self, tenant: &str) -> Result<(u64, u64), Error> {
        let sql = "SELECT count(DISTINCT v.name), count(*) FROM versions v JOIN tenants t ON v.tenant = t.id \
            WHERE t.name = $1";
        let row = self.inner.rows.row(sql, &[tenant.into()]).await?;
        let mut row = row.ok_or_else(|| Error::torn("count versions"))?;
        Ok((row.size()?, row.size()?))
    }

    /// Returns the names of tenants behind `after`, in order, at most `limit`.
    pub async fn tenants(&self, after: Option<&str>, limit: u64) -> Result<Vec<String>, Error> {
        let sql = "SELECT name FROM tenants WHERE name > $1 OR $2 = 1 ORDER BY name LIMIT $3";
        let args = [after.unwrap_or_default().into(), Arg::Int(after.is_none().into()), number(limit)?];
        self.inner.rows.rows(sql, &args).await?.into_iter().map(|mut row| row.text()).collect()
    }

    /// Returns a package (`NAME-VERSION.tgz`) or a provenance file (`NAME-VERSION.tgz.prov`).
    ///
    /// # Errors
    /// There is no such file.
    pub async fn file(&self, tenant: &str, file: &str) -> Result<Blob, Error> {
        let cache = &self.inner.packages;
        let epoch = cache.epoch();
        if let Some(blob) = cache.get(tenant, file) {
            return Ok(blob);
        }
        let blob = self.find_file(tenant, file).await?;
        let blob = self.warmed(blob).await?;
        if self.inner.rows.is_exclusive() {
            let bytes = blob.ready().map_or(64, |bytes| bytes.len());
            cache.put(epoch, tenant, file, blob.clone(), bytes);
        }
        Ok(blob)
    }

    async fn find_file(&self, tenant: &str, file: &str) -> Result<Blob, Error> {
        let sql = select_content!(
            "versions v JOIN tenants t ON v.tenant = t.id JOIN blobs b ON b.digest = v.archive WHERE t.name = $1 AND \
                v.file = $2"
        );
        let row = match file.strip_suffix(".prov") {
            None => self.inner.rows.row(sql, &[tenant.into(), file.into()]).await?,
            Some(package) => self.find_provenance(tenant, package).await?,
        };
        self.blob(&mut row.ok_or(Error::Unknown(Missing::File))?)
    }

    async fn find_provenance(&self, tenant: &str, package: &str) -> Result<Option<Row>, Error> {
        let args = [tenant.into(), package.into()];
        let sql = select_content!(
            "versions v JOIN tenants t ON v.tenant = t.id JOIN blobs b ON b.digest = v.provenance WHERE t.name = $1 AND \
                v.file = $2"
        );
        if let Some(row) = self.inner.rows.row(sql, &args).await? {
            return Ok(Some(row));
        }
        let sql = select_content!(
            "provenances p JOIN tenants t ON p.tenant = t.id JOIN blobs b ON b.digest = p.digest WHERE t.name = $1 AND \
                p.file = $2"
        );
        self.inner.rows.row(sql, &args).await
    }
}

fn number(number: u64) -> Result<Arg<'static>, Error> {
    i64::try_from(number).map(Arg::Int).map_err(|_| Error::invalid("the number is too large"))
}

/// Reads a version: name, version, file, archive, size, created, provenance, metadata.
pub fn chart_version(mut row: Row) -> Result<ChartVersion, Error> {
    let (name, version, file, archive) = (row.text()?, row.text()?, row.text()?, row.text()?);
    let (size, created, provenance) = (row.size()?, row.int()?, row.maybe_text()?);
    Ok(ChartVersion {
        name,
        version,
        file,
        digest: archive.split_once(':').map_or(archive.as_str(), |(_, hex)| hex).to_owned(),
        size,
        created: entry::time(created),
        has_provenance: provenance.is_some(),
        metadata: row.text()?,
    })
}

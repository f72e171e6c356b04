//! Takes versions out: of the index, of the tags, and their manifests.

use crate::error::{Error, Missing};
use crate::names;
use crate::rows::{Change, Tx};
use crate::store::{Store, now};

use super::put::check_tenant;
use super::table::{Place, remove_everywhere};

/// Takes out one version.
pub struct Removal {
    pub tenant: String,
    pub name: String,
    pub version: String,
}

impl Store {
    /// Deletes the version whose file is `NAME-VERSION.tgz`, with its provenance file, tag and manifest. Contents that
    /// nobody needs go with the next collection of garbage.
    ///
    /// The file decides, as in ChartMuseum 0.16.5 (`deleteChartVersion`): scripts that take `a-1.0.0-rc.tgz` apart at the
    /// last `-` ask for version `rc` of `a-1.0.0`.
    ///
    /// # Errors
    /// There is no such version.
    pub async fn delete_chart(&self, tenant: &str, name: &str, version: &str) -> Result<(), Error> {
        check_tenant(tenant)?;
        let removal = self.named_by_file(tenant, name, version).await?;
        let store = self.clone();
        self.whole(async move {
            let (repository, tenant) = (names::repository(&removal.tenant, &removal.name), removal.tenant.clone());
            store.change(&[&repository, &tenant], removal).await
        })
        .await
    }

    async fn named_by_file(&self, tenant: &str, name: &str, version: &str) -> Result<Removal, Error> {
        let unknown = || Error::Unknown(Missing::Version);
        let file = names::file(name, version).map_err(|_| unknown())?;
        let sql = "SELECT v.name, v.version FROM versions v JOIN tenants t ON v.tenant = t.id \
            WHERE t.name = $1 AND v.file = $2";
        let row = self.inner.rows.row(sql, &[tenant.into(), file.as_str().into()]).await?;
        let mut row = row.ok_or_else(unknown)?;
        Ok(Removal { tenant: tenant.to_owned(), name: row.text()?, version: row.text()? })
    }
}

impl Change for Removal {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let place = Place::hold(tx, &self.tenant, now()).await?;
        remove_everywhere(tx, &place, &self.tenant, (&self.name, &self.version)).await
    }
}

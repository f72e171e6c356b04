//! Takes versions out: of the index, of the tags, and their manifests.

use crate::error::Error;
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
    /// Deletes a version with its provenance file, tag and manifest. Contents that nobody needs go with the next
    /// collection of garbage.
    ///
    /// # Errors
    /// There is no such version.
    pub async fn delete_chart(&self, tenant: &str, name: &str, version: &str) -> Result<(), Error> {
        check_tenant(tenant)?;
        let removal = Removal { tenant: tenant.to_owned(), name: name.to_owned(), version: version.to_owned() };
        let store = self.clone();
        self.whole(async move {
            let (repository, tenant) = (names::repository(&removal.tenant, &removal.name), removal.tenant.clone());
            store.change(&[&repository, &tenant], removal).await
        })
        .await
    }
}

impl Change for Removal {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let place = Place::hold(tx, &self.tenant, now()).await?;
        remove_everywhere(tx, &place, &self.tenant, (&self.name, &self.version)).await
    }
}

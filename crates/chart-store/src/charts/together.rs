//! Takes in many packages of one tenant at once: what a mirror brings.
//!
//! Nearly always all of them are small and new. Then each costs two rows, and what holds for all of them is looked up once.
//! Where one is not, each is taken in by itself, with all that there is to look at.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;

use crate::blobs::Content;
use crate::error::Error;
use crate::names;
use crate::registry::table::{self as oci, NewBlob};
use crate::rows::{Change, Tx};
use crate::store::{INLINE_BYTES, Store, now};

use super::put::check_tenant;
use super::table::{Place, add_version, forget_removal, mark_uploaded};
use super::tie::tie;
use super::{Checked, PUT_OFF, Package, Policy, Saved};

/// Packages that are taken in by themselves beside each other: each writes a file through to the disk.
const PLACED_AT_ONCE: usize = 32;

impl Store {
    /// Keeps packages that were checked, as [`Store::keep_chart`] does each with the plain policy; their rows are written
    /// together.
    ///
    /// # Errors
    /// The name of the tenant, or the server stops; those of a package are its own.
    pub async fn keep_charts(&self, tenant: &str, packages: Vec<Checked>) -> Result<Vec<Result<Saved, Error>>, Error> {
        check_tenant(tenant)?;
        let (store, tenant) = (self.clone(), tenant.to_owned());
        // One task for all: each by itself wakes a thread or two.
        self.whole(async move {
            if let Some(new) = PutTogether::of(&tenant, &packages)
                && let Ok(saved) = store.put_together(new).await
            {
                return Ok(saved.into_iter().map(Ok).collect());
            }
            let kept = packages.into_iter().map(|Checked { package, spooled }| {
                store.put_package(tenant.clone(), package, spooled, None, Policy::default())
            });
            Ok(stream::iter(kept).buffered(PLACED_AT_ONCE).collect().await)
        })
        .await
    }

    async fn put_together(&self, new: PutTogether) -> Result<Vec<Saved>, Error> {
        let saved = new.packages.iter().map(|(package, _)| Saved::of(package)).collect();
        let mut scopes = vec![new.tenant.clone()];
        for (package, _) in &new.packages {
            let repository = names::repository(&new.tenant, &package.name);
            // Those of one chart mostly come one after the other.
            if scopes.last() != Some(&repository) {
                scopes.push(repository);
            }
        }
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        self.change(&scopes, new).await?;
        Ok(saved)
    }
}

/// Packages that are in memory and go into the rows.
struct PutTogether {
    tenant: String,
    packages: Vec<(Arc<Package>, NewBlob)>,
}

impl PutTogether {
    /// Returns nothing where one of them needs a file.
    fn of(tenant: &str, packages: &[Checked]) -> Option<Self> {
        let one = |checked: &Checked| match &checked.spooled.content {
            Content::Memory(bytes) if checked.size() <= INLINE_BYTES => {
                let body = Bytes::clone(bytes);
                Some((checked.package.clone(), NewBlob::inline(&checked.spooled, body)))
            }
            _ => None,
        };
        Some(PutTogether { tenant: tenant.to_owned(), packages: packages.iter().map(one).collect::<Option<_>>()? })
    }
}

impl Change for PutTogether {
    type Done = ();

    /// Fails where one of them is not new; none of them is taken in then.
    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let now = now();
        let place = Place::hold(tx, &self.tenant, now).await?;
        let tenant = [place.tenant.into()];
        if tx.row("SELECT 1 FROM provenances WHERE tenant = $1 LIMIT 1", &tenant).await?.is_some() {
            // One of these may be of one of those.
            return Err(Error::Busy);
        }
        let has_removals = tx.row("SELECT 1 FROM removals WHERE tenant = $1 LIMIT 1", &tenant).await?.is_some();
        let has_files = tx.row("SELECT 1 FROM imported LIMIT 1", &[]).await?.is_some();
        let mut put_off = None;
        for (package, blob) in &self.packages {
            oci::keep_blob(tx, blob, now).await?;
            let manifest = match put_off {
                Some(chart) if chart == &package.name => Some(PUT_OFF.to_owned()),
                _ => tie(tx, &place, &self.tenant, package, None).await?,
            };
            put_off = manifest.as_deref().filter(|manifest| *manifest == PUT_OFF).map(|_| &package.name);
            add_version(tx, &place, package, manifest.as_deref()).await?;
            if has_removals {
                forget_removal(tx, &place, &package.name, &package.version).await?;
            }
            if has_files {
                mark_uploaded(tx, &place, package).await?;
            }
        }
        Ok(())
    }
}

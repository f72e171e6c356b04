//! Takes in the packages and provenance files of one form: all of them, or none.

use std::sync::Arc;

use bytes::Bytes;

use crate::blobs::Spooled;
use crate::error::Error;
use crate::names;
use crate::registry::table::NewBlob;
use crate::rows::{Change, Tx};
use crate::store::Store;

use super::provenance::{PutProvenance, Subject};
use super::put::{PutPackage, check_tenant};
use super::{Checked, Package, Policy};

impl Store {
    /// Keeps packages that were checked, and provenance files, each by itself. Who has several packages keeps room from
    /// others: one at a time may.
    ///
    /// # Errors
    /// As [`Store::keep_chart`] and [`Store::put_provenance`]; nothing is kept then.
    pub async fn keep_form(
        &self,
        tenant: &str,
        packages: Vec<Checked>,
        provenances: Vec<Bytes>,
        policy: Policy,
    ) -> Result<(), Error> {
        check_tenant(tenant)?;
        let is_alone = packages.is_empty();
        let subjects = provenances.iter().map(|text| Subject::of(text)).collect::<Result<Vec<_>, Error>>()?;
        let (packages, mut contents): (Vec<Arc<Package>>, Vec<Spooled>) =
            packages.into_iter().map(|Checked { package, spooled }| (package, spooled)).unzip();
        if let Some(of) = subjects.iter().find(|of| !is_alone && !packages.iter().any(|package| of.is(package))) {
            return Err(Error::invalid(format!("provenance file is of {}, which is not in the form", of.file)));
        }
        contents.extend(provenances.into_iter().map(Spooled::from_bytes));
        let (store, tenant) = (self.clone(), tenant.to_owned());
        self.whole(async move {
            let charts = packages.iter().map(|package| &package.name).chain(subjects.iter().map(|of| &of.name));
            let mut scopes: Vec<String> = charts.map(|chart| names::repository(&tenant, chart)).collect();
            scopes.push(tenant.clone());
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            let change = |blobs: Vec<NewBlob>| PutForm::new(&tenant, (&packages, &subjects), blobs, policy);
            store.change_with(&scopes, &mut contents, change).await
        })
        .await
    }
}

struct PutForm {
    packages: Vec<PutPackage>,
    provenances: Vec<PutProvenance>,
}

impl PutForm {
    /// The contents are those of the packages, and then those of the provenance files.
    fn new(
        tenant: &str,
        (packages, subjects): (&[Arc<Package>], &[Subject]),
        blobs: Vec<NewBlob>,
        policy: Policy,
    ) -> Self {
        let (tenant, mut blobs) = (tenant.to_owned(), blobs.into_iter());
        let package = |(package, blob): (&Arc<Package>, NewBlob)| {
            let (tenant, package) = (tenant.clone(), package.clone());
            PutPackage { tenant, package, blobs: vec![blob], policy }
        };
        let packages = packages.iter().zip(blobs.by_ref()).map(package).collect();
        let provenance = |(of, blob): (&Subject, NewBlob)| {
            let (tenant, of) = (tenant.clone(), of.clone());
            PutProvenance { tenant, of, blobs: vec![blob], policy }
        };
        PutForm { packages, provenances: subjects.iter().zip(blobs).map(provenance).collect() }
    }
}

impl Change for PutForm {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        for package in &self.packages {
            package.apply(tx).await?;
        }
        for provenance in &self.provenances {
            provenance.apply(tx).await?;
        }
        Ok(())
    }
}

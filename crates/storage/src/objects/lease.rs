//! Leases in the annotation of an object.

use release::Lease;

use super::api::Place;
use super::body::{lease_exchange, lease_patch};
use crate::{LeaseWriter, StorageError};

/// Puts a lease on an object, if the one there is still the one that was seen; false when somebody was faster.
pub fn claim(place: &Place, key: &str, seen: Option<&Lease>, lease: &Lease) -> Result<bool, StorageError> {
    let item = match place.get(key) {
        Ok(item) => item,
        Err(error) if error.is_not_found() => return Err(StorageError::NotFound),
        Err(error) => return Err(StorageError::Other(error.into())),
    };
    if item.lease().as_ref() != seen {
        return Ok(false);
    }
    match place.patch(key, &lease_patch(lease, &item.resource_version)?) {
        Ok(()) => Ok(true),
        Err(error) if error.is_conflict() => Ok(false),
        Err(error) if error.is_not_found() => Err(StorageError::NotFound),
        Err(error) => Err(StorageError::Other(error.into())),
    }
}

/// Renews the lease of an object.
pub struct Writer {
    pub place: Place,
    pub key: String,
}

impl LeaseWriter for Writer {
    fn renew(&mut self, seen: &Lease, lease: &Lease) -> Result<bool, String> {
        let patch = lease_exchange(seen, lease).map_err(|error| error.text)?;
        match self.place.json_patch(&self.key, &patch) {
            Ok(()) => Ok(true),
            // 422: the test of the patch failed.
            Err(error) if error.is_not_found() || error.code == 422 => Ok(false),
            Err(error) => Err(error.text),
        }
    }
}

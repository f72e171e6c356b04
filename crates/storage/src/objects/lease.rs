//! Leases in the annotation of an object.

use release::{LEASE_ANNOTATION, Lease};
use serde_json::{Value, json};

use super::api::{ApiError, Place};
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
    let patched = match place.patch(key, &lease_patch(lease, &item.resource_version)?) {
        Err(error) if error.is_forbidden() => replace(place, key, seen, lease),
        patched => patched.map(|()| true),
    };
    match patched {
        Ok(done) => Ok(done),
        Err(error) if error.is_conflict() => Ok(false),
        Err(error) if error.is_not_found() => Err(StorageError::NotFound),
        Err(error) => Err(StorageError::Other(error.into())),
    }
}

/// Writes the object back with another lease: Helm's users need no right to patch records, so that is all some have.
fn replace(place: &Place, key: &str, seen: Option<&Lease>, lease: &Lease) -> Result<bool, ApiError> {
    let whole = place.get_whole(key)?;
    let mut object: Value = serde_json::from_slice(&whole).map_err(|error| ApiError::plain(error.to_string()))?;
    let Some(metadata) = object["metadata"].as_object_mut() else { return Ok(false) };
    let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
    let there = annotations.get(LEASE_ANNOTATION).and_then(Value::as_str);
    if there.and_then(|text| Lease::from_json(text).ok()).as_ref() != seen {
        return Ok(false);
    }
    let Some(annotations) = annotations.as_object_mut() else { return Ok(false) };
    annotations.insert(LEASE_ANNOTATION.to_owned(), lease.to_json().into());
    place.replace(key, object.to_string().into_bytes()).map(|()| true)
}

/// Renews the lease of an object.
pub struct Writer {
    pub place: Place,
    pub key: String,
}

impl LeaseWriter for Writer {
    fn renew(&mut self, seen: &Lease, lease: &Lease) -> Result<bool, String> {
        let patch = lease_exchange(seen, lease).map_err(|error| error.text)?;
        let patched = match self.place.json_patch(&self.key, &patch) {
            Err(error) if error.is_forbidden() => replace(&self.place, &self.key, Some(seen), lease),
            patched => patched.map(|()| true),
        };
        match patched {
            Ok(done) => Ok(done),
            // 422: the test of the patch failed.
            Err(error) if error.is_not_found() || error.code == 422 => Ok(false),
            Err(error) => Err(error.text),
        }
    }
}

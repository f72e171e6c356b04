//! The JSON of the objects that are written.

use data_encoding::BASE64;
use gostd::value::Entries;
use gostd::{GoError, Value, json};
use release::{LEASE_ANNOTATION, Lease, Release, encode};

use super::Kind;
use crate::key;
use crate::labels::of_object;

/// Returns the object of a record; `stamp` is its label of the time of writing.
pub fn object(kind: Kind, release: &Release, stamp: (&str, u64), lease: Option<&Lease>) -> Result<Vec<u8>, GoError> {
    let stored = encode(release)?;
    let labels = of_object(release, stamp).into_iter().map(|(name, text)| (name.into(), text.into())).collect();
    let mut metadata: Entries =
        [("name".into(), key(&release.name, release.version).into()), ("labels".into(), Value::map(labels))].into();
    if let Some(lease) = lease {
        metadata.insert("annotations".into(), annotations(Some(lease)));
    }
    let text = match kind {
        Kind::Secret => BASE64.encode(stored.as_bytes()),
        Kind::ConfigMap => stored,
    };
    let mut object: Entries = [
        ("apiVersion".into(), "v1".into()),
        ("kind".into(), kind.name().into()),
        ("metadata".into(), Value::map(metadata)),
        ("data".into(), Value::map([("release".into(), text.into())].into())),
    ]
    .into();
    if kind == Kind::Secret {
        object.insert("type".into(), "helm.sh/release.v1".into());
    }
    json::encode(&Value::map(object))
}

/// Returns the merge patch that sets or takes off the lease; with a version, only if the object still has that.
pub fn lease_patch(lease: Option<&Lease>, resource_version: Option<&str>) -> Result<Vec<u8>, GoError> {
    let mut metadata: Entries = [("annotations".into(), annotations(lease))].into();
    if let Some(version) = resource_version {
        metadata.insert("resourceVersion".into(), version.into());
    }
    json::encode(&Value::map([("metadata".into(), Value::map(metadata))].into()))
}

fn annotations(lease: Option<&Lease>) -> Value {
    let text = lease.map_or(Value::Nil, |lease| lease.to_json().into());
    Value::map([(LEASE_ANNOTATION.into(), text)].into())
}

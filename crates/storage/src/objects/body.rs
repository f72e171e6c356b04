//! The JSON of the objects that are written.

use data_encoding::BASE64;
use gostd::value::Entries;
use gostd::{GoError, Value, json};
use release::{LEASE_ANNOTATION, Lease, Release};

use super::Kind;
use crate::key;
use crate::labels::of_object;

/// Returns the object of a record, which is packed already; `stamp` is its label of the time of writing.
pub fn object(
    kind: Kind,
    (release, stored): (&Release, String),
    stamp: (&str, u64),
    lease: Option<&Lease>,
) -> Result<Vec<u8>, GoError> {
    let labels = of_object(release, stamp).into_iter().map(|(name, text)| (name.into(), text.into())).collect();
    let mut metadata: Entries =
        [("name".into(), key(&release.name, release.version).into()), ("labels".into(), Value::map(labels))].into();
    if let Some(lease) = lease {
        metadata.insert("annotations".into(), annotations(lease));
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

/// Returns the merge patch that sets the lease if the object still has this version.
pub fn lease_patch(lease: &Lease, resource_version: &str) -> Result<Vec<u8>, GoError> {
    let metadata: Entries =
        [("annotations".into(), annotations(lease)), ("resourceVersion".into(), resource_version.into())].into();
    json::encode(&Value::map([("metadata".into(), Value::map(metadata))].into()))
}

/// Returns the JSON patch (RFC 6902) that replaces a lease by another; the version of the object does not matter.
pub fn lease_exchange(seen: &Lease, lease: &Lease) -> Result<Vec<u8>, GoError> {
    let path = format!("/metadata/annotations/{}", LEASE_ANNOTATION.replace('/', "~1"));
    let step = |operation: &str, lease: &Lease| {
        let members = [
            ("op".into(), operation.into()),
            ("path".into(), path.as_str().into()),
            ("value".into(), lease.to_json().into()),
        ];
        Value::map(members.into())
    };
    json::encode(&Value::list(vec![step("test", seen), step("replace", lease)]))
}

fn annotations(lease: &Lease) -> Value {
    Value::map([(LEASE_ANNOTATION.into(), lease.to_json().into())].into())
}

//! An object and where the API serves it.

use serde_json::Value;

/// An object of a manifest, or of the cluster, with its place in the API.
///
/// Source: `resource.Info` of k8s.io/cli-runtime.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Empty for what has none.
    pub namespace: String,
    pub name: String,
    /// `v1`, `apps/v1`.
    pub api_version: String,
    pub kind: String,
    /// Empty for the core group.
    pub group: String,
    pub version: String,
    /// As in paths: `deployments`.
    pub plural: String,
    pub namespaced: bool,
    pub object: Value,
}

impl Resource {
    /// Returns the path of the object.
    pub fn path(&self) -> String {
        format!("{}/{}", self.collection(), escape(&self.name))
    }

    /// Returns the path of all objects of its kind, in its namespace where it has one.
    pub fn collection(&self) -> String {
        collection(&self.group, &self.version, &self.plural, if self.namespaced { &self.namespace } else { "" })
    }

    /// Says whether two mean the same object: the version does not matter, as all versions of a kind are one object.
    ///
    /// Source: `isMatchingInfo`, pkg/kube/resource.go.
    pub fn matches(&self, other: &Resource) -> bool {
        self.name == other.name
            && self.namespace == other.namespace
            && self.group == other.group
            && self.kind == other.kind
    }

    /// As Go prints a `GroupVersionKind`: `apps/v1, Kind=Deployment`.
    pub fn group_version_kind(&self) -> String {
        format!("{}, Kind={}", group_version(&self.group, &self.version), self.kind)
    }

    pub fn annotation(&self, name: &str) -> Option<&str> {
        annotation(&self.object, name)
    }

    /// The same place with another state of the object.
    pub(crate) fn with_object(&self, object: Value) -> Resource {
        Resource { object, ..self.place() }
    }

    /// The same place without the object.
    pub(crate) fn place(&self) -> Resource {
        Resource {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            group: self.group.clone(),
            version: self.version.clone(),
            plural: self.plural.clone(),
            namespaced: self.namespaced,
            object: Value::Null,
        }
    }
}

pub(crate) fn annotation<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][name].as_str()
}

/// `apps/v1`; the core group has no name. Go prints a core version of nothing as `/v1`, hence `/, Kind=`.
pub(crate) fn group_version(group: &str, version: &str) -> String {
    format!("{group}/{version}")
}

/// Returns the path of a collection; no namespace means all of them.
pub(crate) fn collection(group: &str, version: &str, plural: &str, namespace: &str) -> String {
    let root = if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
    match namespace.is_empty() {
        true => format!("{root}/{plural}"),
        false => format!("{root}/namespaces/{}/{plural}", escape(namespace)),
    }
}

/// Names come from manifests: nothing in them may end the path or leave it.
pub(crate) fn escape(segment: &str) -> String {
    String::from_utf8_lossy(&gostd::url::path_escape(segment.as_bytes())).into_owned()
}

/// Splits `apps/v1` into group and version.
pub(crate) fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

//! What templates and checks know of the cluster: `.Capabilities`.

mod api_versions;
mod kube_version;
mod objects;

pub use api_versions::API_VERSIONS;
pub use kube_version::KubeVersion;

/// The Kubernetes version that Helm 4.3.1 assumes without a cluster: that of its client library.
const DEFAULT_MINOR: &str = "37";

/// `.Capabilities`.
#[derive(Clone, Debug)]
pub struct Capabilities {
    pub kube_version: KubeVersion,
    /// `group/version` and, from a cluster, `group/version/Kind`, in the order in which templates see them.
    pub api_versions: Vec<String>,
}

impl Capabilities {
    /// Returns what is assumed without a cluster, with another Kubernetes version if one is given.
    pub fn with_kube_version(kube_version: Option<KubeVersion>) -> Self {
        let version = format!("v1.{DEFAULT_MINOR}.0");
        let default = || KubeVersion {
            normalized: version.clone(),
            version: version.clone(),
            major: "1".to_owned(),
            minor: DEFAULT_MINOR.to_owned(),
        };
        Capabilities {
            kube_version: kube_version.unwrap_or_else(default),
            api_versions: API_VERSIONS.iter().map(|version| (*version).to_owned()).collect(),
        }
    }
}

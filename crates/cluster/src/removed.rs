//! APIs that Kubernetes no longer serves, since when, and what serves their objects now.
//!
//! Source: Kubernetes' deprecated API migration guide.

/// A kind of an API that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    pub api_version: &'static str,
    kinds: &'static [&'static str],
    /// The first version of Kubernetes without it.
    pub since: &'static str,
    /// The API version that has the kind now.
    pub successor: Option<&'static str>,
}

const fn moved(
    api_version: &'static str,
    kinds: &'static [&'static str],
    since: &'static str,
    successor: &'static str,
) -> Removed {
    Removed { api_version, kinds, since, successor: Some(successor) }
}

const WORKLOADS: &[&str] = &["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ControllerRevision"];
const ROLES: &[&str] = &["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];
const FLOWS: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const POLICIES: &[&str] = &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
const STORAGE: &[&str] = &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"];
const AUTOSCALER: &[&str] = &["HorizontalPodAutoscaler"];

static TABLE: &[Removed] = &[
    moved("extensions/v1beta1", WORKLOADS, "1.16", "apps/v1"),
    moved("extensions/v1beta1", &["NetworkPolicy"], "1.16", "networking.k8s.io/v1"),
    moved("extensions/v1beta1", &["Ingress"], "1.22", "networking.k8s.io/v1"),
    Removed { api_version: "extensions/v1beta1", kinds: &["PodSecurityPolicy"], since: "1.16", successor: None },
    moved("apps/v1beta1", WORKLOADS, "1.16", "apps/v1"),
    moved("apps/v1beta2", WORKLOADS, "1.16", "apps/v1"),
    moved("batch/v2alpha1", &["CronJob"], "1.21", "batch/v1"),
    moved("networking.k8s.io/v1beta1", &["Ingress", "IngressClass"], "1.22", "networking.k8s.io/v1"),
    moved("admissionregistration.k8s.io/v1beta1", WEBHOOKS, "1.22", "admissionregistration.k8s.io/v1"),
    moved("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], "1.22", "apiextensions.k8s.io/v1"),
    moved("apiregistration.k8s.io/v1beta1", &["APIService"], "1.22", "apiregistration.k8s.io/v1"),
    moved("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], "1.22", "certificates.k8s.io/v1"),
    moved("coordination.k8s.io/v1beta1", &["Lease"], "1.22", "coordination.k8s.io/v1"),
    moved("rbac.authorization.k8s.io/v1beta1", ROLES, "1.22", "rbac.authorization.k8s.io/v1"),
    moved("rbac.authorization.k8s.io/v1alpha1", ROLES, "1.22", "rbac.authorization.k8s.io/v1"),
    moved("scheduling.k8s.io/v1beta1", &["PriorityClass"], "1.22", "scheduling.k8s.io/v1"),
    moved("storage.k8s.io/v1beta1", STORAGE, "1.22", "storage.k8s.io/v1"),
    moved("batch/v1beta1", &["CronJob"], "1.25", "batch/v1"),
    moved("discovery.k8s.io/v1beta1", &["EndpointSlice"], "1.25", "discovery.k8s.io/v1"),
    moved("events.k8s.io/v1beta1", &["Event"], "1.25", "events.k8s.io/v1"),
    moved("autoscaling/v2beta1", AUTOSCALER, "1.25", "autoscaling/v2"),
    moved("policy/v1beta1", &["PodDisruptionBudget"], "1.25", "policy/v1"),
    Removed { api_version: "policy/v1beta1", kinds: &["PodSecurityPolicy"], since: "1.25", successor: None },
    moved("node.k8s.io/v1beta1", &["RuntimeClass"], "1.25", "node.k8s.io/v1"),
    moved("autoscaling/v2beta2", AUTOSCALER, "1.26", "autoscaling/v2"),
    moved("flowcontrol.apiserver.k8s.io/v1beta1", FLOWS, "1.26", "flowcontrol.apiserver.k8s.io/v1"),
    moved("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], "1.27", "storage.k8s.io/v1"),
    moved("flowcontrol.apiserver.k8s.io/v1beta2", FLOWS, "1.29", "flowcontrol.apiserver.k8s.io/v1"),
    moved("flowcontrol.apiserver.k8s.io/v1beta3", FLOWS, "1.32", "flowcontrol.apiserver.k8s.io/v1"),
    moved("admissionregistration.k8s.io/v1beta1", POLICIES, "1.34", "admissionregistration.k8s.io/v1"),
];

impl Removed {
    /// Finds a kind that Kubernetes once served under an API version.
    pub fn find(api_version: &str, kind: &str) -> Option<Removed> {
        TABLE.iter().find(|removed| removed.api_version == api_version && removed.kinds.contains(&kind)).copied()
    }
}

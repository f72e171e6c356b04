//! The order in which kinds are installed and removed (Helm's `pkg/release/v1/util/kind_sorter.go`).

use crate::manifest::Manifest;

/// Kinds in the order of installation; others follow in the order of the alphabet.
pub const INSTALL_ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Sorts by kind, keeping the order of equals.
pub fn sort_by_kind<T>(items: &mut [T], kind: impl Fn(&T) -> &[u8]) {
    sort(items, kind, |known| INSTALL_ORDER.iter().position(|kind| kind.as_bytes() == known));
}

/// Sorts manifests in the order of removal: that of installation from its end, and other kinds last. Services go before
/// the workloads that they lead to.
pub fn sort_for_removal(manifests: &mut [Manifest]) {
    let rank = |kind: &[u8]| INSTALL_ORDER.iter().rev().position(|known| known.as_bytes() == kind).map(|at| 2 * at);
    let services = rank(b"CronJob").map(|at| at - 1);
    sort(manifests, |manifest| &manifest.kind, |kind| if kind == b"Service" { services } else { rank(kind) });
}

fn sort<T>(items: &mut [T], kind: impl Fn(&T) -> &[u8], position: impl Fn(&[u8]) -> Option<usize>) {
    items.sort_by_cached_key(|item| {
        let kind = kind(item);
        match position(kind) {
            Some(position) => (position, Vec::new()),
            None => (usize::MAX, kind.to_vec()),
        }
    });
}

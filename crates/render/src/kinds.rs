//! The order in which kinds are installed (Helm's `pkg/release/v1/util/kind_sorter.go`).

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
    items.sort_by_cached_key(|item| {
        let kind = kind(item);
        match INSTALL_ORDER.iter().position(|k| k.as_bytes() == kind) {
            Some(position) => (position, Vec::new()),
            None => (INSTALL_ORDER.len(), kind.to_vec()),
        }
    });
}

//! The nodes of a new cluster and the class of its volumes.

use serde_json::{Value, json};

use crate::api::Api;

type Wait<'a> = &'a dyn Fn() -> Result<bool, String>;

/// Creates `count` nodes, waits until each is ready, and creates the default storage class.
///
/// A node must be created after the kubelet runs, or it keeps no port for logs; `wait_for` waits for the answer yes.
pub fn create(api: &Api, count: usize, wait_for: impl Fn(&str, Wait) -> Result<(), String>) -> Result<(), String> {
    api.create("/apis/storage.k8s.io/v1/storageclasses", &storage_class())?;
    for number in 1..=count {
        let name = format!("node-{number}");
        api.create("/api/v1/nodes", &node(&name))?;
    }
    for number in 1..=count {
        let path = format!("/api/v1/nodes/node-{number}");
        wait_for(&format!("node-{number} to be ready"), &|| Ok(is_ready(&api.get(&path)?)))?;
    }
    Ok(())
}

/// Whether the node is ready, serves logs, and Pods may be bound to it.
fn is_ready(node: &Value) -> bool {
    let conditions = node["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ready = conditions.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    let port = node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"].as_u64().unwrap_or_default();
    ready && port > 0 && node["spec"]["taints"].is_null()
}

fn node(name: &str) -> Value {
    let capacity = json!({ "cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "1000" });
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": { "kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0" },
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "topology.kubernetes.io/zone": name,
            },
        },
        "status": {
            "allocatable": capacity,
            "capacity": capacity,
            "nodeInfo": {
                "kubeletVersion": "v1.37.1", "architecture": "amd64", "operatingSystem": "linux", "bootID": "",
                "containerRuntimeVersion": "", "kernelVersion": "", "kubeProxyVersion": "", "machineID": "",
                "osImage": "", "systemUUID": "",
            },
        },
    })
}

fn storage_class() -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "kwok-volume",
            "annotations": { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        "provisioner": "kwok.x-k8s.io/volume",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    })
}

//! What the tests of this crate share: a client in a namespace of its own, and real Helm beside it.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::process::Command;

use cluster::{Cancel, Client, Config, Resource, Validation};
use testbed::{Cluster, Namespace};

pub fn cluster() -> &'static Cluster {
    Cluster::shared().expect("the shared cluster")
}

pub fn namespace() -> Namespace<'static> {
    cluster().namespace().expect("a namespace")
}

pub fn client(namespace: &Namespace) -> Client {
    client_of(cluster().kubeconfig().to_str().expect("a path"), namespace)
}

pub fn client_of(kubeconfig: &str, namespace: &Namespace) -> Client {
    let config =
        Config { kubeconfig: Some(kubeconfig.into()), namespace: namespace.name().to_owned(), ..Config::default() };
    Client::connect(&config, Cancel::new())
}

pub fn resources(client: &Client, manifest: &str) -> Vec<Resource> {
    client.build(manifest.as_bytes(), Validation::Strict).expect("resources")
}

/// A Deployment of one Pod with annotations of the test bed.
pub fn deployment(name: &str, annotations: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  \
         template:\n    metadata: {{labels: {{app: {name}}}, annotations: {{{annotations}}}}}\n    \
         spec: {{containers: [{{name: main, image: 'example.com/{name}:1'}}]}}\n"
    )
}

/// What real Helm printed and how it ended.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub success: bool,
}

/// Runs real Helm in a namespace as the user of a kubeconfig.
pub fn helm(kubeconfig: &str, namespace: &Namespace, arguments: &[&str]) -> Ran {
    let output = Command::new(testbed::helm().expect("helm"))
        .args(arguments)
        .args(["--namespace", namespace.name(), "--kubeconfig", kubeconfig])
        .env("HELM_CACHE_HOME", std::env::temp_dir().join("cluster-tests-helm"))
        .output()
        .expect("helm runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { stdout: text(&output.stdout), stderr: text(&output.stderr), success: output.status.success() }
}

/// Writes a chart with one template that is used as it is.
pub fn chart(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("templates")).expect("a folder");
    std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: chart\nversion: 1.0.0\n").expect("a file");
    std::fs::write(folder.path().join("templates/all.yaml"), manifest).expect("a file");
    folder
}

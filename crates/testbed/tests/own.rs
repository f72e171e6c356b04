//! What tests do with a cluster of their own: flags, kills, restarts, and its end.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use testbed::{Cluster, Options, Part, until};

/// Those who lost the server ask for it again after some seconds.
const PATIENCE: Duration = Duration::from_secs(60);

fn config_map(name: &str) -> serde_json::Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name } })
}

#[test]
fn what_was_written_is_there_after_kills() {
    let cluster = Cluster::start(Options { fsync: true, ..Options::default() }).expect("a cluster");
    let namespace = cluster.namespace().expect("a namespace");
    let maps = format!("/api/v1/namespaces/{namespace}/configmaps");
    for (part, name) in [(Part::Server, "one"), (Part::Etcd, "two")] {
        cluster.api().create(&maps, &config_map(name)).expect("a config map");
        cluster.kill(part);
        assert!(!cluster.api().is_ok("/api/v1/namespaces/default"), "{part:?} is dead");
        cluster.restart(part).expect("it is back");
        cluster.api().get(&format!("{maps}/{name}")).expect("the config map");
    }
    runs_a_pod(&cluster, namespace.name());
}

/// The controllers, the scheduler and the kubelet have outlived the API server.
fn runs_a_pod(cluster: &Cluster, namespace: &str) {
    let pods = format!("/api/v1/namespaces/{namespace}/pods");
    let spec = json!({ "containers": [{ "name": "main", "image": "it" }] });
    let pod = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "pod" }, "spec": spec });
    cluster.api().create(&pods, &pod).expect("a pod");
    let running = until("the pod", PATIENCE, || {
        let pod = cluster.api().get(&format!("{pods}/pod"))?;
        Ok((pod["status"]["phase"] == "Running").then_some(()))
    });
    running.expect("it runs");
}

#[test]
fn clusters_know_nothing_of_each_other() {
    let flag = "--audit-log-format=legacy";
    let first = Cluster::start(Options::bare()).expect("a cluster");
    let second = Cluster::start(Options { server_flags: vec![flag.into()], ..Options::bare() }).expect("another");
    let namespace = first.namespace().expect("a namespace");
    let path = format!("/api/v1/namespaces/{namespace}");
    assert!(first.api().find(&path).expect("an answer").is_some());
    assert!(second.api().find(&path).expect("an answer").is_none());
    let audit = std::fs::read_to_string(second.folder().join("audit.log")).expect("an audit log");
    assert!(audit.contains(" AUDIT: id="), "the flag {flag} holds");
    let folder = second.folder().to_path_buf();
    second.stop();
    assert!(!folder.exists());
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let options = Options { server_flags: vec!["--no-such-flag".into()], ..Options::bare() };
    let error = Cluster::start(options).err().expect("an error");
    assert!(error.starts_with("kube-apiserver ended (exit status: 1)"), "{error}");
    assert!(error.contains("unknown flag: --no-such-flag"), "{error}");
}

#[test]
fn a_cluster_ends_with_the_process_that_started_it() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_testbed"));
    let mut child = command.arg("up").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("testbed starts");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("its stdout");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
    let folder = Path::new(line.trim_end()).parent().expect("a folder").to_path_buf();
    let cluster = Cluster::open(&folder).expect("the cluster");
    assert!(cluster.api().is_ok("/readyz"));
    child.kill().expect("it dies");
    child.wait().expect("it is dead");
    let gone = until("its end", PATIENCE, || Ok((!cluster.api().is_ok("/readyz") && !folder.exists()).then_some(())));
    gone.expect("neither processes nor folder are left");
}

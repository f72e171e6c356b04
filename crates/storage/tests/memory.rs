//! Records in memory, as Helm's tests and its driver `memory` use them.

use std::process::Command;

use release::{Release, Status};
use storage::{Driver, Memory, Storage, StorageError, releases_of_files};

fn release(name: &str, revision: i64, status: Status) -> Release {
    let mut release = Release { name: name.into(), namespace: "n".into(), version: revision, ..Release::default() };
    release.set_status(status, "x");
    release
}

const DATA: &str = "- name: athos
  version: 1
  namespace: default
  info:
    status: deployed
  chart:
    metadata:
      name: athos-chart
      version: 1.0.0
      appversion: 1.1.0
- name: dartagnan
  version: 4
  namespace: gascony
  info:
    status: failed
";

#[test]
fn files_of_releases_are_read_as_helm_reads_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("releases.yaml");
    std::fs::write(&path, DATA).expect("written");
    let path = path.to_str().expect("a path");
    let memory = Memory::new("");
    for release in releases_of_files(path).expect("releases") {
        memory.create(&release, None).expect("written");
    }
    memory.set_namespace("");
    let mut lines = Vec::new();
    let each = &mut |line: storage::Listed| {
        let s = line.summary;
        let chart =
            if s.chart_is_missing { "MISSING".to_owned() } else { format!("{}-{}", s.chart_name, s.chart_version) };
        let app = if s.chart_is_missing { "MISSING".to_owned() } else { s.app_version };
        lines.push([s.name, s.namespace, s.version.to_string(), s.status.to_string(), chart, app].join(" "));
    };
    memory.summaries(None, each).expect("a list");
    let mut helm = Command::new(testbed::helm().expect("helm"));
    helm.args(["list", "-A", "--no-headers"]).env("HELM_DRIVER", "memory").env("HELM_MEMORY_DRIVER_DATA", path);
    // It asks whether there is a cluster, although it needs none.
    helm.env("KUBECONFIG", testbed::Cluster::shared().expect("the shared cluster").kubeconfig());
    let output = helm.output().expect("helm runs");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    // The time of what was never deployed is not ours to compare here.
    let words = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        [&words[..3], &words[words.len() - 3..]].concat().join(" ")
    };
    assert_eq!(lines, shown.lines().map(words).collect::<Vec<_>>());
    let missing = releases_of_files("").err().expect("an error").text;
    assert_eq!(missing, "Unable to read memory driver dataopen : no such file or directory");
}

#[test]
fn memory_keeps_namespaces_apart() {
    let memory = Memory::new("default");
    memory.create(&release("x", 1, Status::Deployed), None).expect("written");
    assert!(matches!(memory.create(&release("x", 1, Status::Failed), None), Err(StorageError::Exists)));
    assert!(matches!(memory.update(&release("x", 2, Status::Failed), None), Err(StorageError::NotFound)));
    assert!(memory.get("x", 1).is_ok());
    memory.set_namespace("default");
    assert!(matches!(memory.get("x", 1), Err(StorageError::NotFound)));
    assert!(matches!(memory.get("x.v2", 1), Err(StorageError::InvalidKey)));
}

#[test]
fn history_makes_room_as_in_helm() {
    for (max, statuses, left) in [
        (2, "dsss", vec![1, 5]),
        (0, "dsss", vec![1, 2, 3, 4, 5]),
        (1, "ssss", vec![5]),
        (1, "sdss", vec![2, 5]),
        (3, "ddss", vec![2, 4, 5]),
    ] {
        let mut storage = Storage::new(Box::new(Memory::new("n")));
        for (at, status) in statuses.chars().enumerate() {
            let status = if status == 'd' { Status::Deployed } else { Status::Superseded };
            storage.create(&release("x", at as i64 + 1, status)).expect("written");
        }
        storage.set_max_history(max);
        storage.create(&release("x", 5, Status::PendingUpgrade)).expect("written");
        let mut found: Vec<i64> = storage.revisions("x").expect("all").iter().map(|summary| summary.version).collect();
        found.sort();
        assert_eq!(found, left, "{max} {statuses}");
    }
    let storage = Storage::new(Box::new(Memory::new("n")));
    let error = storage.deployed("x").err().expect("an error");
    assert_eq!(error.to_string(), "\"x\" has no deployed releases");
}

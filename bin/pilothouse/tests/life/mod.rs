//! What the tests of the whole program share: a chart whose Pods do as they are told, and the program run as a user.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use testbed::{Cluster, Namespace, User};

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

/// A namespace with somebody in it, and the chart.
pub struct Life {
    pub namespace: Namespace<'static>,
    pub kubeconfig: PathBuf,
    /// As the audit log has it.
    pub user: String,
    chart: PathBuf,
}

pub fn cluster() -> &'static Cluster {
    Cluster::shared().expect("the shared cluster")
}

impl Life {
    /// With all rights.
    pub fn new() -> Life {
        let namespace = cluster().namespace().expect("a namespace");
        let admin = cluster().admin(namespace.name()).expect("a user");
        Life::of(namespace, &admin)
    }

    pub fn of(namespace: Namespace<'static>, user: &User) -> Life {
        let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/life/chart");
        Life { namespace, kubeconfig: user.kubeconfig.clone(), user: user.name.clone(), chart }
    }

    /// Prepares a command; the word CHART in it is the chart's folder.
    pub fn command(&self, line: &str) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_pilothouse")), line)
    }

    /// Runs a command of real Helm.
    pub fn helm(&self, line: &str) -> Ran {
        let helm = testbed::helm().expect("helm");
        self.end_of(self.command_of(&helm, line).spawn().expect("it starts"))
    }

    fn command_of(&self, program: &Path, line: &str) -> Command {
        let chart = self.chart.to_str().expect("a path");
        let mut command = Command::new(program);
        command
            .args(line.split_whitespace().map(|word| if word == "CHART" { chart } else { word }))
            .env("KUBECONFIG", &self.kubeconfig)
            .env("HELM_NAMESPACE", self.namespace.name())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, line: &str) -> Ran {
        self.end_of(self.command(line).spawn().expect("it starts"))
    }

    pub fn end_of(&self, child: Child) -> Ran {
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(self.namespace.name(), "NAMESPACE");
        Ran { stdout: text(&output.stdout), stderr: text(&output.stderr), code: output.status.code() }
    }

    /// Runs a command that must go well.
    pub fn well(&self, line: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
        ran
    }

    /// Returns the objects of a collection in the namespace.
    pub fn all(&self, collection: &str) -> Vec<Value> {
        let (group, plural) = collection.rsplit_once('/').unwrap_or(("/api/v1", collection));
        let path = format!("{group}/namespaces/{}/{plural}", self.namespace.name());
        let list = cluster().api().get(&path).expect("a list");
        list["items"].as_array().cloned().unwrap_or_default()
    }

    /// Revision and status of all records, in order.
    pub fn records(&self) -> Vec<String> {
        let label = |object: &Value, name: &str| object["metadata"]["labels"][name].as_str().unwrap_or("").to_owned();
        let records = self.all("secrets").into_iter().filter(|secret| label(secret, "owner") == "helm");
        let mut records: Vec<String> =
            records.map(|record| format!("{} {}", label(&record, "version"), label(&record, "status"))).collect();
        records.sort();
        records
    }
}

/// Writes a record with another manifest, as a cluster's upgrade leaves it behind.
pub fn rewrite_record(life: &Life, revision: u32, from: &str, to: &str) {
    let name = format!("sh.helm.release.v1.r.v{revision}");
    let path = format!("/api/v1/namespaces/{}/secrets/{name}", life.namespace.name());
    let secret = cluster().api().get(&path).expect("the record");
    let data = secret["data"]["release"].as_str().expect("data");
    let stored = release::decode_base64(data.as_bytes()).expect("base64");
    let mut record = release::decode(&stored).expect("a record");
    let manifest = String::from_utf8_lossy(record.manifest.as_bytes()).replace(from, to);
    record.manifest = manifest.into_bytes().into();
    let text = release::encode(&record).expect("text");
    let patch = serde_json::json!({"stringData": {"release": text}}).to_string();
    cluster()
        .kubectl(&[
            "patch",
            "secret",
            &name,
            "--namespace",
            life.namespace.name(),
            "--type",
            "merge",
            "--patch",
            &patch,
        ])
        .expect("patched");
}

//! Records in a real cluster, written and read by us and by real Helm in turn.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chart::log::Silent;
use release::{Lease, Release, Status, to_json, unpack};
use serde_json::Value;
use storage::{Api, Driver, Kind, Objects, Query, Storage, StorageError, key};
use support::Http;
use testbed::{Cluster, Rule};

/// A chart with everything that a record keeps.
const CHART: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        "apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: \"9\"\ndescription: a <shop> & more\nkubeVersion: '>=1.20.0-0'\nmaintainers:\n- name: me\nkeywords: [a]\nannotations:\n  b: '2'\n  a: '1'\ndependencies:\n- name: sub\n  version: 0.1.0\n  repository: ''\n  condition: sub.enabled\n  import-values:\n  - child: exports\n    parent: imported\n",
    ),
    (
        "Chart.lock",
        "dependencies:\n- name: sub\n  repository: ''\n  version: 0.1.0\ndigest: sha256:1\ngenerated: \"2024-05-06T07:08:09.120+02:00\"\n",
    ),
    (
        "values.yaml",
        "port: 80\nnothing: null\nlist: [1, null, {}]\ndeep:\n  gone: null\n  kept: 1.5\nlarge: 12345678901\n",
    ),
    ("values.schema.json", "{\"type\": \"object\"}\n"),
    ("README.md", "# Shop\n"),
    ("empty.txt", ""),
    ("data/bytes.bin", "\u{FEFF}mark"),
    ("crds/c.txt", "# none\n"),
    (".helmignore", "*.bak\n"),
    ("x.bak", "never"),
    ("templates/_helpers.tpl", "{{- define \"x\" }}x{{ end }}"),
    ("templates/NOTES.txt", "Port <{{ .Values.port }}>\n"),
    (
        "templates/config.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  port: {{ .Values.port | quote }}\n",
    ),
    (
        "templates/hook.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-hook\n  annotations:\n    helm.sh/hook: pre-install,pre-upgrade,test-success\n    helm.sh/hook-weight: \"-3\"\n    helm.sh/hook-delete-policy: before-hook-creation, hook-failed\n    helm.sh/hook-output-log-policy: hook-failed\n",
    ),
    ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
    ("charts/sub/values.yaml", "exports:\n  a: 1\n"),
];

fn chart_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in CHART {
        let path = folder.path().join("shop").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// Real Helm in one namespace, with one driver.
struct Helm {
    kubeconfig: PathBuf,
    namespace: String,
    driver: &'static str,
    home: tempfile::TempDir,
}

impl Helm {
    fn new(kubeconfig: &Path, namespace: &str, driver: &'static str) -> Helm {
        let home = tempfile::tempdir().expect("a folder");
        Helm { kubeconfig: kubeconfig.to_path_buf(), namespace: namespace.to_owned(), driver, home }
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(testbed::helm().expect("helm"));
        command.args(arguments).args(["--namespace", &self.namespace]);
        command.env("KUBECONFIG", &self.kubeconfig).env("HELM_DRIVER", self.driver).env("HOME", self.home.path());
        command.output().expect("helm runs")
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

struct Bench {
    cluster: &'static Cluster,
    namespace: testbed::Namespace<'static>,
    http: Arc<Http>,
    kind: Kind,
}

impl Bench {
    fn new(kind: Kind) -> Bench {
        let cluster = Cluster::shared().expect("the shared cluster");
        let namespace = cluster.namespace().expect("a namespace");
        Bench { cluster, namespace, http: Http::of(&cluster.kubeconfig()), kind }
    }

    fn helm(&self) -> Helm {
        let driver = if self.kind == Kind::Secret { "secret" } else { "configmap" };
        Helm::new(&self.cluster.kubeconfig(), self.namespace.name(), driver)
    }

    fn driver(&self) -> Objects {
        Objects::new(self.kind, self.http.clone(), self.namespace.name())
    }

    fn storage(&self) -> Storage {
        Storage::new(Box::new(self.driver()))
    }

    fn object(&self, name: &str) -> Value {
        let plural = if self.kind == Kind::Secret { "secrets" } else { "configmaps" };
        let path = format!("/api/v1/namespaces/{}/{plural}/{name}", self.namespace.name());
        self.cluster.api().get(&path).expect("an object")
    }

    /// The JSON of a record as the cluster holds it.
    fn json(&self, name: &str, revision: i64) -> String {
        let object = self.object(&key(name, revision));
        let text = object["data"]["release"].as_str().expect("a record").as_bytes().to_vec();
        let stored = if self.kind == Kind::Secret { release::decode_base64(&text).expect("base64") } else { text };
        String::from_utf8(unpack(&stored).expect("unpacked")).expect("UTF-8")
    }
}

fn text(release: &Release) -> String {
    String::from_utf8(to_json(release).expect("JSON")).expect("UTF-8")
}

#[test]
fn records_of_helm_are_read_and_written_back() {
    for kind in [Kind::Secret, Kind::ConfigMap] {
        let bench = Bench::new(kind);
        let (helm, folder) = (bench.helm(), chart_folder());
        let path = folder.path().join("shop");
        let chart = path.to_str().expect("a path");
        helm.run(&[
            "install",
            "a",
            chart,
            "--set",
            "x=1,y=null,big=12345678901234",
            "--labels",
            "team=red",
            "--description",
            "d",
        ]);
        helm.run(&["upgrade", "a", chart, "--set-json", "z={\"a\":[1.5,null]}", "--server-side=false"]);
        helm.run(&["rollback", "a", "1"]);
        let (driver, storage) = (bench.driver(), bench.storage());
        for revision in 1..=3 {
            let record = driver.get("a", revision).expect("a record");
            assert_eq!(text(&record.release), bench.json("a", revision), "{kind:?} {revision}");
            assert_eq!(record.release.labels.get("team").map(String::as_str), Some("red"));
            assert_eq!(record.release.labels.len(), 1, "{:?}", record.release.labels);
            assert!(record.lease.is_none());
        }
        let mut from_chart = storage.get("a", 1).expect("a record");
        from_chart.chart = Some(kept_of(&path));
        assert_eq!(text(&from_chart), bench.json("a", 1), "{kind:?}: the chart");
        assert_eq!(storage.last("a").expect("the newest").version, 3);
        assert_eq!(storage.deployed("a").expect("the deployed one").version, 3);
        assert_eq!(storage.history("a").expect("all").len(), 3);
        helm.run(&["uninstall", "a", "--keep-history"]);
        let last = storage.last("a").expect("the newest");
        assert_eq!(text(&last), bench.json("a", 3));
        assert!(last.info.deleted.is_some());
        assert_eq!(storage.deployed("a").err().expect("an error").to_string(), "\"a\" has no deployed releases");
    }
}

/// What we keep of the chart that Helm was given.
fn kept_of(path: &Path) -> release::Chart {
    let mut chart = chart::load(path, &mut Silent).expect("a chart");
    chart::dependencies::process(&mut chart, &gostd::Map::default(), &mut Silent).expect("dependencies");
    release::Chart::from(&chart)
}

#[test]
fn packed_charts_are_kept_as_helm_keeps_them() {
    let bench = Bench::new(Kind::Secret);
    let (helm, folder) = (bench.helm(), chart_folder());
    let chart = folder.path().join("shop");
    let target = folder.path().to_str().expect("a path");
    helm.run(&["package", chart.to_str().expect("a path"), "--destination", target]);
    let packed = folder.path().join("shop-1.2.3.tgz");
    helm.run(&["install", "a", packed.to_str().expect("a path")]);
    let mut release = bench.storage().get("a", 1).expect("a record");
    release.chart = Some(kept_of(&packed));
    assert_eq!(text(&release), bench.json("a", 1));
}

#[test]
fn helm_goes_on_with_our_records() {
    for kind in [Kind::Secret, Kind::ConfigMap] {
        let bench = Bench::new(kind);
        let (helm, folder, storage) = (bench.helm(), chart_folder(), bench.storage());
        let path = folder.path().join("shop");
        let chart = path.to_str().expect("a path");
        helm.run(&["install", "a", chart, "--labels", "team=red"]);
        let before = bench.object(&key("a", 1));
        let mut first = storage.last("a").expect("a record");
        let shown = helm.run(&["get", "all", "a"]);
        storage.update(&first).expect("written");
        assert_eq!(helm.run(&["get", "all", "a"]), shown);
        let after = bench.object(&key("a", 1));
        for field in ["type", "apiVersion", "kind"] {
            assert_eq!(after[field], before[field]);
        }
        assert_eq!(after["metadata"]["managedFields"][0]["manager"], before["metadata"]["managedFields"][0]["manager"]);
        let names = |object: &Value| {
            object["metadata"]["labels"].as_object().expect("labels").keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(names(&after), names(&before));
        first.set_status(Status::Superseded, "Upgrade complete");
        storage.update(&first).expect("written");
        let mut second = first.clone();
        second.version = 2;
        second.set_status(Status::Deployed, "by us");
        storage.create(&second).expect("written");
        assert!(matches!(storage.create(&second), Err(StorageError::Exists)));
        assert!(helm.run(&["history", "a"]).contains("by us"));
        assert!(helm.run(&["list", "--selector", "team=red"]).contains("shop-1.2.3"));
        helm.run(&["rollback", "a", "1"]);
        helm.run(&["upgrade", "a", chart, "--reuse-values", "--set", "port=81"]);
        assert_eq!(storage.last("a").expect("the newest").version, 4);
        storage.delete("a", 1).expect("deleted");
        assert!(matches!(storage.delete("a", 1), Err(StorageError::NotFound)));
        helm.run(&["uninstall", "a"]);
        assert!(matches!(storage.last("a"), Err(StorageError::NotFound)));
        assert!(matches!(storage.revisions("a"), Err(StorageError::NotFound)));
    }
}

fn release(name: &str, revision: i64, status: Status) -> Release {
    let mut release = Release { name: name.into(), namespace: "n".into(), version: revision, ..Release::default() };
    release.set_status(status, "x");
    release
}

#[test]
fn errors_are_those_of_helm() {
    let bench = Bench::new(Kind::Secret);
    let driver = bench.driver();
    assert_eq!(driver.get("x", 1).err().expect("an error").to_string(), "release: not found");
    assert_eq!(
        driver.update(&release("x", 1, Status::Failed), None).expect_err("an error").to_string(),
        "update: failed to update: secrets \"sh.helm.release.v1.x.v1\" not found"
    );
    let invalid = driver.query(Query { name: "a b", only_deployed: false }).err().expect("an error").to_string();
    assert!(invalid.starts_with("invalid label value: \"a b\": a valid label must be"), "{invalid}");
    let user = bench.cluster.user(bench.namespace.name(), &[Rule::new("", &["pods"], &["get"])]).expect("a user");
    let helm = Helm::new(&user.kubeconfig, bench.namespace.name(), "secret");
    let storage =
        Storage::new(Box::new(Objects::new(Kind::Secret, Http::of(&user.kubeconfig), bench.namespace.name())));
    let said = |arguments: &[&str]| String::from_utf8_lossy(&helm.output(arguments).stderr).trim_end().to_owned();
    let listed = storage.summaries(&mut |_| ()).expect_err("an error");
    assert_eq!(said(&["list"]), format!("Error: {listed}"));
    let history = storage.revisions("x").expect_err("an error");
    assert_eq!(said(&["history", "x"]), format!("Error: {history}"));
    let got = storage.get("x", 3).err().expect("an error");
    assert_eq!(said(&["get", "manifest", "x", "--revision", "3"]), format!("Error: {got}"));
}

#[test]
fn unreadable_records_are_passed_over() {
    let bench = Bench::new(Kind::ConfigMap);
    let storage = bench.storage();
    storage.create(&release("x", 1, Status::Deployed)).expect("written");
    let path = format!("/api/v1/namespaces/{}/configmaps", bench.namespace.name());
    let broken = serde_json::json!({
        "apiVersion": "v1", "kind": "ConfigMap", "data": {"release": "%"},
        "metadata": {"name": key("x", 2), "labels": {"name": "x", "owner": "helm", "status": "deployed", "version": "2"}},
    });
    bench.cluster.api().create(&path, &broken).expect("written");
    assert_eq!(storage.last("x").expect("the newest").version, 1);
    assert_eq!(storage.deployed("x").expect("the deployed one").version, 1);
    assert_eq!(storage.history("x").expect("all").len(), 1);
    assert_eq!(storage.get("x", 2).err().expect("an error").to_string(), "illegal base64 data at input byte 0");
}

#[test]
fn lists_come_in_pages() {
    let bench = Bench::new(Kind::Secret);
    let storage = bench.storage();
    for number in 0..501 {
        storage.create(&release(&format!("r{number}"), 1, Status::Deployed)).expect("written");
    }
    let before = bench.http.calls.load(Ordering::Relaxed);
    let mut names = std::collections::BTreeSet::new();
    storage
        .summaries(&mut |listed| {
            assert_eq!(listed.labels.get("owner").map(String::as_str), Some("helm"));
            names.insert(listed.summary.name);
        })
        .expect("a list");
    assert_eq!(names.len(), 501);
    assert_eq!(bench.http.calls.load(Ordering::Relaxed) - before, 2);
}

#[test]
fn history_is_pruned_but_never_what_is_deployed() {
    let bench = Bench::new(Kind::Secret);
    let mut storage = bench.storage();
    storage.create(&release("x", 1, Status::Deployed)).expect("written");
    for revision in 2..=5 {
        storage.create(&release("x", revision, Status::Failed)).expect("written");
    }
    storage.set_max_history(3);
    storage.create(&release("x", 6, Status::Failed)).expect("written");
    let mut left: Vec<i64> = storage.revisions("x").expect("all").iter().map(|summary| summary.version).collect();
    left.sort();
    assert_eq!(left, [1, 5, 6]);
}

#[test]
fn a_lease_goes_with_its_operation() {
    for kind in [Kind::Secret, Kind::ConfigMap] {
        let bench = Bench::new(kind);
        let mut storage = bench.storage();
        let lease = |holder: &str| Lease { holder: holder.into(), pid: 7, seconds: 900, ..Lease::default() };
        storage.hold(lease("a"), Box::new(|| {}));
        storage.create(&release("x", 1, Status::PendingInstall)).expect("written");
        let first = storage.last_record("x").expect("a record").lease.expect("a lease");
        assert_eq!(lease("a"), Lease { heartbeat: String::new(), ..first.clone() });
        let mut writer = storage.driver().lease_writer("x", 1).expect("a writer");
        let beat = first.clone();
        let renewed =
            std::thread::spawn(move || writer.renew(&beat, &Lease { holder: "b".into(), ..Lease::default() }));
        assert!(renewed.join().expect("a thread").expect("written"));
        let seen = storage.record("x", 1).expect("a record").lease.expect("a lease");
        assert_eq!(seen.holder, "b");
        let mut late = storage.driver().lease_writer("x", 1).expect("a writer");
        assert!(!late.renew(&first, &lease("a")).expect("asked"));
        assert!(!storage.claim(("x", 1), Some(&first)).expect("asked"));
        assert!(storage.claim(("x", 1), Some(&seen)).expect("asked"));
        assert_eq!(storage.record("x", 1).expect("a record").lease.expect("a lease").holder, "a");
        storage.update(&release("x", 1, Status::Deployed)).expect("written");
        assert_eq!(storage.record("x", 1).expect("a record").lease, None);
        assert!(!late.renew(&first, &lease("a")).expect("asked"));
        assert!(matches!(storage.claim(("y", 1), None), Err(StorageError::NotFound)));
    }
}

#[test]
fn who_may_not_patch_renews_a_lease_too() {
    for kind in [Kind::Secret, Kind::ConfigMap] {
        let bench = Bench::new(kind);
        let plural = if kind == Kind::Secret { "secrets" } else { "configmaps" };
        let rule = Rule::new("", &[plural], &["create", "get", "list", "update", "delete"]);
        let user = bench.cluster.user(bench.namespace.name(), &[rule]).expect("a user");
        let driver = Objects::new(kind, Http::of(&user.kubeconfig), bench.namespace.name());
        let lease = |holder: &str| Lease { holder: holder.into(), ..Lease::default() };
        driver.create(&release("x", 1, Status::PendingInstall), Some(&lease("a"))).expect("written");
        let mut writer = driver.lease_writer("x", 1).expect("a writer");
        assert!(writer.renew(&lease("a"), &lease("b")).expect("asked"));
        assert!(!writer.renew(&lease("a"), &lease("c")).expect("asked"));
        assert!(!driver.claim(("x", 1), Some(&lease("a")), &lease("c")).expect("asked"));
        assert!(driver.claim(("x", 1), Some(&lease("b")), &lease("c")).expect("asked"));
        assert_eq!(driver.get("x", 1).expect("a record").lease, Some(lease("c")));
    }
}

#[test]
fn a_port_may_be_shared_by_threads() {
    fn shared<T: Send + Sync + ?Sized>() {}
    shared::<dyn Api>();
}

//! Records in a real PostgreSQL, written and read by us and by real Helm in turn. Skipped, and told so, where there is no
//! PostgreSQL on the machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use release::{Lease, Release, Status, to_json};
use storage::{Driver, Sql, Storage, StorageError};
use testbed::{Cluster, Postgres};

/// Gives the server a certificate for `localhost`, and returns the file of its authority: itself.
fn certificate(folder: &Path) -> Vec<String> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let (own, key) = (folder.join("server.crt"), folder.join("server.key"));
    fs::write(&own, made.cert.pem()).expect("written");
    fs::write(&key, made.signing_key.serialize_pem()).expect("written");
    let closed: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    fs::set_permissions(&key, closed).expect("a closed file");
    // Root's key may be read by the group; without root, the owner is the server's user.
    let _ = Command::new("chgrp").arg("postgres").arg(&key).status();
    vec!["ssl=on".to_owned(), format!("ssl_cert_file={}", own.display()), format!("ssl_key_file={}", key.display())]
}

#[test]
fn connections_are_encrypted_as_they_are_asked_to_be() {
    let folder = tempfile::tempdir().expect("a folder");
    let everyone: fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path(), everyone).expect("a folder for all");
    let settings = certificate(folder.path());
    let Some(server) = Postgres::start(&settings).expect("PostgreSQL") else { return };
    server.database("tls").expect("a database");
    let other = folder.path().join("other.crt");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    fs::write(&other, made.cert.pem()).expect("written");
    let own = folder.path().join("server.crt");
    for (host, settings, is_fine) in [
        ("127.0.0.1", String::new(), true),
        ("127.0.0.1", "sslmode=prefer".to_owned(), true),
        ("127.0.0.1", format!("sslmode=verify-ca sslrootcert={}", own.display()), true),
        ("127.0.0.1", format!("sslmode=verify-ca sslrootcert={}", other.display()), false),
        ("127.0.0.1", format!("sslrootcert={}", other.display()), false),
        ("localhost", format!("sslmode=verify-full sslrootcert={}", own.display()), true),
        ("127.0.0.1", format!("sslmode=verify-full sslrootcert={}", own.display()), false),
        ("localhost", "sslmode=verify-full".to_owned(), false),
        ("localhost", "sslmode=verify-full sslrootcert=/none".to_owned(), false),
    ] {
        let connection = format!("host={host} port={} user=postgres dbname=tls {settings}", server.port());
        let opened = Sql::connect(&connection, "n");
        assert_eq!(opened.is_ok(), is_fine, "{connection}: {:?}", opened.err());
    }
}

struct Helm {
    connection: String,
    namespace: String,
    home: tempfile::TempDir,
}

impl Helm {
    fn new(connection: &str, namespace: &str) -> Helm {
        let home = tempfile::tempdir().expect("a folder");
        Helm { connection: connection.to_owned(), namespace: namespace.to_owned(), home }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let cluster = Cluster::shared().expect("the shared cluster");
        let mut command = Command::new(testbed::helm().expect("helm"));
        command.args(arguments).args(["--namespace", &self.namespace]).env("HOME", self.home.path());
        command.env("KUBECONFIG", cluster.kubeconfig()).env("HELM_DRIVER", "sql");
        let output = command.env("HELM_DRIVER_SQL_CONNECTION_STRING", &self.connection).output().expect("helm runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn text(release: &Release) -> String {
    String::from_utf8(to_json(release).expect("JSON")).expect("UTF-8")
}

#[test]
fn tables_and_records_are_those_of_helm() {
    let Some(server) = Postgres::start(&[]).expect("PostgreSQL") else { return };
    let cluster = Cluster::shared().expect("the shared cluster");
    let namespace = cluster.namespace().expect("a namespace");
    let [theirs, ours] = ["theirs", "ours"].map(|name| server.database(name).expect("a database"));
    let helm = Helm::new(&theirs, namespace.name());
    helm.run(&["list"]);
    Sql::connect(&ours, "x").expect("connected");
    assert_eq!(server.schema("ours").expect("tables"), server.schema("theirs").expect("tables"));
    Sql::connect(&ours, "x").expect("connected again");
    // Helm takes our tables for its own.
    Helm::new(&ours, namespace.name()).run(&["list"]);
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello");
    let chart = chart.to_str().expect("a path");
    helm.run(&["install", "a", chart, "--labels", "team=red,x=y"]);
    helm.run(&["upgrade", "a", chart, "--set", "z=1"]);
    let storage = Storage::new(Box::new(Sql::connect(&theirs, namespace.name()).expect("connected")));
    for revision in [1, 2] {
        let release = storage.get("a", revision).expect("a record");
        let key = storage::key("a", revision);
        let body = server.query("theirs", &format!("select body from releases_v1 where key = '{key}'"));
        let json = release::unpack(body.expect("a row").as_bytes()).expect("unpacked");
        assert_eq!(text(&release), String::from_utf8_lossy(&json));
        assert_eq!(release.labels.get("team").map(String::as_str), Some("red"), "{revision}");
    }
    let shown = helm.run(&["get", "all", "a"]);
    let mut last = storage.last("a").expect("the newest");
    storage.update(&last).expect("written");
    assert_eq!(helm.run(&["get", "all", "a"]), shown);
    last.set_status(Status::Superseded, "x");
    storage.update(&last).expect("written");
    last.version = 3;
    last.set_status(Status::Deployed, "by us");
    storage.create(&last).expect("written");
    assert!(matches!(storage.create(&last), Err(StorageError::Exists)));
    assert!(helm.run(&["history", "a"]).contains("by us"));
    assert!(helm.run(&["list", "--selector", "team=red"]).contains("hello"));
    assert_eq!(storage.deployed("a").expect("the deployed one").version, 3);
    let mut listed = Vec::new();
    storage
        .summaries(&mut |line| listed.push((line.summary.version, line.labels.get("team").cloned())))
        .expect("a list");
    listed.sort();
    assert_eq!(listed, [1, 2, 3].map(|version| (version, Some("red".to_owned()))));
    helm.run(&["rollback", "a", "1"]);
    helm.run(&["uninstall", "a"]);
    assert!(matches!(storage.last("a"), Err(StorageError::NotFound)));
    assert!(matches!(storage.delete("a", 1), Err(StorageError::NotFound)));
}

fn release(name: &str, revision: i64, status: Status) -> Release {
    let mut release = Release { name: name.into(), namespace: "n".into(), version: revision, ..Release::default() };
    release.set_status(status, "x");
    release
}

#[test]
fn a_lease_goes_with_its_record() {
    let Some(server) = Postgres::start(&[]).expect("PostgreSQL") else { return };
    let url = server.database("leases").expect("a database");
    let driver = Sql::connect(&url, "n").expect("connected");
    let lease = |holder: &str| Lease { holder: holder.into(), ..Lease::default() };
    driver.create(&release("x", 1, Status::PendingInstall), Some(&lease("a"))).expect("written");
    assert_eq!(driver.get("x", 1).expect("a record").lease, Some(lease("a")));
    let mut writer = driver.lease_writer("x", 1).expect("a writer");
    let renewed = std::thread::spawn(move || {
        let lease = |holder: &str| Lease { holder: holder.into(), ..Lease::default() };
        [("a", "b"), ("a", "c")].map(|(seen, new)| writer.renew(&lease(seen), &lease(new)).expect("asked"))
    });
    assert_eq!(renewed.join().expect("a thread"), [true, false]);
    assert!(!driver.claim(("x", 1), Some(&lease("a")), &lease("c")).expect("asked"));
    assert!(driver.claim(("x", 1), Some(&lease("b")), &lease("c")).expect("asked"));
    // Another program writes the record, and knows nothing of leases.
    driver.update(&release("x", 1, Status::Deployed), None).expect("written");
    assert_eq!(driver.get("x", 1).expect("a record").lease, None);
    assert!(matches!(driver.claim(("y", 1), None, &lease("c")), Err(StorageError::NotFound)));
    for number in 0..450 {
        driver.create(&release(&format!("r{number}"), 1, Status::Deployed), None).expect("written");
    }
    let mut count = 0;
    driver.summaries(None, &mut |_| count += 1).expect("a list");
    assert_eq!(count, 451);
}

#[test]
fn errors_are_those_of_helm() {
    let Some(server) = Postgres::start(&[]).expect("PostgreSQL") else { return };
    let cluster = Cluster::shared().expect("the shared cluster");
    let port = server.port();
    for connection in [
        format!("postgresql://postgres@127.0.0.1:{port}/none?sslmode=disable"),
        format!("postgresql://nobody@127.0.0.1:{port}/postgres?sslmode=disable"),
        format!("postgresql://postgres@127.0.0.1:{port}/postgres"),
        "host=127.0.0.1 port=1".to_owned(),
        "bogus".to_owned(),
    ] {
        let error = Sql::connect(&connection, "n").err().expect("an error");
        let mut command = Command::new(testbed::helm().expect("helm"));
        command.arg("list").env("KUBECONFIG", cluster.kubeconfig()).env("HELM_DRIVER", "sql");
        let output = command.env("HELM_DRIVER_SQL_CONNECTION_STRING", &connection).output().expect("helm runs");
        let said = String::from_utf8_lossy(&output.stderr).replace("\\\"", "\"");
        assert!(said.contains(&format!("unable to instantiate SQL driver: {}", error.text)), "{said}{}", error.text);
    }
}

//! Servers on real stores, told so by their flags: rows in PostgreSQL, contents in S3, both of which may die or fail, and so
//! may the servers. Skipped, and told so, where there is no PostgreSQL or no Go to build the S3 server.

mod archives;
mod process;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chart_store::{Algorithm, BlobPlace, Config, Digest, Grace, RowPlace, Store};
use process::Process;
use serde_json::{Value, json};
use testbed::{Postgres, S3, until};
use wire::{Answer, ask};

const PATIENCE: Duration = Duration::from_secs(180);
const VARIABLES: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", S3::KEY), ("AWS_SECRET_ACCESS_KEY", S3::SECRET)];

#[test]
fn a_server_where_one_is_asked_for() {
    process::serve_if_asked();
}

/// The stores that servers share.
struct Stores {
    postgres: Postgres,
    s3: S3,
    rows: String,
    /// Folders of the servers, for what is under way.
    folders: tempfile::TempDir,
}

impl Stores {
    fn start() -> Option<Stores> {
        let postgres = Postgres::start(&[]).expect("PostgreSQL")?;
        let s3 = S3::start("charts").expect("an S3 server")?;
        let rows = postgres.database("charts").expect("a database");
        Some(Stores { postgres, s3, rows, folders: tempfile::tempdir().expect("a folder") })
    }

    /// Starts a server, by the flags that an administrator would give.
    fn server(&self, name: &str, endpoint: &str) -> Process {
        Process::start(&self.flags(name, endpoint), &VARIABLES)
    }

    fn flags(&self, name: &str, endpoint: &str) -> Vec<String> {
        vec![
            "--storage=amazon".to_owned(),
            "--storage-amazon-bucket=charts".to_owned(),
            "--storage-amazon-prefix=some/prefix".to_owned(),
            format!("--storage-amazon-endpoint={endpoint}"),
            format!("--rows={}", self.rows),
            format!("--data={}", self.folders.path().join(name).display()),
        ]
    }

    /// Removes what nobody needs any more, beside the servers: they do it once an hour. Returns how many contents went.
    fn collect(&self) -> u64 {
        let options = [
            ("aws_endpoint", self.s3.endpoint().as_str()),
            ("aws_access_key_id", S3::KEY),
            ("aws_secret_access_key", S3::SECRET),
            ("aws_region", "us-east-1"),
            ("aws_allow_http", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let blobs = BlobPlace::Bucket { url: "s3://charts/some/prefix".to_owned(), options: options.to_vec() };
        let rows = RowPlace::Postgres(self.rows.clone());
        let config = Config { blobs, rows, ..Config::folder(self.folders.path().join("collector")) };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a thread").block_on(async {
            let store = Store::open(config).await.expect("a store");
            let grace = Grace { contents: Duration::ZERO, uploads: Duration::ZERO };
            let collected = store.collect_garbage(grace).await.expect("collected");
            store.close().await;
            collected.contents
        })
    }

    /// Returns the digests of the contents in the bucket.
    fn objects(&self) -> BTreeSet<String> {
        let mut folders = vec![self.s3.bucket("charts").join("some/prefix/blobs")];
        let mut found = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.path().is_dir() {
                    true => folders.push(entry.path()),
                    false => drop(found.insert(entry.file_name().to_string_lossy().into_owned())),
                }
            }
        }
        found
    }
}

fn upload(address: SocketAddr, bytes: &[u8]) -> Answer {
    ask(address, "POST /api/charts", &[], bytes)
}

fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, &format!("GET {path}"), &[], b"")
}

/// What an index says: the versions of a chart with their digests; each must be there once.
fn listed(address: SocketAddr, name: &str) -> BTreeMap<String, String> {
    let answer = ask(address, "GET /index.yaml", &[("Accept".into(), "application/json".into())], b"");
    let index: Value = serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"));
    let versions = index["entries"][name].as_array().cloned().unwrap_or_default();
    let text = |version: &Value, field: &str| version[field].as_str().unwrap_or_default().to_owned();
    let listed: BTreeMap<_, _> = versions.iter().map(|v| (text(v, "version"), text(v, "digest"))).collect();
    assert_eq!(listed.len(), versions.len(), "a version is there twice: {versions:?}");
    listed
}

fn hex(bytes: &[u8]) -> String {
    Digest::of(Algorithm::Sha256, bytes).hex().to_owned()
}

/// Checks that every version of a chart can be fetched whole.
fn is_whole(address: SocketAddr, name: &str, versions: &BTreeMap<String, String>) {
    for (version, digest) in versions {
        let file = get(address, &format!("/charts/{name}-{version}.tgz"));
        assert_eq!((file.status, &hex(&file.body)), (200, digest), "{version}");
    }
}

/// Pushes a chart as registry clients do.
fn push(address: SocketAddr, name: &str, version: &str, package: &[u8]) {
    let config = format!(r#"{{"name":"{name}","version":"{version}","apiVersion":"v2"}}"#).into_bytes();
    for blob in [config.as_slice(), package] {
        let path = format!("POST /v2/{name}/blobs/uploads/?digest=sha256:{}", hex(blob));
        let answer = ask(address, &path, &[("Content-Type".into(), "application/octet-stream".into())], blob);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let part = |kind: &str, bytes: &[u8]| json!({"mediaType": format!("application/vnd.cncf.helm.{kind}"), "digest": format!("sha256:{}", hex(bytes)), "size": bytes.len()});
    let layers = [part("chart.content.v1.tar+gzip", package)];
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let manifest =
        json!({"schemaVersion": 2, "mediaType": kind, "config": part("config.v1+json", &config), "layers": layers});
    let path = format!("PUT /v2/{name}/manifests/{version}");
    let answer = ask(address, &path, &[("Content-Type".into(), kind.into())], manifest.to_string().as_bytes());
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[test]
fn everything_works_on_s3_and_postgresql_and_outlives_the_server() {
    let Some(stores) = Stores::start() else { return };
    let mut server = stores.server("one", &stores.s3.endpoint());
    // In the rows; in the bucket in one request; in several.
    for (version, ballast) in [("1.0.0", 10), ("2.0.0", 100_000), ("3.0.0", 10_000_000)] {
        assert_eq!(upload(server.address, &archives::chart("a", version, ballast)).status, 201, "{version}");
    }
    assert_eq!(upload(server.address, &archives::chart("a", "2.0.0", 5)).status, 409);
    push(server.address, "b", "1.0.0", &archives::chart("b", "1.0.0", 200_000));
    let (a, b) = (listed(server.address, "a"), listed(server.address, "b"));
    assert_eq!((a.len(), b.len(), stores.objects().len()), (3, 1, 3));
    is_whole(server.address, "b", &b);
    assert!(get(server.address, "/v2/a/tags/list").text().contains("3.0.0"));
    assert_eq!(server.stop(), Some(0));

    let server = stores.server("two", &stores.s3.endpoint());
    assert_eq!(listed(server.address, "a"), a);
    is_whole(server.address, "a", &a);
    assert_eq!(ask(server.address, "DELETE /api/charts/a/2.0.0", &[], b"").status, 200);
    assert_eq!(stores.collect(), 2, "the archive, and its definition");
    assert_eq!(stores.objects().len(), 2);
    let left = listed(server.address, "a");
    assert_eq!(left.keys().collect::<Vec<_>>(), ["1.0.0", "3.0.0"]);
    is_whole(server.address, "a", &left);
    assert_eq!(get(server.address, "/health").status, 200);

    let out = stores.folders.path().join("out");
    let mut flags = stores.flags("three", &stores.s3.endpoint());
    flags.push(format!("--export={}", out.display()));
    let (code, text) = process::run(&flags, &VARIABLES);
    assert!(code == Some(0) && text.contains("3 charts and 0 provenance files are in"), "{code:?} {text}");
    for file in ["a-1.0.0.tgz", "a-3.0.0.tgz", "b-1.0.0.tgz"] {
        let served = get(server.address, &format!("/charts/{file}"));
        assert!(served.body == std::fs::read(out.join(file)).expect("a file"), "{file}");
    }
}

/// Uploaders that go on with the other server when theirs has died.
const UPLOADERS: usize = 50;
/// Versions of each.
const VERSIONS: usize = 4;

#[test]
fn a_replica_killed_in_the_middle_of_fifty_uploads_loses_and_doubles_nothing() {
    let Some(stores) = Stores::start() else { return };
    let endpoint = stores.s3.endpoint();
    let (doomed, other) = (Mutex::new(stores.server("one", &endpoint)), stores.server("two", &endpoint));
    let addresses = [doomed.lock().expect("a server").address, other.address];
    let (acknowledged, cut_off, dead) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let known = Mutex::new(BTreeMap::new());
    let one = |uploader: usize, number: usize| {
        let version = format!("{uploader}.{number}.0");
        let bytes = archives::chart("a", &version, if number.is_multiple_of(2) { 100 } else { 30_000 });
        let own = addresses[uploader % 2];
        let status = match upload(own, &bytes).status {
            0 => {
                assert!(own == addresses[0] && acknowledged.load(Ordering::SeqCst) > 0, "only one server dies");
                cut_off.fetch_add(1, Ordering::SeqCst);
                // It may have been taken in, or not.
                let again = upload(other.address, &bytes).status;
                if again == 409 { 201 } else { again }
            }
            status => status,
        };
        assert_eq!(status, 201, "{version}");
        known.lock().expect("versions").insert(version.clone(), hex(&bytes));
        if acknowledged.fetch_add(1, Ordering::SeqCst) == UPLOADERS && !dead.swap(true, Ordering::SeqCst) {
            doomed.lock().expect("a server").kill();
        }
        // The other server has it at once, whoever took it in.
        let file = get(other.address, &format!("/api/charts/a/{version}"));
        assert_eq!(file.status, 200, "{version}");
        if number % 2 == 1 {
            let before = known.lock().expect("versions").clone();
            let index = listed(other.address, "a");
            assert!(before.iter().all(|version| index.get(version.0) == Some(version.1)), "the index is behind");
        }
    };
    std::thread::scope(|scope| {
        for uploader in 0..UPLOADERS {
            let one = &one;
            scope.spawn(move || (0..VERSIONS).for_each(|number| one(uploader, number)));
        }
    });
    assert!(dead.load(Ordering::SeqCst) && cut_off.load(Ordering::SeqCst) > 0);
    let expected = known.into_inner().expect("versions");
    assert_eq!(expected.len(), UPLOADERS * VERSIONS);
    let back = stores.server("one", &endpoint);
    stores.collect();
    for address in [back.address, other.address] {
        assert_eq!(listed(address, "a"), expected);
    }
    is_whole(back.address, "a", &expected);
    // What the dead server had under way is gone; what is small is in the rows.
    assert_eq!(stores.objects().len(), UPLOADERS * VERSIONS / 2);
}

#[test]
fn one_version_by_many_at_both_servers_is_taken_once() {
    let Some(stores) = Stores::start() else { return };
    let servers = ["one", "two"].map(|name| stores.server(name, &stores.s3.endpoint()));
    let winners = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for number in 0..20 {
            let (address, winners) = (servers[number % 2].address, &winners);
            scope.spawn(move || {
                let bytes = archives::chart("same", "1.0.0", 20_000 + number);
                match upload(address, &bytes).status {
                    201 => winners.lock().expect("winners").push(hex(&bytes)),
                    status => assert_eq!(status, 409),
                }
            });
        }
    });
    let winners = winners.into_inner().expect("winners");
    for server in &servers {
        assert_eq!(listed(server.address, "same").into_values().collect::<Vec<_>>(), winners);
        is_whole(server.address, "same", &listed(server.address, "same"));
    }
}

#[test]
fn a_bucket_that_fails_every_third_request_is_asked_again() {
    let Some(stores) = Stores::start() else { return };
    let faulty = stores.s3.faulty(3).expect("a way");
    let mut server = stores.server("one", &faulty.endpoint());
    std::thread::scope(|scope| {
        for number in 0..20 {
            let address = server.address;
            scope.spawn(move || {
                let ballast = if number == 0 { 10_000_000 } else { 20_000 };
                let answer = upload(address, &archives::chart("a", &format!("1.{number}.0"), ballast));
                assert_eq!(answer.status, 201, "{answer:?}");
            });
        }
    });
    let there = listed(server.address, "a");
    assert_eq!((there.len(), stores.objects().len()), (20, 20));
    is_whole(server.address, "a", &there);
    assert_eq!(server.stop(), Some(0));
    let server = stores.server("one", &faulty.endpoint());
    assert_eq!(listed(server.address, "a"), there);
    is_whole(server.address, "a", &there);
    assert!(faulty.requests() > 60, "{}", faulty.requests());
}

#[test]
fn stores_may_go_away_and_come_back() {
    let Some(mut stores) = Stores::start() else { return };
    let server = stores.server("one", &stores.s3.endpoint());
    let large = archives::chart("a", "1.0.0", 100_000);
    assert_eq!(upload(server.address, &large).status, 201);
    let health = |wanted: u16| {
        let asked = || Ok((get(server.address, "/health").status == wanted).then_some(()));
        until(&format!("/health to be {wanted}"), PATIENCE, asked).expect("a change");
    };
    health(200);

    stores.s3.kill();
    health(503);
    assert_eq!(listed(server.address, "a").len(), 1, "the index needs no bucket");
    assert_eq!(upload(server.address, &archives::chart("a", "1.1.0", 10)).status, 201, "small charts need none");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| upload(server.address, &archives::chart("a", "1.2.0", 100_000)).status);
        stores.s3.restart().expect("it is back");
        assert_eq!(waiting.join().expect("an upload"), 201, "it is asked again until it answers");
    });
    health(200);

    stores.postgres.kill();
    health(503);
    let answer = upload(server.address, &archives::chart("a", "2.0.0", 10));
    assert!((500..600).contains(&answer.status), "{answer:?}");
    stores.postgres.restart().expect("it is back");
    health(200);
    let before = listed(server.address, "a");
    assert_eq!(before.keys().collect::<Vec<_>>(), ["1.2.0", "1.1.0", "1.0.0"].iter().rev().collect::<Vec<_>>());
    assert_eq!(upload(server.address, &archives::chart("a", "2.0.0", 10)).status, 201);
    is_whole(server.address, "a", &listed(server.address, "a"));
}

//! Contents in fakes of Google's and Azure's stores. Azure's is skipped, and told so, unless a variable of the environment
//! names it: it is no program of ours, and to install it takes longer than all other tests of the store.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aws_lc_rs::hmac;
use chart_store::{BlobPlace, Config, Store};
use data_encoding::BASE64;
use support::works;
use testbed::{Process, S3, free_port, until};

/// The account of every emulator of Azure, and its key: both are published.
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Azurite's part for blobs, of the package `azurite` of npm.
const AZURE: &str = "PILOTHOUSE_AZURITE_BLOB";

/// Starts a fake and waits until it answers.
fn start(name: &'static str, command: Command, folder: &Path, port: u16) -> Process {
    let mut process = Process::start(name, command, folder.join("log")).expect("a process");
    let answers = || TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(());
    until(name, Duration::from_secs(180), || process.check().map(|()| answers())).expect("an answer");
    process
}

async fn store(folder: &Path, url: &str, options: &[(&str, &str)]) -> Store {
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let blobs = BlobPlace::Bucket { url: url.to_owned(), options };
    Store::open(Config { blobs, ..Config::folder(folder.join("store")) }).await.expect("a store")
}

/// Google's XML API has the requests of S3, for contents in several parts too; here S3 answers them, unsigned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contents_may_be_in_google_cloud_storage() {
    let Some(s3) = S3::start("charts").expect("an S3 server") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = s3.open_endpoint();
    // The account of a service that asks nobody for a token.
    let account = r#"{"private_key": "", "private_key_id": "", "client_email": "", "disable_oauth": true}"#;
    let options = [("google_base_url", endpoint.as_str()), ("google_service_account_key", account)];
    works(&store(folder.path(), "gs://charts/some/prefix", &options).await, 9_000_000).await;
    assert!(s3.bucket("charts").join("some/prefix/blobs").is_dir());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contents_may_be_in_azure() {
    let Some(program) = std::env::var_os(AZURE).map(PathBuf::from) else {
        eprintln!("SKIPPED: {AZURE} names no program");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_port().expect("a port");
    let mut command = Command::new(program);
    command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string(), "--silent", "--skipApiVersionCheck"]);
    command.arg("--location").arg(folder.path().join("data"));
    let _server = start("azurite-blob", command, folder.path(), port);
    make_container(port, "charts");
    let endpoint = format!("http://127.0.0.1:{port}/{ACCOUNT}");
    let options = [
        ("azure_storage_account_name", ACCOUNT),
        ("azure_storage_account_key", KEY),
        ("azure_storage_endpoint", &endpoint),
        ("allow_http", "true"),
    ];
    works(&store(folder.path(), "az://charts/some/prefix", &options).await, 9_000_000).await;
}

/// Makes a container, by a request that is signed with the key of the account ("Shared Key" of Azure's Blob service).
fn make_container(port: u16, name: &str) {
    let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = format!("x-ms-date:{date}\nx-ms-version:2021-08-06");
    // An emulator has the account in the path, so it is there twice.
    let text = format!("PUT{}{headers}\n/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container", "\n".repeat(12));
    let key = hmac::Key::new(hmac::HMAC_SHA256, &BASE64.decode(KEY.as_bytes()).expect("a key"));
    let signature = BASE64.encode(hmac::sign(&key, text.as_bytes()).as_ref());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let request = format!(
        "PUT /{ACCOUNT}/{name}?restype=container HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\
         {}\r\nAuthorization: SharedKey {ACCOUNT}:{signature}\r\n\r\n",
        headers.replace('\n', "\r\n")
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

//! Each requirement of the OCI distribution specification 1.1, asked over a connection. The numbers of ends are those of
//! its `spec.md`.

mod contents;
mod discovery;
mod gates;
#[path = "../wire/mod.rs"]
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use chart_server::oci::{self, Action, Gate, Open, Refusal, Rules, Subject};
use chart_store::{Config, Store};
use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wire::Answer;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";

/// A registry of this process, on a free port, with a folder that goes away with it.
struct Registry {
    address: SocketAddr,
    _folder: tempfile::TempDir,
    _runtime: Runtime,
}

impl Registry {
    fn start(gate: Arc<dyn Gate>, rules: Rules) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let address = runtime.block_on(async {
            let store = Store::open(Config::folder(folder.path())).await.expect("a store");
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let registry = oci::Registry::new(store, gate, rules);
            let routes = axum::Router::new().fallback(move |request| registry.clone().answer(request));
            tokio::spawn(async move { axum::serve(listener, routes).await });
            address
        });
        Registry { address, _folder: folder, _runtime: runtime }
    }

    fn open() -> Self {
        Registry::start(Arc::new(Open), Rules::default())
    }

    fn ask(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        wire::ask(self.address, line, &headers, body)
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[], b"")
    }

    /// Pushes a blob by POST and PUT.
    fn blob(&self, name: &str, content: &[u8]) -> String {
        let place = location(&self.ask(&format!("POST /v2/{name}/blobs/uploads/"), &[], b""), 202);
        let digest = sha256(content);
        location(&self.ask(&format!("PUT {place}?digest={}", digest.replace(':', "%3A")), &[], content), 201);
        digest
    }

    fn manifest(&self, name: &str, reference: &str, body: &str) -> Answer {
        let media_type = if body.contains("\"manifests\"") { INDEX } else { IMAGE };
        self.ask(&format!("PUT /v2/{name}/manifests/{reference}"), &[("Content-Type", media_type)], body.as_bytes())
    }
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", HEXLOWER.encode(digest(&SHA256, bytes).as_ref()))
}

fn location(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.header("location").expect("a location").to_owned()
}

/// Checks an error: its status and its codes, in the form that the specification has.
fn refused(answer: &Answer, status: u16, codes: &[&str]) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let found: Vec<&str> =
        body["errors"].as_array().into_iter().flatten().filter_map(|error| error["code"].as_str()).collect();
    assert_eq!((answer.status, found.as_slice()), (status, codes), "{}", answer.text());
    assert_eq!(answer.header("allow").is_some(), status == 405, "which methods there are");
    assert!(body["errors"].as_array().is_some_and(|errors| errors.iter().all(|error| error["message"].is_string())));
}

fn image(config: &str, size: usize) -> String {
    json!({"schemaVersion": 2, "mediaType": IMAGE, "config": {"mediaType": "x/y", "digest": config, "size": size}, "layers": []})
        .to_string()
}

fn empty_index() -> String {
    json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string()
}

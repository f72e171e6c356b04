//! Each requirement of the OCI distribution specification 1.1, asked over a connection. The numbers of ends are those of
//! its `spec.md`.

mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use chart_server::oci::{Action, Gate, Open, Refusal, Rules, Subject, router};
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
            tokio::spawn(async move { axum::serve(listener, router(store, gate, rules)).await });
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
    assert!(body["errors"].as_array().is_some_and(|errors| errors.iter().all(|error| error["message"].is_string())));
}

fn image(config: &str, size: usize) -> String {
    json!({"schemaVersion": 2, "mediaType": IMAGE, "config": {"mediaType": "x/y", "digest": config, "size": size}, "layers": []})
        .to_string()
}

fn empty_index() -> String {
    json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": []}).to_string()
}

#[test]
fn end_1_says_that_this_is_a_registry() {
    let registry = Registry::open();
    for path in ["/v2/", "/v2"] {
        let answer = registry.get(path);
        assert_eq!((answer.status, answer.text().as_str()), (200, "{}"));
        assert_eq!(answer.header("docker-distribution-api-version"), Some("registry/2.0"));
    }
    refused(&registry.get("/v2/nothing"), 404, &["UNSUPPORTED"]);
    refused(&registry.ask("DELETE /v2/", &[], b""), 405, &["UNSUPPORTED"]);
}

#[test]
fn end_2_blobs_are_pulled_whole() {
    let registry = Registry::open();
    for content in [&b""[..], b"content", &vec![7; 700_000]] {
        let digest = registry.blob("a/b", content);
        let path = format!("/v2/a/b/blobs/{digest}");
        let (whole, head) = (registry.get(&path), registry.ask(&format!("HEAD {path}"), &[], b""));
        assert_eq!((whole.status, whole.body == content, head.status), (200, true, 200));
        for answer in [&whole, &head] {
            assert_eq!(answer.header("docker-content-digest"), Some(digest.as_str()));
            assert_eq!(answer.header("content-length"), Some(content.len().to_string().as_str()));
        }
        let fresh =
            registry.ask(&format!("GET {path}"), &[("If-None-Match", whole.header("etag").expect("a tag"))], b"");
        assert_eq!(fresh.status, 304);
    }
    let unknown = sha256(b"unknown");
    refused(&registry.get(&format!("/v2/a/b/blobs/{unknown}")), 404, &["BLOB_UNKNOWN"]);
    assert_eq!(registry.ask(&format!("HEAD /v2/a/b/blobs/{unknown}"), &[], b"").status, 404);
    refused(&registry.get(&format!("/v2/none/blobs/{unknown}")), 404, &["BLOB_UNKNOWN"]);
    refused(&registry.get("/v2/a/b/blobs/sha256:0"), 400, &["DIGEST_INVALID"]);
    refused(&registry.get(&format!("/v2/A/blobs/{unknown}")), 400, &["NAME_INVALID"]);
}

#[test]
fn end_2_blobs_are_pulled_in_parts() {
    let registry = Registry::open();
    let content: Vec<u8> = (0..600_000u32).map(|at| (at % 251) as u8).collect();
    let digest = registry.blob("a", &content);
    let last = content.len() - 1;
    let cases = [
        ("bytes=500-1499", 500..1500),
        ("bytes=500-", 500..content.len()),
        ("bytes=-500", content.len() - 500..content.len()),
        ("bytes=599000-900000", 599_000..content.len()),
        ("bytes=100000-499999", 100_000..500_000),
    ];
    for (range, part) in cases {
        let answer = registry.ask(&format!("GET /v2/a/blobs/{digest}"), &[("Range", range)], b"");
        assert_eq!(answer.status, 206, "{range}");
        let expected = format!("bytes {}-{}/{}", part.start, part.end - 1, content.len());
        assert_eq!(answer.header("content-range"), Some(expected.as_str()));
        assert!(answer.body == content[part], "{range}");
    }
    for range in ["bytes=500-0", "bytes=600000-", "bytes=700000-800000"] {
        let answer = registry.ask(&format!("GET /v2/a/blobs/{digest}"), &[("Range", range)], b"");
        assert_eq!((answer.status, answer.header("content-range")), (416, Some("bytes */600000")), "{range}");
    }
    let several = registry.ask(&format!("GET /v2/a/blobs/{digest}"), &[("Range", "bytes=0-1,5-6")], b"");
    assert_eq!((several.status, several.body.len()), (200, last + 1));
}

#[test]
fn end_3_manifests_are_pulled_as_they_were_pushed() {
    let registry = Registry::open();
    registry.blob("a", b"{}");
    // Blanks and all: bytes are kept, not documents.
    let body = format!(" {}\n", image(&sha256(b"{}"), 2));
    assert_eq!(registry.manifest("a", "v1", &body).status, 201);
    let digest = sha256(body.as_bytes());
    for reference in ["v1", &digest] {
        let path = format!("/v2/a/manifests/{reference}");
        let (whole, head) = (registry.get(&path), registry.ask(&format!("HEAD {path}"), &[], b""));
        assert_eq!((whole.status, whole.text(), head.status, head.body.len()), (200, body.clone(), 200, 0));
        for answer in [&whole, &head] {
            assert_eq!(answer.header("docker-content-digest"), Some(digest.as_str()));
            assert_eq!(answer.header("content-type"), Some(IMAGE));
            assert_eq!(answer.header("content-length"), Some(body.len().to_string().as_str()));
        }
    }
    refused(&registry.get("/v2/a/manifests/none"), 404, &["MANIFEST_UNKNOWN"]);
    refused(&registry.get("/v2/none/manifests/v1"), 404, &["MANIFEST_UNKNOWN"]);
    refused(&registry.get("/v2/a/manifests/.wrong"), 404, &["MANIFEST_UNKNOWN"]);
    assert_eq!(registry.ask("HEAD /v2/a/manifests/none", &[], b"").status, 404);
}

#[test]
fn end_4b_a_blob_comes_in_one_request() {
    let registry = Registry::open();
    let digest = sha256(b"content");
    let place = location(&registry.ask(&format!("POST /v2/a/blobs/uploads/?digest={digest}"), &[], b"content"), 201);
    assert_eq!(registry.get(&place).body, b"content");
    let wrong = registry.ask(&format!("POST /v2/a/blobs/uploads/?digest={digest}"), &[], b"other");
    refused(&wrong, 400, &["DIGEST_INVALID"]);
    refused(&registry.ask("POST /v2/a/blobs/uploads/?digest=md5:00", &[], b""), 400, &["DIGEST_INVALID"]);
}

#[test]
fn end_4c_other_algorithms() {
    let registry = Registry::open();
    let digest = format!("sha512:{}", HEXLOWER.encode(digest(&SHA512, b"content").as_ref()));
    let place = location(&registry.ask("POST /v2/a/blobs/uploads/?digest-algorithm=sha512", &[], b""), 202);
    let place = location(&registry.ask(&format!("PATCH {place}"), &[], b"cont"), 202);
    let place = location(&registry.ask(&format!("PUT {place}?digest={digest}"), &[], b"ent"), 201);
    assert_eq!(registry.get(&place).body, b"content");
    refused(&registry.ask("POST /v2/a/blobs/uploads/?digest-algorithm=md5", &[], b""), 400, &["DIGEST_INVALID"]);
}

#[test]
fn end_5_a_blob_comes_in_chunks() {
    let registry = Registry::open();
    let content: Vec<u8> = (0..300_000u32).map(|at| (at % 253) as u8).collect();
    let digest = sha256(&content);
    let begun = registry.ask("POST /v2/a/blobs/uploads/", &[], b"");
    let mut place = location(&begun, 202);
    assert!(begun.header("range").is_some_and(|range| range == "0-0"));
    for start in [0, 100_000] {
        let end = start + 99_999;
        let range = format!("{start}-{end}");
        let answer = registry.ask(&format!("PATCH {place}"), &[("Content-Range", &range)], &content[start..=end]);
        place = location(&answer, 202);
        assert_eq!(answer.header("range"), Some(format!("0-{end}").as_str()));
    }
    // Before, behind, and once more: each must be told, with where to go on.
    for (method, range, part) in
        [("PATCH", "0-99999", 0), ("PATCH", "250000-299999", 250_000), ("PUT", "100000-199999", 100_000)]
    {
        let line = if method == "PUT" { format!("PUT {place}?digest={digest}") } else { format!("PATCH {place}") };
        let length = if range == "250000-299999" { 50_000 } else { 100_000 };
        let answer = registry.ask(&line, &[("Content-Range", range)], &content[part..part + length]);
        refused(&answer, 416, &["BLOB_UPLOAD_INVALID"]);
        assert_eq!((answer.header("range"), answer.header("location")), (Some("0-199999"), Some(place.as_str())));
    }
    let status = registry.get(&place);
    assert_eq!(
        (status.status, status.header("range"), status.header("location")),
        (204, Some("0-199999"), Some(place.as_str()))
    );
    let answer = registry.ask(
        &format!("PUT {place}?digest={digest}"),
        &[("Content-Range", "200000-299999")],
        &content[200_000..],
    );
    assert!(registry.get(&location(&answer, 201)).body == content);
    refused(&registry.get(&place), 404, &["BLOB_UPLOAD_UNKNOWN"]);
}

#[test]
fn end_5_chunks_must_be_what_they_say() {
    let registry = Registry::open();
    let place = location(&registry.ask("POST /v2/a/blobs/uploads/", &[], b""), 202);
    let answer = registry.ask(&format!("PATCH {place}"), &[("Content-Range", "0-5")], b"four");
    refused(&answer, 400, &["SIZE_INVALID"]);
    let answer = registry.ask(&format!("PATCH {place}"), &[("Content-Range", "bytes 0-3")], b"four");
    refused(&answer, 400, &["BLOB_UPLOAD_INVALID"]);
    refused(&registry.ask("PATCH /v2/a/blobs/uploads/unknown", &[], b"four"), 404, &["BLOB_UPLOAD_UNKNOWN"]);
    let elsewhere = place.replace("/v2/a/", "/v2/b/");
    refused(&registry.ask(&format!("PATCH {elsewhere}"), &[], b"four"), 404, &["BLOB_UPLOAD_UNKNOWN"]);
}

#[test]
fn end_6_a_wrong_digest_ends_an_upload() {
    let registry = Registry::open();
    let place = location(&registry.ask("POST /v2/a/blobs/uploads/", &[], b""), 202);
    refused(&registry.ask(&format!("PUT {place}"), &[], b"content"), 400, &["DIGEST_INVALID"]);
    let place = location(&registry.ask(&format!("PATCH {place}"), &[], b"content"), 202);
    let wrong = registry.ask(&format!("PUT {place}?digest={}", sha256(b"other")), &[], b"");
    refused(&wrong, 400, &["DIGEST_INVALID"]);
    refused(&registry.get(&format!("/v2/a/blobs/{}", sha256(b"content"))), 404, &["BLOB_UNKNOWN"]);
}

#[test]
fn end_7_manifests_are_pushed_by_tag_and_by_digest() {
    let registry = Registry::open();
    let body = empty_index();
    let digest = sha256(body.as_bytes());
    let tagged = registry.manifest("a", "v1", &body);
    assert_eq!(tagged.header("docker-content-digest"), Some(digest.as_str()));
    assert_eq!(registry.get(&location(&tagged, 201)).text(), body);
    assert_eq!(registry.manifest("b", &digest, &body).status, 201);
    let tags = registry.manifest("b", &format!("{digest}?tag=one&tag=two"), &body);
    assert_eq!((tags.status, tags.header("oci-tag")), (201, Some("one, two")));
    assert_eq!(registry.get("/v2/b/manifests/two").text(), body);
    refused(&registry.manifest("a", &sha256(b"other"), &body), 400, &["DIGEST_INVALID"]);
    refused(&registry.manifest("a", "-wrong", &body), 400, &["MANIFEST_INVALID"]);
    refused(&registry.manifest("a", "sha256:0", &body), 400, &["DIGEST_INVALID"]);
    refused(&registry.manifest("a", "v1", "no json"), 400, &["MANIFEST_INVALID"]);
    let other = registry.ask("PUT /v2/a/manifests/v1", &[("Content-Type", "text/plain")], body.as_bytes());
    refused(&other, 400, &["MANIFEST_INVALID"]);
    let parameters = format!("{INDEX}; charset=utf-8");
    let answer = registry.ask("PUT /v2/a/manifests/v2", &[("Content-Type", &parameters)], body.as_bytes());
    assert_eq!(answer.status, 201);
    assert_eq!(registry.get("/v2/a/manifests/v2").header("content-type"), Some(INDEX));
}

#[test]
fn end_7_manifests_name_only_what_is_there() {
    let registry = Registry::open();
    let missing = sha256(b"missing");
    let refusal = registry.manifest("a", "v1", &image(&missing, 7));
    refused(&refusal, 400, &["MANIFEST_BLOB_UNKNOWN"]);
    assert!(refusal.text().contains(&missing));
    let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [{"mediaType": IMAGE, "digest": missing, "size": 7}]});
    refused(&registry.manifest("a", "v1", &list.to_string()), 400, &["MANIFEST_BLOB_UNKNOWN"]);
    registry.blob("b", b"{}");
    refused(&registry.manifest("a", "v1", &image(&sha256(b"{}"), 2)), 400, &["MANIFEST_BLOB_UNKNOWN"]);
    assert_eq!(registry.get("/v2/a/manifests/v1").status, 404);
}

#[test]
fn end_7_large_manifests() {
    let registry = Registry::open();
    let annotated = |bytes: usize| {
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "annotations": {"a": "x".repeat(bytes)}})
            .to_string()
    };
    let body = annotated(4_000_000);
    assert_eq!(registry.manifest("a", "large", &body).status, 201);
    assert!(registry.get("/v2/a/manifests/large").text() == body);
    refused(&registry.manifest("a", "larger", &annotated(4 * 1024 * 1024)), 413, &["MANIFEST_INVALID"]);
}

#[test]
fn end_8_tags_are_listed_page_by_page() {
    let registry = Registry::open();
    for tag in ["b", "A", "c", "a"] {
        registry.manifest("x/y", tag, &empty_index());
    }
    let tags = |query: &str| {
        let answer = registry.get(&format!("/v2/x/y/tags/list{query}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(body["name"], "x/y");
        (body["tags"].clone(), answer.header("link").map(str::to_owned))
    };
    assert_eq!(tags(""), (json!(["A", "a", "b", "c"]), None));
    assert_eq!(tags("?n=2"), (json!(["A", "a"]), Some("</v2/x/y/tags/list?n=2&last=a>; rel=\"next\"".to_owned())));
    assert_eq!(tags("?n=2&last=a"), (json!(["b", "c"]), None));
    assert_eq!(tags("?last=b"), (json!(["c"]), None));
    assert_eq!(tags("?n=0"), (json!([]), None));
    assert_eq!(tags("?n=100&last=zzz"), (json!([]), None));
    refused(&registry.get("/v2/none/tags/list"), 404, &["NAME_UNKNOWN"]);
    refused(&registry.get("/v2/x/y/tags/list?n=-1"), 400, &["UNSUPPORTED"]);
}

#[test]
fn end_9_tags_and_manifests_are_deleted() {
    let registry = Registry::open();
    let body = empty_index();
    let digest = sha256(body.as_bytes());
    for tag in ["one", "two"] {
        registry.manifest("a", tag, &body);
    }
    assert_eq!(registry.ask("DELETE /v2/a/manifests/one", &[], b"").status, 202);
    assert_eq!((registry.get("/v2/a/manifests/one").status, registry.get("/v2/a/manifests/two").status), (404, 200));
    assert_eq!(registry.ask(&format!("DELETE /v2/a/manifests/{digest}"), &[], b"").status, 202);
    assert_eq!(
        (registry.get("/v2/a/manifests/two").status, registry.get(&format!("/v2/a/manifests/{digest}")).status),
        (404, 404)
    );
    assert_eq!(registry.get("/v2/a/tags/list").text(), r#"{"name":"a","tags":[]}"#);
    refused(&registry.ask("DELETE /v2/a/manifests/two", &[], b""), 404, &["MANIFEST_UNKNOWN"]);
    refused(&registry.ask("DELETE /v2/none/manifests/two", &[], b""), 404, &["NAME_UNKNOWN"]);
    let kept = Registry::start(Arc::new(Open), Rules { deletes: false, ..Rules::default() });
    kept.manifest("a", "one", &body);
    refused(&kept.ask("DELETE /v2/a/manifests/one", &[], b""), 405, &["UNSUPPORTED"]);
    refused(&kept.ask(&format!("DELETE /v2/a/blobs/{digest}"), &[], b""), 405, &["UNSUPPORTED"]);
}

#[test]
fn end_10_blobs_are_deleted() {
    let registry = Registry::open();
    let digest = registry.blob("a", b"content");
    assert_eq!(registry.ask(&format!("DELETE /v2/a/blobs/{digest}"), &[], b"").status, 202);
    refused(&registry.get(&format!("/v2/a/blobs/{digest}")), 404, &["BLOB_UNKNOWN"]);
    refused(&registry.ask(&format!("DELETE /v2/a/blobs/{digest}"), &[], b""), 404, &["BLOB_UNKNOWN"]);
}

#[test]
fn end_11_blobs_are_mounted() {
    let registry = Registry::open();
    let digest = registry.blob("a", b"content");
    let mount = |name: &str, from: &str| {
        registry.ask(&format!("POST /v2/{name}/blobs/uploads/?mount={digest}{from}"), &[], b"")
    };
    let place = location(&mount("b", "&from=a"), 201);
    assert_eq!((place.as_str(), registry.get(&place).text().as_str()), (&*format!("/v2/b/blobs/{digest}"), "content"));
    location(&mount("c", ""), 201);
    // What cannot be mounted can be uploaded.
    let place = location(&mount("d", "&from=none"), 202);
    location(&registry.ask(&format!("PUT {place}?digest={digest}"), &[], b"content"), 201);
}

#[test]
fn end_12_referrers_are_an_index() {
    let registry = Registry::open();
    let subject = empty_index();
    let digest = sha256(subject.as_bytes());
    let refer = |kind: Option<&str>, config: &str, note: &str| {
        let mut body = json!({"schemaVersion": 2, "mediaType": IMAGE, "config": {"mediaType": config, "digest": sha256(b"{}"), "size": 2},
            "layers": [], "annotations": {"note": note}, "subject": {"mediaType": INDEX, "digest": digest, "size": subject.len()}});
        if let Some(kind) = kind {
            body["artifactType"] = kind.into();
        }
        body.to_string()
    };
    registry.blob("a", b"{}");
    // Before its subject: either order is fine.
    let first =
        registry.manifest("a", &sha256(refer(Some("k/1"), "c/t", "1").as_bytes()), &refer(Some("k/1"), "c/t", "1"));
    assert_eq!((first.status, first.header("oci-subject")), (201, Some(digest.as_str())));
    registry.manifest("a", "subject", &subject);
    registry.manifest("a", "second", &refer(None, "c/t", "2"));
    let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "subject": {"mediaType": INDEX, "digest": digest, "size": 1}});
    registry.manifest("a", "third", &list.to_string());
    let listed = |query: &str| {
        let answer = registry.get(&format!("/v2/a/referrers/{digest}{query}"));
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(INDEX)));
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!((body["schemaVersion"].as_u64(), body["mediaType"].as_str()), (Some(2), Some(INDEX)));
        let mut kinds: Vec<(String, String)> = body["manifests"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| {
                (
                    item["artifactType"].as_str().unwrap_or("-").to_owned(),
                    item["annotations"]["note"].as_str().unwrap_or("-").to_owned(),
                )
            })
            .collect();
        kinds.sort();
        (kinds, answer.header("oci-filters-applied").map(str::to_owned))
    };
    let pair = |kind: &str, note: &str| (kind.to_owned(), note.to_owned());
    assert_eq!(listed(""), (vec![pair("-", "-"), pair("c/t", "2"), pair("k/1", "1")], None));
    assert_eq!(listed("?artifactType=k/1"), (vec![pair("k/1", "1")], Some("artifactType".to_owned())));
    assert_eq!(listed("?artifactType=k%2Fx"), (vec![], Some("artifactType".to_owned())));
    let unknown = registry.get(&format!("/v2/none/referrers/{digest}"));
    assert_eq!((unknown.status, unknown.text().contains("\"manifests\":[]")), (200, true));
    refused(&registry.get("/v2/a/referrers/latest"), 400, &["DIGEST_INVALID"]);
}

#[test]
fn end_14_uploads_are_given_up() {
    let registry = Registry::open();
    let place = location(&registry.ask("POST /v2/a/blobs/uploads/", &[], b""), 202);
    location(&registry.ask(&format!("PATCH {place}"), &[], b"part"), 202);
    assert_eq!(registry.ask(&format!("DELETE {place}"), &[], b"").status, 204);
    refused(&registry.get(&place), 404, &["BLOB_UPLOAD_UNKNOWN"]);
    refused(&registry.ask(&format!("DELETE {place}"), &[], b""), 404, &["BLOB_UPLOAD_UNKNOWN"]);
}

#[test]
fn the_catalog_lists_repositories() {
    let registry = Registry::open();
    for name in ["b", "a/x", "a"] {
        registry.manifest(name, "v1", &empty_index());
    }
    registry.blob("only/blobs", b"content");
    assert_eq!(registry.get("/v2/_catalog").text(), r#"{"repositories":["a","a/x","b"]}"#);
    let page = registry.get("/v2/_catalog?n=2");
    assert_eq!(page.text(), r#"{"repositories":["a","a/x"]}"#);
    assert_eq!(page.header("link"), Some("</v2/_catalog?n=2&last=a/x>; rel=\"next\""));
    assert_eq!(registry.get("/v2/_catalog?n=2&last=a/x").text(), r#"{"repositories":["b"]}"#);
}

#[test]
fn blobs_have_a_limit() {
    let registry = Registry::start(Arc::new(Open), Rules { blob_bytes: 1000, ..Rules::default() });
    let post = |size: usize| {
        registry.ask(&format!("POST /v2/a/blobs/uploads/?digest={}", sha256(&vec![7; size])), &[], &vec![7; size])
    };
    assert_eq!(post(1000).status, 201);
    refused(&post(1001), 413, &["SIZE_INVALID"]);
    let place = location(&registry.ask("POST /v2/a/blobs/uploads/", &[], b""), 202);
    let place = location(&registry.ask(&format!("PATCH {place}"), &[], &[7; 600]), 202);
    refused(&registry.ask(&format!("PATCH {place}"), &[], &[7; 600]), 413, &["SIZE_INVALID"]);
}

#[test]
fn locations_begin_with_the_context_path() {
    let registry = Registry::start(Arc::new(Open), Rules { context_path: "/x".to_owned(), ..Rules::default() });
    let place = location(&registry.ask("POST /x/v2/a/blobs/uploads/", &[], b""), 202);
    assert!(place.starts_with("/x/v2/a/blobs/uploads/"), "{place}");
    location(&registry.ask(&format!("PUT {place}?digest={}", sha256(b"c")), &[], b"c"), 201);
}

/// Who says `reader` may read `open/…`, who says `writer` may do everything.
struct Names;

impl Gate for Names {
    fn decide(&self, headers: &HeaderMap, action: Action, subject: Subject<'_>) -> Result<(), Refusal> {
        let name = headers.get("authorization").and_then(|value| value.to_str().ok());
        let refusal = |status| Refusal {
            status,
            challenge: Some(HeaderValue::from_static("Basic realm=\"r\""))
                .filter(|_| status == StatusCode::UNAUTHORIZED),
            message: "no".to_owned(),
        };
        let readable = |subject| {
            matches!(subject, Subject::Registry)
                || matches!(subject, Subject::Repository(name) if name.starts_with("open/"))
        };
        match name {
            Some("writer") => Ok(()),
            Some("reader") if action == Action::Pull && readable(subject) => Ok(()),
            Some(_) => Err(refusal(StatusCode::FORBIDDEN)),
            None => Err(refusal(StatusCode::UNAUTHORIZED)),
        }
    }
}

#[test]
fn the_gate_is_asked_about_everything() {
    let registry = Registry::start(Arc::new(Names), Rules::default());
    let digest = sha256(b"secret");
    let ask = |line: &str, who: &str| registry.ask(line, &[("Authorization", who)], b"");
    location(
        &registry.ask(
            &format!("POST /v2/closed/a/blobs/uploads/?digest={digest}"),
            &[("Authorization", "writer")],
            b"secret",
        ),
        201,
    );
    let unknown = registry.get("/v2/");
    refused(&unknown, 401, &["UNAUTHORIZED"]);
    assert_eq!(unknown.header("www-authenticate"), Some("Basic realm=\"r\""));
    assert_eq!(ask("GET /v2/", "reader").status, 200);
    let closed = [
        format!("GET /v2/closed/a/blobs/{digest}"),
        "GET /v2/closed/a/manifests/x".to_owned(),
        "GET /v2/closed/a/tags/list".to_owned(),
        format!("GET /v2/closed/a/referrers/{digest}"),
        "GET /v2/_catalog".to_owned(),
        "POST /v2/open/a/blobs/uploads/".to_owned(),
        "PUT /v2/open/a/manifests/x".to_owned(),
        "DELETE /v2/open/a/manifests/x".to_owned(),
        format!("DELETE /v2/open/a/blobs/{digest}"),
        "PATCH /v2/open/a/blobs/uploads/x".to_owned(),
        "PUT /v2/open/a/blobs/uploads/x".to_owned(),
        "GET /v2/open/a/blobs/uploads/x".to_owned(),
        "DELETE /v2/open/a/blobs/uploads/x".to_owned(),
    ];
    for line in closed {
        refused(&ask(&line, "reader"), 403, &["DENIED"]);
    }
}

/// Who says `writer` may write to `open/…` and read only that.
struct Fenced;

impl Gate for Fenced {
    fn decide(&self, headers: &HeaderMap, _: Action, subject: Subject<'_>) -> Result<(), Refusal> {
        let all = headers.contains_key("x-all");
        match subject {
            Subject::Repository(name) if !all && !name.starts_with("open/") => {
                Err(Refusal { status: StatusCode::FORBIDDEN, challenge: None, message: "no".to_owned() })
            }
            _ => Ok(()),
        }
    }
}

#[test]
fn what_one_may_not_read_cannot_be_mounted() {
    let registry = Registry::start(Arc::new(Fenced), Rules::default());
    let digest = sha256(b"secret");
    location(
        &registry.ask(&format!("POST /v2/closed/a/blobs/uploads/?digest={digest}"), &[("X-All", "yes")], b"secret"),
        201,
    );
    for from in ["&from=closed/a", ""] {
        let answer = registry.ask(&format!("POST /v2/open/b/blobs/uploads/?mount={digest}{from}"), &[], b"");
        location(&answer, 202);
        refused(&registry.get(&format!("/v2/open/b/blobs/{digest}")), 404, &["BLOB_UNKNOWN"]);
    }
}

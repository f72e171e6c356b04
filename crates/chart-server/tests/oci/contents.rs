//! Blobs and manifests: pulled, pushed in every way.

use super::*;

#[test]
fn end_1_says_that_this_is_a_registry() {
    let registry = Registry::open();
    for path in ["/v2/", "/v2"] {
        let answer = registry.get(path);
        assert_eq!((answer.status, answer.text().as_str()), (200, "{}"));
        assert_eq!(answer.header("docker-distribution-api-version"), Some("registry/2.0"));
    }
    refused(&registry.get("/v2/nothing"), 404, &["UNSUPPORTED"]);
    let wrong = registry.ask("DELETE /v2/", &[], b"");
    refused(&wrong, 405, &["UNSUPPORTED"]);
    assert_eq!(wrong.header("allow"), Some("GET, HEAD"));
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
    let part = |known: &str| {
        let headers = [("Range", "bytes=0-9"), ("If-Range", known)];
        registry.ask(&format!("GET /v2/a/blobs/{digest}"), &headers, b"").status
    };
    assert_eq!(part(&format!("\"{digest}\"")), 206);
    for other in ["\"other\"", &format!("W/\"{digest}\""), "Wed, 21 Oct 2015 07:28:00 GMT"] {
        assert_eq!(part(other), 200, "{other}");
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

//! What lists, deletes, mounts and limits.

use super::*;

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

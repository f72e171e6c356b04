//! The registry without HTTP: what is pushed one way is there the other way, and stays consistent.

mod support;

use bytes::Bytes;
use chart_store::{Algorithm, Digest, Error, Missing, PutManifest};
use support::{
    FORCE, PLAIN, chart, chart_of, helm_manifest, listed, own, provenance, push, pushed, put, put_blob, put_manifest,
    sha256, spooled, versions,
};

#[tokio::test]
async fn a_pushed_chart_is_in_the_index_at_once() {
    let own = own().await;
    let package = chart("a", "1.0.0+b");
    let digest = push(&own.store, "org/team/a", &package, "1.0.0_b").await.expect("pushed");
    assert_eq!(versions(&own.store, "org/team", "a").await, ["1.0.0+b"]);
    let file = own.store.file("org/team", "a-1.0.0+b.tgz").await.expect("a file");
    assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), package);
    let before = own.store.index("org/team").await.expect("an index");
    assert_eq!(push(&own.store, "org/team/a", &package, "1.0.0_b").await.expect("pushed again"), digest);
    let after = own.store.index("org/team").await.expect("an index");
    assert_eq!(before.etag(), after.etag(), "the same again changes nothing");
}

#[tokio::test]
async fn an_uploaded_chart_can_be_pulled() {
    let own = own().await;
    let package = chart_of("a", "1.0.0+b", 50_000);
    put(&own.store, "org/team", &package, PLAIN).await.expect("saved");
    let manifest = own.store.manifest("org/team/a", "1.0.0_b").await.expect("a manifest");
    assert_eq!(manifest.media_type, "application/vnd.oci.image.manifest.v1+json");
    let text: serde_json::Value = serde_json::from_slice(&manifest.body).expect("JSON");
    assert_eq!(text["layers"][0]["digest"], sha256(&package).as_str());
    for part in [&text["layers"][0], &text["config"]] {
        let digest: Digest = part["digest"].as_str().expect("a text").parse().expect("a digest");
        let blob = own.store.blob_of("org/team/a", &digest).await.expect("a blob");
        assert_eq!(Some(blob.size()), part["size"].as_u64());
        assert_eq!(sha256(&blob.bytes(u64::MAX).await.expect("bytes")), digest);
    }
    let same = own.store.manifest("org/team/a", manifest.digest.as_str()).await.expect("by its digest");
    assert_eq!(same.body, manifest.body);
    assert_eq!(own.store.repositories(None, None).await.expect("a list").names, ["org/team/a"]);
}

#[tokio::test]
async fn names_that_no_registry_has_are_kept_all_the_same() {
    let own = own().await;
    put(&own.store, "Org", &chart("MyChart", "1.0.0"), PLAIN).await.expect("saved");
    assert_eq!(versions(&own.store, "Org", "MyChart").await, ["1.0.0"]);
    assert!(own.store.repositories(None, None).await.expect("a list").names.is_empty());
}

#[tokio::test]
async fn only_a_tag_that_is_the_version_is_listed() {
    let own = own().await;
    let package = chart("a", "1.0.0");
    push(&own.store, "t/a", &package, "latest").await.expect("pushed");
    push(&own.store, "t/other", &package, "1.0.0").await.expect("pushed");
    assert!(listed(&own.store, "t").await.is_empty());
    push(&own.store, "t/a", &package, "1.0.0").await.expect("pushed");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.0.0"]);
    own.store.delete_tag("t/a", "latest").await.expect("deleted");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.0.0"]);
    own.store.delete_tag("t/a", "1.0.0").await.expect("deleted");
    assert!(listed(&own.store, "t").await.is_empty());
}

#[tokio::test]
async fn a_deleted_manifest_takes_its_tags_and_versions_along() {
    let own = own().await;
    let digest = push(&own.store, "t/a", &chart("a", "1.0.0"), "1.0.0").await.expect("pushed");
    push(&own.store, "t/a", &chart("a", "1.0.0"), "latest").await.expect("pushed");
    own.store.delete_manifest("t/a", &digest).await.expect("deleted");
    assert!(own.store.tags("t/a", None, None).await.expect("tags").names.is_empty());
    assert!(listed(&own.store, "t").await.is_empty());
    let again = own.store.delete_manifest("t/a", &digest).await;
    assert!(matches!(again, Err(Error::Unknown(Missing::Manifest))));
    assert!(matches!(own.store.delete_tag("t/b", "x").await, Err(Error::Unknown(Missing::Repository))));
}

#[tokio::test]
async fn versions_are_replaced_only_where_that_is_allowed() {
    let own = own().await;
    let (first, second) = (chart("a", "1.0.0"), chart_of("a", "1.0.0", 77));
    put(&own.store, "t", &first, PLAIN).await.expect("saved");
    let config = b"{}";
    put_blob(&own.store, "t/a", config).await;
    put_blob(&own.store, "t/a", &second).await;
    put_blob(&own.store, "t/a", &first).await;
    let strict = |body: Bytes, tag: &str| pushed("t/a", body, tag, PLAIN);
    let refused = own.store.put_manifest(strict(helm_manifest(config, &second, None), "1.0.0")).await;
    assert!(matches!(refused, Err(Error::Exists(_))), "{refused:?}");
    let other = Bytes::from(r#"{"schemaVersion":2,"manifests":[]}"#);
    let refused = own.store.put_manifest(strict(other.clone(), "1.0.0")).await;
    assert!(matches!(refused, Err(Error::Exists(_))), "{refused:?}");
    own.store.put_manifest(strict(helm_manifest(config, &first, None), "1.0.0")).await.expect("the same package");
    assert_eq!(listed(&own.store, "t").await["a"], [("1.0.0".to_owned(), sha256(&first).hex().to_owned())]);
    put_manifest(&own.store, "t/a", &helm_manifest(config, &second, None), "1.0.0").await.expect("replaced");
    assert_eq!(listed(&own.store, "t").await["a"], [("1.0.0".to_owned(), sha256(&second).hex().to_owned())]);
    put_manifest(&own.store, "t/a", &other, "1.0.0").await.expect("something else gets the tag");
    assert!(listed(&own.store, "t").await.is_empty());
    put(&own.store, "t", &first, FORCE).await.expect("saved");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.0.0"]);
}

#[tokio::test]
async fn a_chart_that_is_none_is_refused_and_leaves_nothing() {
    let own = own().await;
    let config = b"{}";
    put_blob(&own.store, "t/a", config).await;
    let junk = Bytes::from("no archive");
    put_blob(&own.store, "t/a", &junk).await;
    let refused = put_manifest(&own.store, "t/a", &helm_manifest(config, &junk, None), "1.0.0").await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    let unknown = chart("a", "1.0.0");
    let refused = put_manifest(&own.store, "t/a", &helm_manifest(config, &unknown, None), "1.0.0").await;
    assert!(matches!(refused, Err(Error::References(ref digests)) if digests == &[sha256(&unknown).to_string()]));
    assert!(own.store.tags("t/a", None, None).await.expect("tags").names.is_empty());
    assert!(listed(&own.store, "t").await.is_empty());
}

#[tokio::test]
async fn a_manifest_may_not_lie_about_sizes() {
    let own = own().await;
    let digest = put_blob(&own.store, "t/a", b"{}").await;
    let body = format!(r#"{{"schemaVersion":2,"config":{{"mediaType":"x/y","digest":"{digest}","size":3}}}}"#);
    let refused = put_manifest(&own.store, "t/a", &body.into(), "x").await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn provenance_layers_are_provenance_files() {
    let own = own().await;
    let (package, text) = (chart("a", "1.0.0"), provenance("a", "1.0.0"));
    for blob in [&b"{}"[..], &package, &text] {
        put_blob(&own.store, "t/a", blob).await;
    }
    put_manifest(&own.store, "t/a", &helm_manifest(b"{}", &package, Some(&text)), "1.0.0").await.expect("pushed");
    let file = own.store.file("t", "a-1.0.0.tgz.prov").await.expect("a file");
    assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), text);
}

#[tokio::test]
async fn blobs_belong_to_repositories() {
    let own = own().await;
    let digest = put_blob(&own.store, "a/x", b"content").await;
    assert!(matches!(own.store.blob_of("b/y", &digest).await, Err(Error::Unknown(Missing::Blob))));
    assert!(!own.store.mount("b/y", "c/z", &digest).await.expect("an answer"), "no such source");
    assert!(own.store.mount("b/y", "a/x", &digest).await.expect("an answer"));
    assert!(own.store.blob_of("b/y", &digest).await.is_ok());
    assert_eq!(own.store.sources(&digest).await.expect("sources"), ["a/x", "b/y"]);
    own.store.delete_blob("a/x", &digest).await.expect("deleted");
    assert!(own.store.blob_of("a/x", &digest).await.is_err() && own.store.blob_of("b/y", &digest).await.is_ok());
    let body = spooled(&own.store, b"other").await;
    assert!(matches!(own.store.put_blob("a/x", body, &digest).await, Err(Error::Mismatch)));
    put(&own.store, "a", &chart("c", "1.0.0"), PLAIN).await.expect("saved");
    let package = own.store.version("a", "c", "1.0.0").await.expect("a version").digest;
    let refused = own.store.delete_blob("a/c", &format!("sha256:{package}").parse().expect("a digest")).await;
    assert!(matches!(refused, Err(Error::Exists(_))), "a chart needs it");
}

#[tokio::test]
async fn uploads_go_on_where_they_were() {
    let own = own().await;
    let content: Vec<u8> = (0..700_000u32).map(|at| (at >> 4) as u8).collect();
    let digest = sha256(&content);
    let upload = own.store.begin_upload("t/a").await.expect("an upload");
    let part = spooled(&own.store, &content[..300_000]).await;
    let upload = own.store.append("t/a", &upload.id, Some(0), part).await.expect("a part");
    assert_eq!(upload.size, 300_000);
    let own = own.reopened().await;
    let part = spooled(&own.store, &content[..10]).await;
    let refused = own.store.append("t/a", &upload.id, Some(0), part).await;
    assert!(matches!(refused, Err(Error::OutOfOrder(300_000))), "{refused:?}");
    let part = spooled(&own.store, &content[300_000..600_000]).await;
    assert_eq!(own.store.append("t/a", &upload.id, None, part).await.expect("a part").size, 600_000);
    assert!(matches!(own.store.upload("t/b", &upload.id).await, Err(Error::Unknown(Missing::Upload))));
    let last = spooled(&own.store, &content[600_000..]).await;
    own.store.finish_upload("t/a", &upload.id, Some(600_000), last, &digest).await.expect("a blob");
    let blob = own.store.blob_of("t/a", &digest).await.expect("a blob");
    assert_eq!(blob.bytes(u64::MAX).await.expect("bytes"), content);
    assert!(own.store.upload("t/a", &upload.id).await.is_err());
    assert_eq!(
        std::fs::read_dir(own.folder.path().join("uploads"))
            .map(|all| all
                .flatten()
                .filter(|entry| std::fs::read_dir(entry.path()).is_ok_and(|parts| parts.count() > 0))
                .count())
            .unwrap_or_default(),
        0
    );
}

#[tokio::test]
async fn an_upload_with_a_wrong_digest_is_over() {
    let own = own().await;
    let upload = own.store.begin_upload("t/a").await.expect("an upload");
    let part = spooled(&own.store, b"part").await;
    own.store.append("t/a", &upload.id, None, part).await.expect("a part");
    let last = spooled(&own.store, b"").await;
    let refused = own.store.finish_upload("t/a", &upload.id, None, last, &sha256(b"other")).await;
    assert!(matches!(refused, Err(Error::Mismatch)));
    assert!(matches!(own.store.upload("t/a", &upload.id).await, Err(Error::Unknown(Missing::Upload))));
    assert!(own.store.blob_of("t/a", &sha256(b"part")).await.is_err());
}

#[tokio::test]
async fn tags_and_repositories_come_in_pages() {
    let own = own().await;
    let body = Bytes::from(r#"{"schemaVersion":2,"manifests":[]}"#);
    for tag in ["b", "A", "c", "a", "_"] {
        put_manifest(&own.store, "t/x", &body, tag).await.expect("pushed");
    }
    put_manifest(&own.store, "t/y", &body, "a").await.expect("pushed");
    let page = async |count, last| {
        let listing = own.store.tags("t/x", count, last).await.expect("tags");
        (listing.names, listing.more)
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(page(None, None).await, (names(&["A", "_", "a", "b", "c"]), false));
    assert_eq!(page(Some(2), None).await, (names(&["A", "_"]), true));
    assert_eq!(page(Some(3), Some("_")).await, (names(&["a", "b", "c"]), false));
    assert_eq!(page(Some(0), None).await, (names(&[]), false));
    assert_eq!(page(Some(9), Some("z")).await, (names(&[]), false));
    let all = own.store.repositories(Some(1), None).await.expect("a list");
    assert_eq!((all.names, all.more), (names(&["t/x"]), true));
    assert!(matches!(own.store.tags("t/z", None, None).await, Err(Error::Unknown(Missing::Repository))));
}

#[tokio::test]
async fn referrers_are_found_by_their_subject() {
    let own = own().await;
    let subject =
        put_manifest(&own.store, "t/x", &r#"{"schemaVersion":2,"manifests":[]}"#.into(), "s").await.expect("pushed");
    let refer = |kind: &str, subject: &Digest| -> Bytes {
        format!(
            r#"{{"schemaVersion":2,"artifactType":"{kind}","manifests":[],"annotations":{{"k":"{kind}"}},"subject":{{"mediaType":"x/y","digest":"{subject}","size":1}}}}"#
        )
        .into()
    };
    for kind in ["a/a", "b/b"] {
        put_manifest(&own.store, "t/x", &refer(kind, &subject), kind.get(..1).expect("a tag")).await.expect("pushed");
    }
    let missing = sha256(b"not there");
    put_manifest(&own.store, "t/x", &refer("c/c", &missing), "c").await.expect("its subject may come later");
    let kinds = async |digest: &Digest, filter| {
        let (found, more) = own.store.referrers("t/x", digest, filter, None).await.expect("referrers");
        assert!(!more);
        let mut kinds: Vec<String> = found.into_iter().filter_map(|referrer| referrer.artifact_type).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds(&subject, None).await, ["a/a", "b/b"]);
    assert_eq!(kinds(&subject, Some("b/b")).await, ["b/b"]);
    assert_eq!(kinds(&missing, None).await, ["c/c"]);
    assert!(kinds(&sha256(b"nothing"), None).await.is_empty());
    own.store.delete_tag("t/x", "a").await.expect("deleted");
    assert_eq!(kinds(&subject, None).await, ["a/a", "b/b"], "a tag less is no manifest less");
}

#[tokio::test]
async fn other_algorithms_name_the_same_bytes() {
    let own = own().await;
    let content = b"{}";
    let digest = Digest::of(Algorithm::Sha512, content);
    let mut spool = own.store.spool(Algorithm::Sha512, 100);
    spool.write(content).await.expect("room");
    own.store.put_blob("t/a", spool.finish().await.expect("a body"), &digest).await.expect("a blob");
    assert_eq!(own.store.blob_of("t/a", &digest).await.expect("a blob").size(), 2);
    let body = Bytes::from(r#"{"schemaVersion":2,"manifests":[]}"#);
    let digest = Digest::of(Algorithm::Sha512, &body);
    let put = PutManifest {
        repository: "t/a".to_owned(),
        digest: Some(digest.clone()),
        content_type: None,
        body: body.clone(),
        tags: vec!["one".to_owned(), "two".to_owned()],
        policy: FORCE,
    };
    assert_eq!(own.store.put_manifest(put.clone()).await.expect("pushed").digest, digest);
    assert_eq!(own.store.manifest("t/a", "two").await.expect("a manifest").digest, digest);
    let wrong = PutManifest { digest: Some(Digest::of(Algorithm::Sha512, b"x")), ..put };
    assert!(matches!(own.store.put_manifest(wrong).await, Err(Error::Mismatch)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_race_for_a_tag_has_one_winner_everywhere() {
    let own = own().await;
    let pushes = (0..12).map(|number| {
        let store = own.store.clone();
        tokio::spawn(async move { push(&store, "t/a", &chart_of("a", "1.0.0", 50 + number), "1.0.0").await })
    });
    let mut digests = Vec::new();
    for push in pushes.collect::<Vec<_>>() {
        digests.push(push.await.expect("a client").expect("pushed"));
    }
    let winner = own.store.manifest("t/a", "1.0.0").await.expect("a manifest");
    assert!(digests.contains(&winner.digest));
    let listed = listed(&own.store, "t").await.remove("a").unwrap_or_default();
    let file = own.store.file("t", "a-1.0.0.tgz").await.expect("a file").bytes(u64::MAX).await.expect("bytes");
    assert_eq!(listed, [("1.0.0".to_owned(), sha256(&file).hex().to_owned())]);
    assert!(String::from_utf8_lossy(&winner.body).contains(sha256(&file).as_str()), "tag, index and file agree");
}

//! Manifests of uploads are made when somebody asks the registry: nobody can tell that they were not there before.

mod support;

use chart_store::{Digest, Error, Grace, Missing, Store};
use rusqlite::Connection;
use std::time::Duration;
use support::{
    FORCE, Own, PLAIN, chart, chart_of, helm_manifest, listed, own, provenance, push, put, put_blob, put_manifest,
    sha256, versions,
};

/// A store with two charts that nobody has asked the registry for.
async fn uploaded() -> Own {
    let own = own().await;
    for (name, version) in [("a", "1.0.0"), ("a", "1.1.0+x"), ("b", "1.0.0")] {
        put(&own.store, "t", &chart(name, version), PLAIN).await.expect("saved");
    }
    assert_eq!(manifests(&own), 0, "put off");
    own
}

/// Manifests that there are rows of, as another program sees them.
fn manifests(own: &Own) -> i64 {
    let file = Connection::open(own.folder.path().join("store.db")).expect("the file");
    file.query_row("SELECT count(*) FROM manifests", [], |row| row.get(0)).expect("a count")
}

async fn tags(store: &Store, repository: &str) -> Vec<String> {
    store.tags(repository, None, None).await.map(|listing| listing.names).unwrap_or_default()
}

async fn repositories(store: &Store) -> Vec<String> {
    store.repositories(None, None).await.expect("a list").names
}

/// The digests that a manifest names: config first.
async fn parts(store: &Store, repository: &str, reference: &str) -> Vec<Digest> {
    let manifest = store.manifest(repository, reference).await.expect("a manifest");
    let text: serde_json::Value = serde_json::from_slice(&manifest.body).expect("JSON");
    let layers = text["layers"].as_array().expect("layers").iter();
    let digests = std::iter::once(&text["config"]).chain(layers).map(|part| part["digest"].as_str());
    digests.map(|digest| digest.expect("a text").parse().expect("a digest")).collect()
}

#[tokio::test]
async fn each_way_to_look_makes_what_was_put_off() {
    let package = sha256(&chart("a", "1.0.0"));
    let own = uploaded().await;
    assert_eq!(repositories(&own.store).await, ["t/a", "t/b"]);
    assert_eq!(own.store.repositories(Some(1), Some("t/a")).await.expect("a page").names, ["t/b"]);
    assert_eq!(own.store.sources(&package).await.expect("sources"), ["t/a"]);
    assert_eq!(manifests(&own), 0, "lists of repositories need no manifests");
    assert_eq!(tags(&own.store, "t/a").await, ["1.0.0", "1.1.0_x"]);
    assert_eq!(manifests(&own), 2, "of one chart");
    assert_eq!(parts(&own.store, "t/b", "1.0.0").await.len(), 2);
    assert_eq!(manifests(&own), 3);

    let own = uploaded().await;
    assert_eq!(own.store.blob_of("t/a", &package).await.expect("a blob").digest(), &package);
    let own = uploaded().await;
    assert!(own.store.mount("t/c", "t/a", &package).await.expect("mounted"));
    let own = uploaded().await;
    own.store.delete_tag("t/a", "1.1.0_x").await.expect("deleted");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.0.0"]);
    let own = uploaded().await;
    let refused = own.store.delete_blob("t/a", &package).await;
    assert!(matches!(refused, Err(Error::Exists(_))), "the chart needs it: {refused:?}");
    for (repository, reference) in [("t/a", "9.9.9"), ("t/c", "1.0.0"), ("a", "1.0.0")] {
        let missing = own.store.manifest(repository, reference).await;
        assert!(matches!(missing, Err(Error::Unknown(Missing::Manifest))), "{repository}:{reference}");
    }
}

#[tokio::test]
async fn it_outlives_the_process_and_collections() {
    let own = own().await;
    let package = chart_of("a", "1.0.0", 50_000);
    put(&own.store, "", &package, PLAIN).await.expect("saved");
    own.store.put_provenance("", provenance("a", "1.0.0"), PLAIN).await.expect("saved");
    let now = Grace { contents: Duration::ZERO, uploads: Duration::ZERO };
    assert_eq!(own.store.collect_garbage(now).await.expect("collected").contents, 0);
    let own = own.reopened().await;
    let parts = parts(&own.store, "a", "1.0.0").await;
    assert_eq!(parts[1..], [sha256(&package), sha256(&provenance("a", "1.0.0"))]);
    for digest in &parts {
        let blob = own.store.blob_of("a", digest).await.expect("a blob");
        assert_eq!(sha256(&blob.bytes(u64::MAX).await.expect("bytes")), *digest);
    }
    assert_eq!(own.store.collect_garbage(now).await.expect("collected").contents, 0);
}

#[tokio::test]
async fn what_is_asked_for_once_is_made_at_once() {
    let own = uploaded().await;
    assert_eq!(tags(&own.store, "t/a").await, ["1.0.0", "1.1.0_x"]);
    put(&own.store, "t", &chart("a", "2.0.0"), PLAIN).await.expect("saved");
    assert_eq!(manifests(&own), 3);
    let first = own.store.manifest("t/a", "1.0.0").await.expect("a manifest").digest.clone();
    put(&own.store, "t", &chart_of("a", "1.0.0", 99), FORCE).await.expect("replaced");
    assert_ne!(own.store.manifest("t/a", "1.0.0").await.expect("a manifest").digest, first);
    assert_eq!(manifests(&own), 3, "the replaced one has gone");
}

#[tokio::test]
async fn replaced_and_deleted_before_anybody_asks() {
    let own = uploaded().await;
    let other = chart_of("a", "1.0.0", 99);
    put(&own.store, "t", &other, FORCE).await.expect("replaced");
    own.store.delete_chart("t", "a", "1.1.0+x").await.expect("deleted");
    own.store.delete_chart("t", "b", "1.0.0").await.expect("deleted");
    assert_eq!(repositories(&own.store).await, ["t/a"]);
    assert_eq!(parts(&own.store, "t/a", "1.0.0").await[1], sha256(&other));
    assert_eq!(tags(&own.store, "t/a").await, ["1.0.0"]);
    let missing = own.store.tags("t/b", None, None).await;
    assert!(matches!(missing, Err(Error::Unknown(Missing::Repository))), "{missing:?}");
}

#[tokio::test]
async fn what_is_pushed_meanwhile_wins() {
    let own = uploaded().await;
    let (package, config) = (chart_of("a", "1.0.0", 99), br#"{"name":"x","version":"1"}"#);
    // Mounted from another repository, which is the first look at this one.
    put_blob(&own.store, "t/other", config).await;
    put_blob(&own.store, "t/other", &package).await;
    for digest in [sha256(config), sha256(&package)] {
        assert!(own.store.mount("t/a", "t/other", &digest).await.expect("mounted"));
    }
    let manifest = helm_manifest(config, &package, None);
    let pushed = put_manifest(&own.store, "t/a", &manifest, "1.0.0").await.expect("pushed");
    assert_eq!(own.store.manifest("t/a", "1.0.0").await.expect("a manifest").digest, pushed);
    assert_eq!(tags(&own.store, "t/a").await, ["1.0.0", "1.1.0_x"]);
    assert_eq!(listed(&own.store, "t").await["a"][1], ("1.0.0".to_owned(), sha256(&package).hex().to_owned()));

    // Something else under the version's tag takes the version out.
    let own = uploaded().await;
    let index: bytes::Bytes =
        br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#[..].into();
    let pushed = put_manifest(&own.store, "t/a", &index, "1.0.0").await.expect("pushed");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.1.0+x"]);
    assert_eq!(own.store.manifest("t/a", "1.0.0").await.expect("a manifest").digest, pushed);
    // And a chart that comes after it takes the tag.
    put(&own.store, "t", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    assert_eq!(parts(&own.store, "t/a", "1.0.0").await[1], sha256(&chart("a", "1.0.0")));
}

#[tokio::test]
async fn many_ask_and_upload_at_once() {
    let own = own().await;
    let uploads = (0..8).map(|uploader| {
        let store = own.store.clone();
        tokio::spawn(async move {
            for number in 0..10 {
                let version = format!("{uploader}.{number}.0");
                put(&store, "t", &chart("a", &version), PLAIN).await.expect("saved");
                if number % 3 == uploader % 3 {
                    assert!(tags(&store, "t/a").await.contains(&version), "{version}");
                }
                assert!(store.manifest("t/a", &version).await.is_ok(), "{version}");
            }
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        upload.await.expect("an uploader");
    }
    assert_eq!(tags(&own.store, "t/a").await.len(), 80);
    push(&own.store, "t/a", &chart("a", "9.0.0"), "9.0.0").await.expect("pushed");
    assert_eq!(manifests(&own), 81);
}

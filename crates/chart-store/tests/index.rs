//! Indexes: always those of the rows, in the order and form of Helm's, cheap to bring up to date.

mod support;

use std::io::Read;

use chart_store::{Config, IndexSettings, Store};
use support::{FORCE, PLAIN, chart, listed, own, put, versions};

#[tokio::test]
async fn an_index_reads_as_helm_writes_it() {
    let own = own().await;
    let empty = own.store.index("t").await.expect("an index");
    let text = String::from_utf8(empty.yaml().to_bytes().to_vec()).expect("a text");
    assert!(text.starts_with("apiVersion: v1\nentries: {}\ngenerated: \""), "{text}");
    assert!(text.ends_with("\"\nserverInfo: {}\n"), "{text}");
    let saved = put(&own.store, "t", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    let index = own.store.index("t").await.expect("an index");
    let text = String::from_utf8(index.yaml().to_bytes().to_vec()).expect("a text");
    let created = &own.store.version("t", "a", "1.0.0").await.expect("a version").created;
    let expected = format!(
        "apiVersion: v1\nentries:\n  a:\n  - apiVersion: v2\n    created: \"{created}\"\n    description: The chart a\n    \
        digest: {}\n    name: a\n    urls:\n    - charts/a-1.0.0.tgz\n    version: 1.0.0\ngenerated: \"",
        saved.digest
    );
    assert!(text.starts_with(&expected), "{text}\n{expected}");
}

#[tokio::test]
async fn every_change_is_in_the_next_index() {
    let own = own().await;
    let mut tags = Vec::new();
    for number in 0..30 {
        put(&own.store, "t", &chart("a", &format!("1.{number}.0")), PLAIN).await.expect("saved");
        let index = own.store.index("t").await.expect("an index");
        assert_eq!(index.versions(), number + 1);
        assert!(!tags.contains(&index.etag().to_owned()));
        tags.push(index.etag().to_owned());
    }
    own.store.delete_chart("t", "a", "1.7.0").await.expect("deleted");
    put(&own.store, "t", &chart("b", "0.1.0"), PLAIN).await.expect("saved");
    put(&own.store, "t", &chart("a", "1.7.0"), FORCE).await.expect("saved");
    own.store.delete_chart("t", "a", "1.8.0").await.expect("deleted");
    let expected: Vec<String> =
        (0..30).rev().filter(|number| *number != 8).map(|number| format!("1.{number}.0")).collect();
    assert_eq!(versions(&own.store, "t", "a").await, expected);
    let edited = own.store.index("t").await.expect("an index").yaml().to_bytes();
    let own = own.reopened().await;
    let built = own.store.index("t").await.expect("an index");
    assert_eq!(built.yaml().to_bytes(), edited, "edited or built anew, it is the same");
}

#[tokio::test]
async fn the_same_index_has_the_same_tag_and_bytes() {
    let own = own().await;
    put(&own.store, "t", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    let index = own.store.index("t").await.expect("an index");
    let packed = index.gzip().await.expect("gzip").to_bytes();
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).expect("gzip");
    assert_eq!(unpacked, index.yaml().to_bytes());
    let (etag, yaml) = (index.etag().to_owned(), index.yaml().to_bytes());
    put(&own.store, "u", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    assert_eq!(own.store.index("t").await.expect("an index").etag(), etag, "another tenant's change is none of ours");
    let own = own.reopened().await;
    let again = own.store.index("t").await.expect("an index");
    assert_eq!(
        (again.etag(), again.yaml().to_bytes(), again.gzip().await.expect("gzip").to_bytes()),
        (&*etag, yaml, packed)
    );
}

#[tokio::test]
async fn servers_may_have_urls_of_their_own() {
    let own = own().await;
    put(&own.store, "t/u", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    put(&own.store, "", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    let support::Own { store, folder } = own;
    store.close().await;
    drop(store);
    let mut config = Config::folder(folder.path());
    config.index = IndexSettings { chart_url: "https://h/x/".to_owned(), context_path: "/x".to_owned() };
    let store = Store::open(config).await.expect("a store");
    for (tenant, url) in [("", "https://h/x/charts/a-1.0.0.tgz"), ("t/u", "https://h/x/t/u/charts/a-1.0.0.tgz")] {
        let index = store.index(tenant).await.expect("an index");
        let text = String::from_utf8(index.yaml().to_bytes().to_vec()).expect("a text");
        assert!(text.contains(&format!("    - {url}\n")), "{text}");
        assert!(text.ends_with("serverInfo:\n  contextPath: /x\n"), "{text}");
        let json = store.index_json(tenant).await.expect("JSON").to_bytes();
        let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(json["entries"]["a"][0]["urls"][0], url);
    }
}

#[tokio::test]
async fn the_index_as_json_says_the_same() {
    let own = own().await;
    for name in ["b", "a"] {
        for version in ["1.0.0", "2.0.0"] {
            put(&own.store, "t", &chart(name, version), PLAIN).await.expect("saved");
        }
    }
    let json = own.store.index_json("t").await.expect("JSON").to_bytes();
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    for (name, versions) in listed(&own.store, "t").await {
        let others = json["entries"][&name].as_array().expect("a list").iter();
        let others = others.map(|version| (version["version"].as_str(), version["digest"].as_str()));
        assert!(others.eq(versions.iter().map(|(version, digest)| (Some(version.as_str()), Some(digest.as_str())))));
    }
    let empty = own.store.index_json("none").await.expect("JSON").to_bytes();
    let empty: serde_json::Value = serde_json::from_slice(&empty).expect("JSON");
    assert_eq!(empty["entries"], serde_json::json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_index_is_never_behind_an_acknowledged_upload() {
    let own = own().await;
    let uploads = (0..8).map(|uploader| {
        let store = own.store.clone();
        tokio::spawn(async move {
            for number in 0..10 {
                let version = format!("{uploader}.{number}.0");
                put(&store, "t", &chart("a", &version), PLAIN).await.expect("saved");
                assert!(versions(&store, "t", "a").await.contains(&version), "{version}");
            }
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        upload.await.expect("an uploader");
    }
    assert_eq!(versions(&own.store, "t", "a").await.len(), 80);
}

/// YAML has another form for keys of more than 128 bytes.
#[tokio::test]
async fn long_names_are_names() {
    let own = own().await;
    let long = "n".repeat(150);
    for (name, version) in [("a", "1.0.0"), (&long, "1.0.0"), (&long, "2.0.0"), ("z", "1.0.0")] {
        put(&own.store, "t", &chart(name, version), PLAIN).await.expect("saved");
    }
    assert_eq!(versions(&own.store, "t", &long).await, ["2.0.0", "1.0.0"]);
    assert_eq!(versions(&own.store, "t", "z").await, ["1.0.0"]);
    own.store.delete_chart("t", &long, "2.0.0").await.expect("deleted");
    assert_eq!(versions(&own.store, "t", &long).await, ["1.0.0"]);
}

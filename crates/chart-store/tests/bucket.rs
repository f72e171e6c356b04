//! Contents in a real S3 server, which may fail. Skipped, and told so, where there is none.

mod support;

use std::time::Duration;

use bytes::Bytes;
use chart_store::{BlobPlace, Config, Grace, Store};
use futures_util::TryStreamExt;
use support::{PLAIN, chart, chart_of, push, put, put_blob, sha256, spooled, versions};
use testbed::S3;

/// A store with its contents behind an endpoint.
async fn store(folder: &std::path::Path, endpoint: &str) -> Store {
    let options = [
        ("aws_endpoint", endpoint),
        ("aws_access_key_id", S3::KEY),
        ("aws_secret_access_key", S3::SECRET),
        ("aws_region", "us-east-1"),
        ("aws_allow_http", "true"),
    ];
    let options = options.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let blobs = BlobPlace::Bucket { url: "s3://charts/some/prefix".to_owned(), options };
    Store::open(Config { blobs, ..Config::folder(folder) }).await.expect("a store")
}

async fn works(store: &Store) {
    store.check().await.expect("healthy");
    // In the rows, in one request, in several.
    for (version, size) in [("1.0.0", 10), ("2.0.0", 100_000), ("3.0.0", 20_000_000)] {
        let bytes = chart_of("a", version, size);
        put(store, "t", &bytes, PLAIN).await.expect("saved");
        let file = store.file("t", &format!("a-{version}.tgz")).await.expect("a file");
        assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes, "{version}");
    }
    push(store, "t/b", &chart_of("b", "1.0.0", 100_000), "1.0.0").await.expect("pushed");
    assert_eq!(versions(store, "t", "b").await, ["1.0.0"]);
    let content: Vec<u8> = (0..9_000_000u32).map(|at| (at >> 5) as u8).collect();
    let digest = put_blob(store, "t/b", &content).await;
    let blob = store.blob_of("t/b", &digest).await.expect("a blob");
    let part: Vec<Bytes> = blob.pieces(8_000_000..8_500_000).await.expect("pieces").try_collect().await.expect("bytes");
    assert_eq!(part.concat(), content[8_000_000..8_500_000]);
    let upload = store.begin_upload("t/b").await.expect("an upload");
    for part in content[..6_000_000].chunks(2_000_000) {
        let part = spooled(store, part).await;
        store.append("t/b", &upload.id, None, part).await.expect("a part");
    }
    let last = spooled(store, b"").await;
    store.finish_upload("t/b", &upload.id, None, last, &sha256(&content[..6_000_000])).await.expect("a blob");
    store.delete_chart("t", "a", "2.0.0").await.expect("deleted");
    let now = Grace { contents: Duration::ZERO, uploads: Duration::from_secs(3600) };
    assert_eq!(store.collect_garbage(now).await.expect("collected").contents, 4);
    assert_eq!(versions(store, "t", "a").await, ["3.0.0", "1.0.0"]);
    assert!(store.file("t", "a-3.0.0.tgz").await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contents_may_be_in_a_bucket() {
    let Some(server) = S3::start("charts").expect("an S3 server") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    works(&store(folder.path(), &server.endpoint()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_third_request_to_the_bucket_may_fail() {
    let Some(server) = S3::start("charts").expect("an S3 server") else { return };
    let faulty = server.faulty(3).expect("a way");
    let folder = tempfile::tempdir().expect("a folder");
    works(&store(folder.path(), &faulty.endpoint()).await).await;
    assert!(faulty.requests() > 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_is_down_loses_nothing_and_doubles_nothing() {
    let Some(server) = S3::start("charts").expect("an S3 server") else { return };
    let faulty = server.faulty(1).expect("a way");
    let folder = tempfile::tempdir().expect("a folder");
    let large = chart_of("a", "1.0.0", 100_000);
    {
        let store = store(folder.path(), &faulty.endpoint()).await;
        put(&store, "t", &chart("small", "1.0.0"), PLAIN).await.expect("small ones need no bucket");
        let tried = tokio::time::timeout(Duration::from_secs(2), put(&store, "t", &large, PLAIN)).await;
        assert!(tried.is_err() || tried.is_ok_and(|tried| tried.is_err()));
        assert!(versions(&store, "t", "a").await.is_empty());
        store.close().await;
    }
    let store = store(folder.path(), &server.endpoint()).await;
    put(&store, "t", &large, PLAIN).await.expect("saved when it is up again");
    assert_eq!(versions(&store, "t", "a").await, ["1.0.0"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn packages_of_chartmuseum_stay_in_their_bucket() {
    let Some(server) = S3::start("charts").expect("an S3 server") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path(), &server.endpoint()).await;
    let bytes = chart_of("a", "1.0.0", 300_000);
    let place = server.bucket("charts").join("some/prefix/org");
    std::fs::create_dir_all(&place).expect("a folder");
    std::fs::write(place.join("a-1.0.0.tgz"), &bytes).expect("an object");
    assert_eq!(store.import("").await.expect("imported").added, 1);
    assert_eq!(store.import("").await.expect("imported").unchanged, 1);
    let file = store.file("org", "a-1.0.0.tgz").await.expect("a file");
    assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes);
}

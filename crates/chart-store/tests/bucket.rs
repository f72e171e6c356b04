//! Contents in a real S3 server, which may fail. Skipped, and told so, where there is none.

mod support;

use std::time::Duration;

use chart_store::{BlobPlace, Config, Store};
use support::{PLAIN, chart, chart_of, put, versions, works};
use testbed::S3;

/// Bytes that are sent in two parts.
const LARGE: usize = 9_000_000;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contents_may_be_in_a_bucket() {
    let Some(server) = S3::start("charts").expect("an S3 server") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    works(&store(folder.path(), &server.endpoint()).await, LARGE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_third_request_to_the_bucket_may_fail() {
    let Some(server) = S3::start("charts").expect("an S3 server") else { return };
    let faulty = server.faulty(3).expect("a way");
    let folder = tempfile::tempdir().expect("a folder");
    works(&store(folder.path(), &faulty.endpoint()).await, LARGE).await;
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

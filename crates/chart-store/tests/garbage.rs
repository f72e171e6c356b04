//! Garbage goes, and nothing else.

mod support;

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use chart_store::{Collected, Grace, Store};
use support::{FORCE, PLAIN, chart_of, own, push, put, put_blob, sha256, spooled};

const NOW: Grace = Grace { contents: Duration::ZERO, uploads: Duration::ZERO };

fn objects(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { objects(&entry.path()) } else { 1 }).sum()
}

async fn collect(store: &Store) -> Collected {
    store.collect_garbage(NOW).await.expect("collected")
}

#[tokio::test]
async fn what_is_needed_stays() {
    let own = own().await;
    let (uploaded, pushed) = (chart_of("a", "1.0.0", 50_000), chart_of("b", "1.0.0", 50_000));
    put(&own.store, "t", &uploaded, PLAIN).await.expect("saved");
    push(&own.store, "t/b", &pushed, "1.0.0").await.expect("pushed");
    own.store.put_provenance("t", support::provenance("c", "1.0.0"), PLAIN).await.expect("early");
    assert_eq!(collect(&own.store).await, Collected::default());
    for (file, bytes) in [("a-1.0.0.tgz", &uploaded), ("b-1.0.0.tgz", &pushed)] {
        let own = own.store.file("t", file).await.expect("a file");
        assert_eq!(own.bytes(u64::MAX).await.expect("bytes"), *bytes);
    }
    assert!(own.store.file("t", "c-1.0.0.tgz.prov").await.is_ok());
}

#[tokio::test]
async fn what_was_deleted_goes_and_may_come_back() {
    let own = own().await;
    let bytes = chart_of("a", "1.0.0", 50_000);
    put(&own.store, "t", &bytes, PLAIN).await.expect("saved");
    put(&own.store, "u", &bytes, PLAIN).await.expect("saved");
    own.store.manifest("u/a", "1.0.0").await.expect("a manifest, and its config");
    own.store.delete_chart("t", "a", "1.0.0").await.expect("deleted");
    assert_eq!(collect(&own.store).await.contents, 0, "another tenant has it");
    own.store.delete_chart("u", "a", "1.0.0").await.expect("deleted");
    let blobs = own.folder.path().join("blobs");
    assert_eq!(objects(&blobs), 1);
    let collected = collect(&own.store).await;
    assert_eq!((collected.contents, objects(&blobs)), (2, 0), "the package, and its config");
    assert!(collected.bytes > 50_000);
    put(&own.store, "t", &bytes, PLAIN).await.expect("saved again");
    assert_eq!((collect(&own.store).await, objects(&blobs)), (Collected::default(), 1));
    assert_eq!(own.store.file("t", "a-1.0.0.tgz").await.expect("a file").bytes(u64::MAX).await.expect("bytes"), bytes);
}

#[tokio::test]
async fn blobs_without_a_manifest_go_when_they_are_old() {
    let own = own().await;
    let content = vec![7; 100_000];
    let digest = put_blob(&own.store, "t/a", &content).await;
    let young = own.store.collect_garbage(Grace::default()).await.expect("collected");
    assert_eq!(young, Collected::default());
    let collected = collect(&own.store).await;
    assert_eq!((collected.links, collected.contents, collected.bytes), (1, 1, 100_000));
    assert!(own.store.blob_of("t/a", &digest).await.is_err());
}

#[tokio::test]
async fn given_up_uploads_and_lost_objects_go() {
    let own = own().await;
    let upload = own.store.begin_upload("t/a").await.expect("an upload");
    let part = spooled(&own.store, b"part").await;
    own.store.append("t/a", &upload.id, None, part).await.expect("a part");
    let lost = Bytes::from_static(b"a crash came before its row");
    let digest = sha256(&lost);
    let folder = own.folder.path().join("blobs/sha256").join(&digest.hex()[..2]);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(digest.hex()), &lost).expect("an object");
    let foreign = own.folder.path().join("blobs/other");
    std::fs::write(&foreign, b"not ours").expect("an object");
    let collected = collect(&own.store).await;
    assert_eq!((collected.uploads, collected.objects), (1, 1));
    assert_eq!(objects(&own.folder.path().join("uploads")), 0);
    assert!(foreign.exists() && !folder.join(digest.hex()).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_and_collections_at_the_same_time_lose_nothing() {
    let own = own().await;
    let bytes: Vec<Bytes> = (0..3).map(|number| chart_of("a", &format!("1.{number}.0"), 40_000 + number)).collect();
    let collector = {
        let store = own.store.clone();
        tokio::spawn(async move {
            for _ in 0..40 {
                collect(&store).await;
            }
        })
    };
    let uploaders = bytes.iter().enumerate().map(|(number, bytes)| {
        let (store, bytes) = (own.store.clone(), bytes.clone());
        tokio::spawn(async move {
            for _ in 0..15 {
                put(&store, "t", &bytes, FORCE).await.expect("saved");
                let file = store.file("t", &format!("a-1.{number}.0.tgz")).await.expect("a file");
                assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes);
                store.delete_chart("t", "a", &format!("1.{number}.0")).await.expect("deleted");
            }
            put(&store, "t", &bytes, FORCE).await.expect("saved");
        })
    });
    for uploader in uploaders.collect::<Vec<_>>() {
        uploader.await.expect("an uploader");
    }
    collector.await.expect("a collector");
    collect(&own.store).await;
    for (number, bytes) in bytes.iter().enumerate() {
        let file = own.store.file("t", &format!("a-1.{number}.0.tgz")).await.expect("a file");
        assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), *bytes);
    }
}

//! Several processes on one store: rows in a real PostgreSQL, contents in one folder. Skipped, and told so, where there
//! is no PostgreSQL on the machine.

mod support;

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use chart_store::{Config, Error, Grace, RowPlace, Spooled, Store};
use support::agree::agree;
use support::{FORCE, PLAIN, chart, chart_of, large, listed, push, put, sha256, spooled, versions};
use testbed::Postgres;

async fn replica(folder: &Path, url: &str) -> Store {
    let rows = RowPlace::Postgres(url.to_owned());
    Store::open(Config { rows, ..Config::folder(folder) }).await.expect("a store")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_are_one_store() {
    let Some(server) = Postgres::start(&[]).expect("PostgreSQL") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.database("one").expect("a database");
    let (one, two) = tokio::join!(replica(folder.path(), &url), replica(folder.path(), &url));
    what_one_does_the_other_sees(&one, &two).await;
    one_upload_by_both(&one, &two).await;
    one_version_by_many(&one, &two).await;
    many_versions_by_many(&one, &two).await;
    many_together_by_both(&one, &two).await;
    collections_beside_uploads(&one, &two).await;
    files_that_both_see(folder.path(), &one, &two).await;
    let three = replica(folder.path(), &url).await;
    let (old, new) = (one.index("t").await.expect("an index"), three.index("t").await.expect("an index"));
    assert_eq!((old.etag(), old.yaml().to_bytes()), (new.etag(), new.yaml().to_bytes()), "one tag, one text");
}

/// Without a common name, each would send another entity tag for the same index.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn replicas_that_begin_together_have_one_name() {
    let Some(server) = Postgres::start(&[]).expect("PostgreSQL") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..10 {
        let url = server.database(&format!("round{round}")).expect("a database");
        let begun = (0..4).map(|_| replica(folder.path(), &url));
        let stores = futures_util::future::join_all(begun).await;
        let mut tags = Vec::new();
        for store in &stores {
            tags.push(store.index_tag("t").await.expect("a tag"));
            store.close().await;
        }
        tags.dedup();
        assert_eq!(tags.len(), 1, "{tags:?}");
    }
}

async fn what_one_does_the_other_sees(one: &Store, two: &Store) {
    let bytes = chart_of("a", "1.0.0+x", 50_000);
    assert!(listed(two, "org").await.is_empty());
    put(one, "org", &bytes, PLAIN).await.expect("saved");
    assert_eq!(versions(two, "org", "a").await, ["1.0.0+x"]);
    let file = two.file("org", "a-1.0.0+x.tgz").await.expect("a file");
    assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes);
    assert_eq!(two.repositories(None, None).await.expect("a list").names, ["org/a"]);
    assert_eq!(two.tags("org/a", None, None).await.expect("tags").names, ["1.0.0_x"]);
    assert_eq!(two.sources(&sha256(&bytes)).await.expect("sources"), ["org/a"]);
    push(two, "org/b", &chart("b", "2.0.0"), "2.0.0").await.expect("pushed");
    assert_eq!(versions(one, "org", "b").await, ["2.0.0"]);
    for version in ["1.0.0", "2.0.0", "3.0.0", "4.0.0", "5.0.0", "6.0.0"] {
        put(one, "t", &large("large", version), PLAIN).await.expect("saved");
        agree(two).await;
    }
    put(one, "t", &chart("small", "1.0.0"), PLAIN).await.expect("saved");
    let page = two.entries("t", ("large", "5.0.0")).await.expect("entries");
    let shown: Vec<_> = page.iter().map(|own| (own.name.as_str(), own.version.as_str(), own.entry.is_some())).collect();
    assert_eq!(shown, [("large", "6.0.0", false), ("small", "1.0.0", true)]);
    let entry = two.entry("t", "large", "6.0.0").await.expect("an entry").expect("a version");
    assert!(entry.len() > 800_000 && two.entry("t", "large", "9.0.0").await.expect("an answer").is_none());
    one.delete_chart("t", "large", "3.0.0").await.expect("deleted");
    agree(two).await;
    one.delete_chart("org", "b", "2.0.0").await.expect("deleted");
    assert!(two.manifest("org/b", "2.0.0").await.is_err());
    two.delete_tag("org/a", "1.0.0_x").await.expect("deleted");
    assert!(listed(one, "org").await.is_empty());
    assert_eq!(one.charts_json("org", Default::default()).await.expect("charts").to_bytes(), "{}");
}

/// The same package in two files, and by an upload.
async fn files_that_both_see(folder: &Path, one: &Store, two: &Store) {
    let bytes = chart_of("file", "1.0.0", 400_000);
    let path = |tenant: &str| folder.join(tenant).join("file-1.0.0.tgz");
    for tenant in ["dev", "prod"] {
        std::fs::create_dir(folder.join(tenant)).expect("a folder");
        std::fs::write(path(tenant), &bytes).expect("a file");
    }
    assert_eq!(one.import("").await.expect("imported").added, 2);
    assert_eq!(two.import("").await.expect("imported").unchanged, 2);
    put(two, "sent", &bytes, PLAIN).await.expect("saved");
    std::fs::write(path("dev"), chart_of("file", "2.0.0", 10)).expect("changed");
    assert_eq!(two.import("").await.expect("imported").added, 1);
    let found = one.file("prod", "file-1.0.0.tgz").await.expect("a file");
    assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), bytes);
    std::fs::remove_file(path("prod")).expect("removed");
    one.import("").await.expect("imported");
    one.collect_garbage(Grace { contents: Duration::ZERO, uploads: Duration::ZERO }).await.expect("collected");
    let found = one.file("sent", "file-1.0.0.tgz").await.expect("a file");
    assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), bytes);
    assert_eq!(versions(one, "dev", "file").await, ["2.0.0"]);
}

async fn one_upload_by_both(one: &Store, two: &Store) {
    let content = vec![7; 100_000];
    let upload = one.begin_upload("t/a").await.expect("an upload");
    let part = spooled(two, &content[..60_000]).await;
    two.append("t/a", &upload.id, Some(0), part).await.expect("a part");
    let last = spooled(one, &content[60_000..]).await;
    one.finish_upload("t/a", &upload.id, Some(60_000), last, &sha256(&content)).await.expect("a blob");
    assert!(two.blob_of("t/a", &sha256(&content)).await.is_ok());
}

async fn one_version_by_many(one: &Store, two: &Store) {
    let uploads = (0..20).map(|number| {
        let store = if number % 2 == 0 { one.clone() } else { two.clone() };
        tokio::spawn(async move {
            let bytes = chart_of("same", "1.0.0", 100 + number);
            put(&store, "t", &bytes, PLAIN).await.map(|saved| saved.digest)
        })
    });
    let mut winners = Vec::new();
    for upload in uploads.collect::<Vec<_>>() {
        match upload.await.expect("an uploader") {
            Ok(digest) => winners.push(digest),
            Err(error) => assert!(matches!(error, Error::Exists(_)), "{error:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    for store in [one, two] {
        assert_eq!(listed(store, "t").await["same"], [("1.0.0".to_owned(), winners[0].clone())]);
    }
}

async fn many_versions_by_many(one: &Store, two: &Store) {
    let uploads = (0..6).map(|uploader| {
        let (own, other) = if uploader % 2 == 0 { (one.clone(), two.clone()) } else { (two.clone(), one.clone()) };
        tokio::spawn(async move {
            for number in 0..10 {
                let version = format!("{uploader}.{number}.0");
                put(&own, "t", &chart("many", &version), PLAIN).await.expect("saved");
                assert!(versions(&other, "t", "many").await.contains(&version), "{version}");
            }
        })
    });
    for upload in uploads.collect::<Vec<_>>() {
        upload.await.expect("an uploader");
    }
    assert_eq!(versions(one, "t", "many").await.len(), 60);
}

/// As two mirrors of one repository do.
async fn many_together_by_both(one: &Store, two: &Store) {
    let kept = [one, two].map(|store| async move {
        let mut packages = Vec::new();
        for number in 0..40 {
            let package = Spooled::from_bytes(chart("together", &format!("1.{number}.0")));
            packages.push(store.check_chart(package).await.expect("a chart"));
        }
        store.keep_charts("t", packages).await.expect("outcomes")
    });
    let kept = futures_util::future::join_all(kept).await.into_iter().flatten();
    let (new, others): (Vec<_>, Vec<_>) = kept.partition(Result::is_ok);
    assert_eq!((new.len(), others.len()), (40, 40));
    assert!(others.iter().flat_map(|other| other.as_ref().err()).all(|error| matches!(error, Error::Exists(_))));
    assert_eq!(versions(one, "t", "together").await.len(), 40);
    assert_eq!(two.tags("t/together", None, None).await.expect("tags").names.len(), 40);
}

async fn collections_beside_uploads(one: &Store, two: &Store) {
    let now = Grace { contents: Duration::ZERO, uploads: Duration::from_secs(3600) };
    let collector = {
        let store = two.clone();
        tokio::spawn(async move {
            for _ in 0..15 {
                store.collect_garbage(now).await.expect("collected");
            }
        })
    };
    let bytes: Bytes = chart_of("c", "1.0.0", 40_000);
    for _ in 0..15 {
        put(one, "t", &bytes, FORCE).await.expect("saved");
        let file = two.file("t", "c-1.0.0.tgz").await.expect("a file");
        assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes);
        one.delete_chart("t", "c", "1.0.0").await.expect("deleted");
    }
    put(one, "t", &bytes, FORCE).await.expect("saved");
    collector.await.expect("a collector");
    let file = two.file("t", "c-1.0.0.tgz").await.expect("a file");
    assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes);
}

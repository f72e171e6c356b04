//! Folders of ChartMuseum are served as they are.

mod support;

use std::fs;
use std::time::Duration;

use chart_store::{Error, Grace, Imported};
use support::{FORCE, PLAIN, chart, chart_of, own, provenance, push, put, put_manifest, sha256, spooled, versions};

const NOW: Grace = Grace { contents: Duration::ZERO, uploads: Duration::ZERO };

fn imported(added: u64, unchanged: u64, removed: u64) -> Imported {
    Imported { added, unchanged, removed, ..Imported::default() }
}

#[tokio::test]
async fn packages_stay_where_they_are() {
    let own = own().await;
    let root = own.folder.path();
    fs::create_dir_all(root.join("org/team")).expect("a folder");
    let (first, second) = (chart("a", "1.0.0"), chart_of("b", "2.0.0", 400_000));
    fs::write(root.join("a-1.0.0.tgz"), &first).expect("a file");
    fs::write(root.join("a-1.0.0.tgz.prov"), provenance("a", "1.0.0")).expect("a file");
    fs::write(root.join("org/team/b-2.0.0.tgz"), &second).expect("a file");
    fs::write(root.join("index-cache.yaml"), "apiVersion: v1\n").expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(2, 0, 0));
    assert_eq!(versions(&own.store, "", "a").await, ["1.0.0"]);
    assert_eq!(versions(&own.store, "org/team", "b").await, ["2.0.0"]);
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 2, 0));
    for (tenant, file, bytes) in [("", "a-1.0.0.tgz", &first), ("org/team", "b-2.0.0.tgz", &second)] {
        let found = own.store.file(tenant, file).await.expect("a file");
        assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), *bytes);
    }
    assert!(own.store.file("", "a-1.0.0.tgz.prov").await.is_ok());
    assert!(own.store.manifest("org/team/b", "2.0.0").await.is_ok(), "and can be pulled");
    assert!(!root.join("blobs").exists(), "nothing was copied");
}

#[tokio::test]
async fn what_changes_by_hand_is_noticed() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    fs::write(&path, chart("a", "1.0.0")).expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 0, 0));
    let other = chart_of("a", "1.0.0", 99);
    fs::write(&path, &other).expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 0, 0));
    let found = own.store.file("", "a-1.0.0.tgz").await.expect("a file");
    assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), other);
    own.store.collect_garbage(NOW).await.expect("collected");
    assert_eq!(fs::read(&path).expect("the file"), other, "what was in it before is garbage, the file is not");
    fs::remove_file(&path).expect("removed");
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 0, 1));
    assert!(versions(&own.store, "", "a").await.is_empty());
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 0, 0));
}

#[tokio::test]
async fn a_file_put_in_the_place_of_a_deleted_one_stays() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    fs::write(&path, chart("a", "1.0.0")).expect("a file");
    own.store.import("").await.expect("imported");
    own.store.delete_chart("", "a", "1.0.0").await.expect("deleted");
    let other = chart_of("a", "1.0.0", 99);
    fs::write(&path, &other).expect("a file");
    own.store.collect_garbage(NOW).await.expect("collected");
    assert_eq!(fs::read(&path).expect("the file"), other);
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 0, 0));
    assert_eq!(versions(&own.store, "", "a").await, ["1.0.0"]);
}

#[tokio::test]
async fn uploads_win_over_files() {
    let own = own().await;
    put(&own.store, "", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    fs::write(own.folder.path().join("a-1.0.0.tgz"), chart_of("a", "1.0.0", 99)).expect("a file");
    fs::write(own.folder.path().join("junk.tgz"), "junk").expect("a file");
    let result = own.store.import("").await.expect("imported");
    let skipped: Vec<&str> = result.skipped.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!((result.added, skipped), (0, vec!["a-1.0.0.tgz", "junk.tgz"]));
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    fs::write(&path, chart("a", "1.0.0")).expect("a file");
    own.store.import("").await.expect("imported");
    own.store.delete_chart("", "a", "1.0.0").await.expect("deleted");
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 1, 0));
    assert!(versions(&own.store, "", "a").await.is_empty());
    own.store.collect_garbage(NOW).await.expect("collected");
    assert!(!path.exists(), "its file is garbage then");
    put(&own.store, "", &chart("a", "1.0.0"), FORCE).await.expect("saved");
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 0, 0));
    assert_eq!(versions(&own.store, "", "a").await, ["1.0.0"]);
}

/// The same package in two folders is one content.
#[tokio::test]
async fn a_package_stays_that_lies_in_another_folder_too() {
    let own = own().await;
    let root = own.folder.path();
    // More than is kept in memory: what is remembered is where it is.
    let bytes = chart_of("a", "1.0.0", 400_000);
    for folder in ["dev", "prod"] {
        fs::create_dir(root.join(folder)).expect("a folder");
        fs::write(root.join(folder).join("a-1.0.0.tgz"), &bytes).expect("a file");
    }
    assert_eq!(own.store.import("").await.expect("imported"), imported(2, 0, 0));
    for (gone, left) in [("dev", "prod"), ("prod", "dev")] {
        own.store.file(left, "a-1.0.0.tgz").await.expect("remembered");
        fs::remove_file(root.join(gone).join("a-1.0.0.tgz")).expect("removed");
        assert_eq!(own.store.import("").await.expect("imported"), imported(0, 1, 1));
        assert!(versions(&own.store, gone, "a").await.is_empty(), "{gone}");
        own.store.collect_garbage(NOW).await.expect("collected");
        let found = own.store.file(left, "a-1.0.0.tgz").await.expect("a file");
        assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), bytes, "{left}");
        fs::write(root.join(gone).join("a-1.0.0.tgz"), &bytes).expect("a file");
        assert_eq!(own.store.import("").await.expect("imported"), imported(1, 1, 0));
    }
}

#[tokio::test]
async fn an_upload_stays_whose_bytes_lay_in_a_file_before() {
    let own = own().await;
    let bytes = chart_of("a", "1.0.0", 400_000);
    let path = own.folder.path().join("a-1.0.0.tgz");
    fs::write(&path, &bytes).expect("a file");
    own.store.import("").await.expect("imported");
    put(&own.store, "org", &bytes, PLAIN).await.expect("saved");
    fs::remove_file(&path).expect("removed");
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 0, 1));
    own.store.collect_garbage(NOW).await.expect("collected");
    let found = own.store.file("org", "a-1.0.0.tgz").await.expect("a file");
    assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), bytes);
}

#[tokio::test]
async fn a_file_that_becomes_another_version_is_no_longer_the_old_one() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    fs::write(&path, chart("a", "1.0.0")).expect("a file");
    own.store.import("").await.expect("imported");
    let other = chart_of("a", "2.0.0", 99);
    fs::write(&path, &other).expect("a file");
    own.store.import("").await.expect("imported");
    assert_eq!(versions(&own.store, "", "a").await, ["2.0.0"]);
    let found = own.store.file("", "a-2.0.0.tgz").await.expect("a file");
    assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), other);
}

#[tokio::test]
async fn a_file_that_becomes_junk_is_no_version() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    fs::write(&path, chart("a", "1.0.0")).expect("a file");
    own.store.import("").await.expect("imported");
    fs::write(&path, "junk").expect("a file");
    assert_eq!(own.store.import("").await.expect("imported").skipped.len(), 1);
    assert!(versions(&own.store, "", "a").await.is_empty(), "its bytes are nowhere");
    fs::write(&path, chart("a", "1.0.0")).expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 0, 0));
    assert_eq!(versions(&own.store, "", "a").await, ["1.0.0"]);
}

/// What is mounted elsewhere would go with the file.
#[tokio::test]
async fn nothing_is_mounted_from_a_file() {
    let own = own().await;
    let bytes = chart("a", "1.0.0");
    fs::write(own.folder.path().join("a-1.0.0.tgz"), &bytes).expect("a file");
    own.store.import("").await.expect("imported");
    let file = own.store.file("", "a-1.0.0.tgz").await.expect("a file");
    assert!(!own.store.mount("b", "a", file.digest()).await.expect("an answer"));
    put(&own.store, "org", &bytes, PLAIN).await.expect("saved");
    assert!(own.store.mount("b", "a", file.digest()).await.expect("an answer"), "it is ours now");
}

#[tokio::test]
async fn a_file_may_change_whose_bytes_were_uploaded_elsewhere() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    let (first, second) = (chart("a", "1.0.0"), chart_of("a", "1.0.0", 99));
    fs::write(&path, &first).expect("a file");
    own.store.import("").await.expect("imported");
    put(&own.store, "org", &first, PLAIN).await.expect("saved");
    fs::write(&path, &second).expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 0, 0));
    for (tenant, bytes) in [("", &second), ("org", &first)] {
        let found = own.store.file(tenant, "a-1.0.0.tgz").await.expect("a file");
        assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), *bytes, "{tenant:?}");
    }
}

/// Uploaded over the file, before it, or pushed: the version does not go with the file.
#[tokio::test]
async fn an_uploaded_version_stays_when_its_file_goes() {
    let own = own().await;
    let file = |name: &str| own.folder.path().join(format!("{name}-1.0.0.tgz"));
    let bytes = |name: &str| chart(name, "1.0.0");
    for name in ["over", "pushed"] {
        fs::write(file(name), bytes(name)).expect("a file");
    }
    own.store.import("").await.expect("imported");
    put(&own.store, "", &bytes("over"), FORCE).await.expect("saved");
    push(&own.store, "pushed", &bytes("pushed"), "1.0.0").await.expect("pushed");
    put(&own.store, "", &bytes("before"), PLAIN).await.expect("saved");
    fs::write(file("before"), bytes("before")).expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 2, 0));
    for name in ["over", "pushed", "before"] {
        fs::remove_file(file(name)).expect("removed");
    }
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 0, 0));
    own.store.collect_garbage(NOW).await.expect("collected");
    for name in ["over", "pushed", "before"] {
        let found = own.store.file("", &format!("{name}-1.0.0.tgz")).await.expect(name);
        assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), bytes(name));
    }
}

/// What is in work lies beside the charts: no name of a tenant is in its way.
#[tokio::test]
async fn folders_with_any_name_are_served_and_stay() {
    let own = own().await;
    let root = own.folder.path().to_owned();
    let folders = ["blobs", "checks", "lint", "mirrors", "spool", "spool/team", "uploads", "uploads/team"];
    for folder in folders {
        fs::create_dir_all(root.join(folder)).expect("a folder");
        fs::write(root.join(folder).join("a-1.0.0.tgz"), chart("a", "1.0.0")).expect("a file");
        fs::write(root.join(folder).join("notes.txt"), "mine").expect("a file");
    }
    let own = own.reopened().await;
    assert_eq!(own.store.import("").await.expect("imported"), imported(8, 0, 0));
    put(&own.store, "uploads", &chart_of("b", "1.0.0", 50_000), PLAIN).await.expect("saved");
    own.store.collect_garbage(NOW).await.expect("collected");
    let own = own.reopened().await;
    assert_eq!(own.store.import("").await.expect("imported"), imported(0, 8, 0));
    for folder in folders {
        assert_eq!(versions(&own.store, folder, "a").await, ["1.0.0"], "{folder}");
        for file in ["a-1.0.0.tgz", "notes.txt"] {
            assert!(root.join(folder).join(file).exists(), "{folder}/{file}");
        }
    }
}

/// What cannot be looked at hides nothing else, and what was known of it stays.
#[tokio::test]
async fn folders_that_cannot_be_read_are_passed_over() {
    let own = own().await;
    let root = own.folder.path();
    let deep = root.join(vec!["d"; 70].join("/"));
    fs::create_dir_all(&deep).expect("folders");
    fs::write(deep.join("a-1.0.0.tgz"), chart("a", "1.0.0")).expect("a file");
    fs::write(root.join("a-1.0.0.tgz"), chart("a", "1.0.0")).expect("a file");
    let result = own.store.import("").await.expect("imported");
    assert_eq!((result.added, result.skipped), (1, Vec::new()));
    let (path, reason) = result.unreadable.first().expect("a folder");
    assert!(path.ends_with("/d") && reason.contains("nested more than 64 deep"), "{path}: {reason}");
}

#[tokio::test]
async fn an_uploaded_signature_stays_when_its_archive_is_found() {
    let own = own().await;
    let (package, signed) = (chart("a", "1.0.0"), provenance("a", "1.0.0"));
    own.store.put_chart("", spooled(&own.store, &package).await, Some(signed), PLAIN).await.expect("saved");
    fs::write(own.folder.path().join("a-1.0.0.tgz"), &package).expect("a file");
    assert_eq!(own.store.import("").await.expect("imported"), imported(1, 0, 0));
    assert!(own.store.file("", "a-1.0.0.tgz.prov").await.is_ok());
}

/// What is not what it was is not given out as that, whatever its size and time; the next look takes it in.
#[tokio::test]
async fn a_file_that_was_changed_by_hand_is_not_served_as_the_old_one() {
    let own = own().await;
    let path = own.folder.path().join("a-1.0.0.tgz");
    // More than is kept in memory.
    let [first, longer, other] = [400_000, 500_000, 400_001].map(|ballast| chart_of("a", "1.0.0", ballast));
    fs::write(&path, &first).expect("a file");
    own.store.import("").await.expect("imported");
    // The last time only the time is another.
    for (number, next) in [(1, &longer), (2, &other), (3, &first), (4, &first)] {
        fs::write(&path, next).expect("a file");
        let time = std::time::SystemTime::now() + Duration::from_secs(10 * number);
        fs::File::options().write(true).open(&path).expect("the file").set_modified(time).expect("its time");
        let found = own.store.file("", "a-1.0.0.tgz").await.expect("a row");
        let read = found.bytes(u64::MAX).await;
        assert!(matches!(read, Err(Error::Changed)), "{number}: {read:?}");
        own.store.changed_by_hand().await;
        own.store.import("").await.expect("imported");
        let found = own.store.file("", "a-1.0.0.tgz").await.expect("a file");
        assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), *next);
    }
}

/// The registry does not say of bytes that they are there when their file has gone: a push would leave them out.
#[tokio::test]
async fn what_went_with_its_file_can_be_pushed() {
    let own = own().await;
    let (path, bytes) = (own.folder.path().join("a-1.0.0.tgz"), chart_of("a", "1.0.0", 50_000));
    fs::write(&path, &bytes).expect("a file");
    own.store.import("").await.expect("imported");
    let manifest = own.store.manifest("a", "1.0.0").await.expect("a manifest");
    put_manifest(&own.store, "a", &manifest.body, "latest").await.expect("another tag");
    fs::remove_file(&path).expect("removed");
    own.store.import("").await.expect("imported");
    assert!(own.store.blob_of("a", &sha256(&bytes)).await.is_err());
    for reference in ["1.0.0", "latest", manifest.digest.as_str()] {
        assert!(own.store.manifest("a", reference).await.is_err(), "{reference}");
    }
    let refused = put_manifest(&own.store, "a", &manifest.body, "1.0.0").await;
    assert!(matches!(refused, Err(Error::References(_))), "{refused:?}");
    push(&own.store, "a", &bytes, "1.0.0").await.expect("pushed");
    let found = own.store.file("", "a-1.0.0.tgz").await.expect("a file");
    assert_eq!(found.bytes(u64::MAX).await.expect("bytes"), bytes);
}

#[tokio::test]
async fn a_signature_goes_with_its_file_alone() {
    let own = own().await;
    let root = own.folder.path();
    let touch = |name: &str| {
        let file = fs::File::options().write(true).open(root.join(name)).expect("the file");
        file.set_modified(std::time::SystemTime::now() + Duration::from_secs(10)).expect("its time");
    };
    for name in ["a", "b"] {
        fs::write(root.join(format!("{name}-1.0.0.tgz")), chart(name, "1.0.0")).expect("a file");
    }
    fs::write(root.join("b-1.0.0.tgz.prov"), provenance("b", "1.0.0")).expect("a file");
    own.store.import("").await.expect("imported");
    own.store.put_provenance("", provenance("a", "1.0.0"), PLAIN).await.expect("saved");
    fs::remove_file(root.join("b-1.0.0.tgz.prov")).expect("removed");
    touch("a-1.0.0.tgz");
    assert_eq!(own.store.import("").await.expect("imported"), imported(2, 0, 0));
    assert!(own.store.file("", "a-1.0.0.tgz.prov").await.is_ok(), "it was sent to us");
    assert!(own.store.file("", "b-1.0.0.tgz.prov").await.is_err(), "it was a file");
}

#[tokio::test]
async fn all_files_of_a_deleted_chart_go() {
    let own = own().await;
    for folder in ["p", "q"] {
        fs::create_dir(own.folder.path().join(folder)).expect("a folder");
        fs::write(own.folder.path().join(folder).join("a-1.0.0.tgz"), chart("a", "1.0.0")).expect("a file");
    }
    own.store.import("").await.expect("imported");
    own.store.delete_chart("p", "a", "1.0.0").await.expect("deleted");
    own.store.collect_garbage(NOW).await.expect("collected");
    assert!(own.folder.path().join("q/a-1.0.0.tgz").exists(), "another tenant has it");
    own.store.delete_chart("q", "a", "1.0.0").await.expect("deleted");
    own.store.collect_garbage(NOW).await.expect("collected");
    for folder in ["p", "q"] {
        assert!(!own.folder.path().join(folder).join("a-1.0.0.tgz").exists(), "{folder}");
    }
}

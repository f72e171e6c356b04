//! Packages come out of the store as files, and a folder of them is a store again.

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use chart_store::{Exported, Imported};
use support::{PLAIN, chart, chart_of, listed, own, provenance, push, put};

/// The files below a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).expect("below").display().to_string();
                    drop(found.insert(name, std::fs::read(path).expect("a file")));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn what_comes_in_by_any_way_comes_out_as_files_and_may_go_in_again() {
    let own = own().await;
    let (small, large, pushed) = (chart("a", "1.0.0"), chart_of("a", "2.0.0+x", 400_000), chart("b", "1.0.0"));
    put(&own.store, "", &small, PLAIN).await.expect("saved");
    own.store.put_provenance("", provenance("a", "1.0.0"), PLAIN).await.expect("saved");
    put(&own.store, "org/team", &large, PLAIN).await.expect("saved");
    push(&own.store, "org/b", &pushed, "1.0.0").await.expect("pushed");
    put(&own.store, "gone", &chart("c", "1.0.0"), PLAIN).await.expect("saved");
    own.store.delete_chart("gone", "c", "1.0.0").await.expect("deleted");

    let out = tempfile::tempdir().expect("a folder");
    let folder = out.path().join("new/folder");
    let all = Exported { packages: 3, provenances: 1 };
    assert_eq!(own.store.export(&folder).await.expect("exported"), all);
    let expected = [
        ("a-1.0.0.tgz", small.to_vec()),
        ("a-1.0.0.tgz.prov", provenance("a", "1.0.0").to_vec()),
        ("org/b-1.0.0.tgz", pushed.to_vec()),
        ("org/team/a-2.0.0+x.tgz", large.to_vec()),
    ];
    let expected: BTreeMap<String, Vec<u8>> = expected.map(|(name, bytes)| (name.to_owned(), bytes)).into();
    assert_eq!(files(&folder), expected);
    std::fs::write(folder.join("a-1.0.0.tgz"), "half").expect("a file");
    assert_eq!(own.store.export(&folder).await.expect("exported again"), all);
    assert_eq!(files(&folder), expected);

    let again = chart_store::Store::open(chart_store::Config::folder(&folder)).await.expect("a store");
    let imported = Imported { added: 3, ..Imported::default() };
    assert_eq!(again.import("").await.expect("imported"), imported);
    for tenant in ["", "org", "org/team"] {
        assert_eq!(listed(&again, tenant).await, listed(&own.store, tenant).await, "{tenant}");
    }
}

#[tokio::test]
async fn a_content_that_is_not_what_it_was_is_told() {
    let own = own().await;
    put(&own.store, "", &chart_of("a", "1.0.0", 400_000), PLAIN).await.expect("saved");
    let blobs = files(&own.folder.path().join("blobs"));
    let (name, mut bytes) = blobs.into_iter().next().expect("a content");
    bytes[300_000] ^= 1;
    std::fs::write(own.folder.path().join("blobs").join(name), bytes).expect("a broken disk");
    let own = own.reopened().await;
    let out = tempfile::tempdir().expect("a folder");
    let error = own.store.export(out.path()).await.expect_err("an error");
    assert_eq!(error.to_string(), "cannot export a-1.0.0.tgz");
    assert!(files(out.path()).is_empty());
}

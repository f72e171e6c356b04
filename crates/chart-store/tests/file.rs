//! The file of rows: its tables are counted.

use chart_store::{Config, Store};
use rusqlite::Connection;

#[tokio::test]
async fn a_file_without_a_count_is_the_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = opened(&folder).await;
    store.close().await;
    let file = Connection::open(folder.path().join("store.db")).expect("the file");
    file.pragma_update(None, "user_version", 0).expect("no count");
    // What came after the first.
    file.execute("DROP TABLE untied", []).expect("dropped");
    drop(file);
    let store = opened(&folder).await;
    assert!(store.repositories(None, None).await.expect("a list").names.is_empty());
    store.close().await;
    let file = Connection::open(folder.path().join("store.db")).expect("the file");
    let version: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a count");
    assert_eq!(version, 2);
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    opened(&folder).await.close().await;
    let file = Connection::open(folder.path().join("store.db")).expect("the file");
    file.pragma_update(None, "user_version", 3).expect("counted");
    drop(file);
    let refused = Store::open(Config::folder(folder.path())).await.err().expect("refused");
    let cause = std::error::Error::source(&refused).map(ToString::to_string).unwrap_or_default();
    assert_eq!(cause, "they are of a newer program: version 3, this one knows 2");
}

async fn opened(folder: &tempfile::TempDir) -> Store {
    Store::open(Config::folder(folder.path())).await.expect("a store")
}

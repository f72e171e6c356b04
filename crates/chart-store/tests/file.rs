//! The file of rows: its tables are counted.

use std::time::Duration;

use chart_store::{Config, Grace, Store};
use rusqlite::Connection;

/// The tables as earlier programs made them; the first did not count them.
const OLDER: [(i64, &str); 3] = [
    (0, include_str!("../migrations/sqlite/1_first.sql")),
    (1, include_str!("../migrations/sqlite/1_first.sql")),
    (2, concat!(include_str!("../migrations/sqlite/1_first.sql"), include_str!("../migrations/sqlite/2_untied.sql"))),
];

/// A chart in them.
const ROWS: &str = "INSERT INTO tenants (name, changes, changed_at) VALUES ('', 1, 1);
    INSERT INTO blobs (digest, size, touched, body) VALUES ('sha256:00', 1, 1, x'01'), ('sha256:01', 1, 1, x'02');
    INSERT INTO versions (tenant, name, version, file, archive, size, created, changed, metadata, entry)
        VALUES (1, 'a', '1.0.0', 'a-1.0.0.tgz', 'sha256:01', 1, 1, 1, '{}', '')";

#[tokio::test]
async fn files_of_older_programs_are_brought_up_to_date() {
    for (version, tables) in OLDER {
        let folder = tempfile::tempdir().expect("a folder");
        let file = Connection::open(folder.path().join("store.db")).expect("the file");
        file.execute_batch(&format!("{tables};{ROWS};PRAGMA user_version = {version}")).expect("made");
        drop(file);
        let store = opened(&folder).await;
        let none = Grace { contents: Duration::ZERO, uploads: Duration::ZERO };
        let collected = store.collect_garbage(none).await.expect("collected");
        assert_eq!(collected.contents, 1, "the one without a chart, version {version}");
        store.close().await;
        let file = Connection::open(folder.path().join("store.db")).expect("the file");
        let sql = "SELECT b.digest FROM versions v JOIN blobs b ON b.id = v.blob";
        let kept: String = file.query_row(sql, [], |row| row.get(0)).expect("a blob");
        assert_eq!(kept, "sha256:01");
        let counted: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("a count");
        assert_eq!((counted, page_bytes(&file)), (3, 4096), "it keeps the pages it has");
    }
}

#[tokio::test]
async fn pages_of_a_new_file_hold_three_small_packages() {
    let folder = tempfile::tempdir().expect("a folder");
    opened(&folder).await.close().await;
    let file = Connection::open(folder.path().join("store.db")).expect("the file");
    assert_eq!(page_bytes(&file), 8192);
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    opened(&folder).await.close().await;
    let file = Connection::open(folder.path().join("store.db")).expect("the file");
    file.pragma_update(None, "user_version", 4).expect("counted");
    drop(file);
    let refused = Store::open(Config::folder(folder.path())).await.err().expect("refused");
    let cause = std::error::Error::source(&refused).map(ToString::to_string).unwrap_or_default();
    assert_eq!(cause, "they are of a newer program: version 4, this one knows 3");
}

async fn opened(folder: &tempfile::TempDir) -> Store {
    Store::open(Config::folder(folder.path())).await.expect("a store")
}

fn page_bytes(file: &Connection) -> i64 {
    file.query_row("PRAGMA page_size", [], |row| row.get(0)).expect("a size")
}

//! The tables, made as Helm's migrations make them, and noted as its tool notes it (github.com/rubenv/sql-migrate).

use gostd::GoError;
use postgres::Client;

use super::text;

/// Names and statements of the migrations of Helm 4.3.1.
const MIGRATIONS: [(&str, &str); 2] = [
    (
        "init",
        "CREATE TABLE releases_v1 (
            key VARCHAR(90),
            type VARCHAR(64) NOT NULL,
            body TEXT NOT NULL,
            name VARCHAR(64) NOT NULL,
            namespace VARCHAR(64) NOT NULL,
            version INTEGER NOT NULL,
            status TEXT NOT NULL,
            owner TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            modifiedAt INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (key, namespace)
        );
        CREATE INDEX ON releases_v1 (key, namespace);
        CREATE INDEX ON releases_v1 (version);
        CREATE INDEX ON releases_v1 (status);
        CREATE INDEX ON releases_v1 (owner);
        CREATE INDEX ON releases_v1 (createdAt);
        CREATE INDEX ON releases_v1 (modifiedAt);
        GRANT ALL ON releases_v1 TO PUBLIC;
        ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY;",
    ),
    (
        "custom_labels",
        "CREATE TABLE custom_labels_v1 (
            releaseKey VARCHAR(64),
            releaseNamespace VARCHAR(67),
            key VARCHAR(317),
            value VARCHAR(63)
        );
        CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
        GRANT ALL ON custom_labels_v1 TO PUBLIC;
        ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY;",
    ),
];

const NOTES: &str =
    "CREATE TABLE IF NOT EXISTS gorp_migrations (id TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMP WITH TIME ZONE)";

/// Makes the tables that are not there yet.
///
/// # Errors
/// What the database says.
pub fn ensure(client: &mut Client) -> Result<(), GoError> {
    let done = applied(client);
    if MIGRATIONS.iter().all(|(name, _)| done.iter().any(|id| id == name)) {
        return Ok(());
    }
    migrate(client, &done).map_err(|error| GoError::new(text(&error)))
}

/// Returns the names of the migrations that were made; none where they were never noted.
fn applied(client: &mut Client) -> Vec<String> {
    let rows = client.query("SELECT id FROM gorp_migrations ORDER BY id ASC", &[]).unwrap_or_default();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Each migration is made whole or not at all. They are in the order of their names, as Helm's tool sorts them.
fn migrate(client: &mut Client, done: &[String]) -> Result<(), postgres::Error> {
    client.batch_execute(NOTES)?;
    let mut wanted: Vec<_> = MIGRATIONS.iter().filter(|(name, _)| !done.iter().any(|id| id == name)).collect();
    wanted.sort_by_key(|(name, _)| *name);
    for (name, statements) in wanted {
        let mut transaction = client.transaction()?;
        transaction.batch_execute(statements)?;
        transaction.execute("INSERT INTO gorp_migrations (id, applied_at) VALUES ($1, now())", &[name])?;
        transaction.commit()?;
    }
    Ok(())
}

//! Opens rows and brings their tables up to date.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use data_encoding::HEXLOWER;
use rusqlite::Connection;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;

use super::batch::Writer;
use super::sqlite::{self, Readers};
use super::{Arg, Change, Kind, Rows, Tx};
use crate::error::Error;

/// Connections to PostgreSQL, which shares 100 among all.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long to wait for PostgreSQL, and for a connection to be free.
const WAIT: Duration = Duration::from_secs(10);

const OUT_OF_DATE: &str = "cannot bring the tables up to date";

/// What brings the tables from one version to the next; SQLite's file has its own as its `user_version`.
const SQLITE: [&str; 3] = [
    include_str!("../../migrations/sqlite/1_first.sql"),
    include_str!("../../migrations/sqlite/2_untied.sql"),
    include_str!("../../migrations/sqlite/3_places.sql"),
];
const POSTGRES: [(&str, &str); 3] = [
    ("first", include_str!("../../migrations/postgres/1_first.sql")),
    ("untied", include_str!("../../migrations/postgres/2_untied.sql")),
    ("places", include_str!("../../migrations/postgres/3_places.sql")),
];

impl Rows {
    /// Opens `store.db` in a folder, or makes it; nobody else may have it open.
    ///
    /// # Errors
    /// Another process has the store; the file cannot be opened or is of a newer program.
    pub async fn sqlite(folder: &Path) -> Result<Rows, Error> {
        let lock = lock(&folder.join("store.lock"))?;
        let path = folder.join("store.db");
        let opened = path.clone();
        let first = tokio::task::spawn_blocking(move || made(&opened)).await;
        let writer = Writer::start(path.clone(), first.map_err(|_| Error::Busy)??)?;
        let kind = Kind::Sqlite { readers: Readers::new(path), writer, lock: Mutex::new(Some(lock)) };
        Rows { kind, name: String::new() }.named().await
    }

    /// Connects to PostgreSQL.
    ///
    /// # Errors
    /// It does not answer, or its tables are of a newer program.
    pub async fn postgres(url: &str) -> Result<Rows, Error> {
        let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(WAIT).connect(url).await;
        let pool = pool.map_err(|error| Error::rows("cannot connect to PostgreSQL", error))?;
        let steps = (1..).zip(POSTGRES).map(|(version, (name, sql))| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        let done = Migrator::with_migrations(steps.collect()).run(&pool).await;
        done.map_err(|error| Error::Rows { what: OUT_OF_DATE, source: Box::new(error) })?;
        Rows { kind: Kind::Postgres(pool), name: String::new() }.named().await
    }

    async fn named(mut self) -> Result<Rows, Error> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Error::Config("the system has no random bytes".to_owned()))?;
        self.name = self.change(Name(HEXLOWER.encode(&random))).await?;
        Ok(self)
    }
}

/// Gives the store a name, unless it has one.
struct Name(String);

impl Change for Name {
    type Done = String;

    async fn apply(&self, tx: &mut Tx) -> Result<String, Error> {
        // Two that begin together would not see each other's name, and each keep its own.
        if let Tx::Postgres(_) = tx {
            tx.execute("LOCK TABLE store IN SHARE ROW EXCLUSIVE MODE", &[]).await?;
        }
        let insert = "INSERT INTO store (name) SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM store)";
        tx.execute(insert, &[Arg::Text(&self.0)]).await?;
        let row = tx.row("SELECT name FROM store ORDER BY name LIMIT 1", &[]).await?;
        row.ok_or_else(|| Error::torn("read the name of the store"))?.text()
    }
}

/// Takes the file that says who has the store; the system gives it back however this process ends.
fn lock(path: &Path) -> Result<std::fs::File, Error> {
    let file =
        std::fs::File::create(path).map_err(|error| Error::disk(format!("cannot open {}", path.display()), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            let text = format!("another process has {}: several need PostgreSQL for their rows", path.display());
            Err(Error::Config(text))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(Error::disk(format!("cannot lock {}", path.display()), error)),
    }
}

/// Opens the file and makes the tables in it, unless they are there; those that were made before the version was counted
/// are the first.
fn made(path: &Path) -> Result<Connection, Error> {
    let file = sqlite::open(path)?;
    let version = version(&file).map_err(|error| sqlite::failed("cannot open the rows", error))?;
    let version = usize::try_from(version).unwrap_or_default();
    let Some(steps) = SQLITE.get(version..) else {
        let text = format!("they are of a newer program: version {version}, this one knows {}", SQLITE.len());
        return Err(Error::Rows { what: OUT_OF_DATE, source: text.into() });
    };
    if !steps.is_empty() {
        let (steps, version) = (steps.join("\n"), SQLITE.len());
        let tables = format!("BEGIN IMMEDIATE;\n{steps}\nPRAGMA user_version = {version};\nCOMMIT;");
        file.execute_batch(&tables).map_err(|error| sqlite::failed(OUT_OF_DATE, error))?;
    }
    Ok(file)
}

fn version(file: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT max(user_version, EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'versions')) \
        FROM pragma_user_version";
    file.query_row(sql, [], |row| row.get(0))
}

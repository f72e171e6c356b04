//! Opens rows and brings their tables up to date.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlSafeStr, SqliteConnection, SqlitePool};

use super::batch::Writer;
use super::{Arg, Change, Kind, Rows, Tx};
use crate::error::Error;

/// Connections that read SQLite: each has a thread and a cache of pages.
const SQLITE_READERS: u32 = 3;
/// Connections to PostgreSQL, which shares 100 among all.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long to wait for PostgreSQL, and for a connection to be free.
const WAIT: Duration = Duration::from_secs(10);

const SQLITE: &str = include_str!("../../migrations/sqlite/1_first.sql");
const POSTGRES: &str = include_str!("../../migrations/postgres/1_first.sql");

impl Rows {
    /// Opens `store.db` in a folder, or makes it; nobody else may have it open.
    ///
    /// # Errors
    /// Another process has the store; the file cannot be opened or is of a newer program.
    pub async fn sqlite(folder: &Path) -> Result<Rows, Error> {
        let lock = lock(&folder.join("store.lock"))?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("store.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Acknowledged means on the disk: the log is written through at each commit.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            // KiB of pages for each connection; what is hot is kept by the store itself.
            .pragma("cache_size", "-1024")
            .busy_timeout(WAIT);
        let failed = |error| Error::rows("cannot open the rows", error);
        let mut first = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        migrate(SQLITE, &mut first).await?;
        first.close().await.map_err(failed)?;
        let writer = Writer::start(options.clone());
        let many = SqlitePoolOptions::new().max_connections(SQLITE_READERS).idle_timeout(None).max_lifetime(None);
        let readers: SqlitePool = many.connect_with(options.read_only(true)).await.map_err(failed)?;
        Rows { kind: Kind::Sqlite { readers, writer, lock: Mutex::new(Some(lock)) }, name: String::new() }.named().await
    }

    /// Connects to PostgreSQL.
    ///
    /// # Errors
    /// It does not answer, or its tables are of a newer program.
    pub async fn postgres(url: &str) -> Result<Rows, Error> {
        let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(WAIT).connect(url).await;
        let pool = pool.map_err(|error| Error::rows("cannot connect to PostgreSQL", error))?;
        migrate(POSTGRES, &pool).await?;
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

async fn migrate<'a, A>(sql: &'static str, on: A) -> Result<(), Error>
where
    A: sqlx::Acquire<'a>,
    <A::Connection as std::ops::Deref>::Target: sqlx::migrate::Migrate,
{
    let first = Migration::new(1, "first".into(), MigrationType::Simple, sql.into_sql_str(), false);
    let migrator = Migrator::with_migrations(vec![first]);
    let done = migrator.run(on).await;
    done.map_err(|error| Error::Rows { what: "cannot bring the tables up to date", source: Box::new(error) })
}

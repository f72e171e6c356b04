//! Rows in SQLite or PostgreSQL: one text of SQL for both.
//!
//! Reads are single statements. Changes are whole transactions ([`Change`]): in SQLite those that wait are committed
//! together, with one write to the disk; PostgreSQL does the same by itself.

mod batch;
mod open;
mod postgres;
mod sqlite;
mod statement;

use std::fs::File;
use std::future::Future;
use std::sync::Mutex;

use sqlx::PgPool;

use crate::error::Error;

pub use statement::{Arg, Row, Tx};

/// Bytes of rows that are read at a time where there may be many, and each as large as somebody wants.
pub const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Tells whether rows are as many as were asked for at most, or have as many bytes: behind them there may be more.
pub fn are_full(rows: &[Row], limit: i64, bytes: usize) -> bool {
    rows.len() as i64 >= limit || rows.iter().map(Row::weight).sum::<usize>() >= bytes
}

/// What is done in one transaction, of which it waits for nothing else. May run several times: only the last run counts.
pub trait Change: Send + Sync + 'static {
    type Done: Send + 'static;

    /// Makes the change; an error leaves nothing of it.
    fn apply(&self, tx: &mut Tx) -> impl Future<Output = Result<Self::Done, Error>> + Send;
}

/// The rows of a store.
pub struct Rows {
    kind: Kind,
    name: String,
}

enum Kind {
    Sqlite { readers: sqlite::Readers, writer: batch::Writer, lock: Mutex<Option<File>> },
    Postgres(PgPool),
}

impl Rows {
    /// Returns the name of the store, the same for as long as the rows exist.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells whether nobody else can change rows while this process lives.
    pub fn is_exclusive(&self) -> bool {
        matches!(self.kind, Kind::Sqlite { .. })
    }

    /// Makes a change; it is on the disk when this returns.
    ///
    /// # Errors
    /// Those of the change, and of the database.
    pub async fn change<C: Change>(&self, change: C) -> Result<C::Done, Error> {
        match &self.kind {
            Kind::Sqlite { writer, .. } => writer.change(change).await,
            Kind::Postgres(pool) => postgres::change(pool, &change).await,
        }
    }

    /// Returns the rows that a statement finds.
    pub async fn rows(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        self.some_rows(sql, args, usize::MAX).await
    }

    /// Returns the first rows that a statement finds, none behind the one with which they have so many bytes: where the texts
    /// in them are as large as somebody wants.
    pub async fn some_rows(&self, sql: &'static str, args: &[Arg<'_>], bytes: usize) -> Result<Vec<Row>, Error> {
        match &self.kind {
            Kind::Sqlite { readers, .. } => readers.rows(sql, args, bytes).await,
            Kind::Postgres(pool) => statement::postgres_rows(pool, sql, args, bytes).await,
        }
    }

    /// Returns the first row that a statement finds.
    pub async fn row(&self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, Error> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Ends all connections, after what is under way.
    pub async fn close(&self) {
        match &self.kind {
            Kind::Sqlite { readers, writer, lock } => {
                writer.close().await;
                readers.close().await;
                // Nothing can be written any more: another process may open the store.
                drop(lock.lock().map(|mut file| file.take()));
            }
            Kind::Postgres(pool) => pool.close().await,
        }
    }
}

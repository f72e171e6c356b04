//! SQLite, called on the thread that wants it: a statement takes microseconds, which another thread would multiply.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};
use tokio::sync::Semaphore;

use super::statement::{Arg, Cell, Row};
use crate::error::Error;

/// Statements that each connection keeps parsed: all that this crate has.
const STATEMENTS: usize = 128;
/// Pages of the file in memory: a new version goes to a dozen places of the indexes, which are read again otherwise.
const WRITE_CACHE_KIB: i64 = 4096;
const READ_CACHE_KIB: i64 = 1024;
/// Bytes of a page in a new file; one that there is keeps its own. Three small packages fit, where of 4096 bytes, which
/// SQLite takes by itself, each would leave a third empty.
const PAGE_BYTES: i64 = 8192;
/// Bytes of the log before its pages go to their places: one that changed many times goes once.
const LOG_BYTES: i64 = 16 << 20;
/// How long to wait for another process, which can only be somebody who looks into the file.
const WAIT: Duration = Duration::from_secs(10);
/// Connections that read: each has a cache of pages.
const READERS: usize = 3;

/// Opens the file, or makes it, to write.
pub fn open(path: &Path) -> Result<Connection, Error> {
    connect(path, OpenFlags::default()).map_err(|error| failed("cannot open the rows", error))
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(WAIT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // What is hot is kept by the store itself.
    connection.pragma_update(None, "cache_size", -READ_CACHE_KIB)?;
    if !flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        connection.pragma_update(None, "cache_size", -WRITE_CACHE_KIB)?;
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        let page_bytes: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_BYTES / page_bytes.max(1))?;
        // Acknowledged means on the disk: the log is written through at each commit.
        connection.pragma_update(None, "synchronous", "full")?;
    }
    Ok(connection)
}

/// Runs a statement and returns how many rows it changed.
pub fn execute(on: &Connection, sql: &str, args: &[Arg<'_>]) -> Result<u64, Error> {
    let done = bound(on, sql, args).and_then(|mut statement| statement.raw_execute());
    done.map(|rows| rows as u64).map_err(|error| failed("cannot write rows", error))
}

/// Returns the rows that a statement finds or gives back, none behind the one with which they have so many bytes.
pub fn rows(on: &Connection, sql: &str, args: &[impl ToSql], bytes: usize) -> Result<Vec<Row>, Error> {
    read(on, sql, args, bytes).map_err(|error| failed("cannot read rows", error))
}

fn read(on: &Connection, sql: &str, args: &[impl ToSql], bytes: usize) -> rusqlite::Result<Vec<Row>> {
    let mut statement = bound(on, sql, args)?;
    let columns = statement.column_count();
    let (mut found, mut left, mut rows) = (Vec::new(), bytes, statement.raw_query());
    while left > 0
        && let Some(row) = rows.next()?
    {
        let cells: rusqlite::Result<Vec<Cell>> = (0..columns).map(|at| cell(row.get_ref(at)?)).collect();
        let row = Row::new(cells?);
        left = left.saturating_sub(row.weight());
        found.push(row);
    }
    Ok(found)
}

/// Binds by number: for SQLite, `$2` is only a name.
fn bound<'c>(on: &'c Connection, sql: &str, args: &[impl ToSql]) -> rusqlite::Result<CachedStatement<'c>> {
    let mut statement = on.prepare_cached(sql)?;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).unwrap_or_default();
        let number: usize = name.trim_start_matches('$').parse().unwrap_or(index);
        let arg = args.get(number.wrapping_sub(1)).ok_or(rusqlite::Error::InvalidParameterCount(args.len(), number))?;
        statement.raw_bind_parameter(index, arg)?;
    }
    Ok(statement)
}

fn cell(value: ValueRef<'_>) -> rusqlite::Result<Cell> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Real(number) => Cell::Text(number.to_string()),
        ValueRef::Text(_) => Cell::Text(value.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
    })
}

impl ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Arg::Int(number) => ValueRef::Integer(number),
            Arg::Text(text) | Arg::MaybeText(Some(text)) => ValueRef::Text(text.as_bytes()),
            Arg::Bytes(bytes) | Arg::MaybeBytes(Some(bytes)) => ValueRef::Blob(bytes),
            Arg::MaybeText(None) | Arg::MaybeBytes(None) => ValueRef::Null,
        }))
    }
}

impl From<&Arg<'_>> for Value {
    fn from(arg: &Arg<'_>) -> Self {
        match *arg {
            Arg::Int(number) => Value::Integer(number),
            Arg::Text(text) | Arg::MaybeText(Some(text)) => Value::Text(text.to_owned()),
            Arg::Bytes(bytes) | Arg::MaybeBytes(Some(bytes)) => Value::Blob(bytes.to_vec()),
            Arg::MaybeText(None) | Arg::MaybeBytes(None) => Value::Null,
        }
    }
}

/// A failure of SQLite, told apart by whether there is room.
pub fn failed(what: &'static str, error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full(std::io::Error::new(std::io::ErrorKind::StorageFull, error)),
        _ => Error::Rows { what, source: Box::new(error) },
    }
}

/// A few connections that only read, on threads that may wait for the disk.
pub struct Readers {
    path: PathBuf,
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    /// Connections are made when they are needed.
    pub fn new(path: PathBuf) -> Self {
        Readers { path, free: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    /// Returns the rows that a statement finds, none behind the one with which they have so many bytes.
    pub async fn rows(&self, sql: &'static str, args: &[Arg<'_>], bytes: usize) -> Result<Vec<Row>, Error> {
        let args: Vec<Value> = args.iter().map(Value::from).collect();
        let permit = self.free.clone().acquire_owned().await.map_err(|_| closed())?;
        let (path, idle) = (self.path.clone(), self.idle.clone());
        let read = tokio::task::spawn_blocking(move || {
            let waiting = idle.lock().ok().and_then(|mut idle| idle.pop());
            let connection = match waiting {
                Some(connection) => connection,
                None => connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                    .map_err(|error| failed("cannot open the rows", error))?,
            };
            // A connection whose reading failed is not used again.
            let found = rows(&connection, sql, &args, bytes)?;
            if let Ok(mut idle) = idle.lock() {
                idle.push(connection);
            }
            drop(permit);
            Ok(found)
        });
        read.await.map_err(|_| closed())?
    }

    /// Ends all connections, after what is under way.
    pub async fn close(&self) {
        let all = self.free.acquire_many(READERS as u32).await;
        self.free.close();
        drop(all);
        if let Ok(mut idle) = self.idle.lock() {
            idle.clear();
        }
    }
}

fn closed() -> Error {
    Error::Rows { what: "cannot read rows", source: "the store is closed".into() }
}

//! Statements with their arguments, and rows as plain values: all that the rest of this crate knows of databases.

use futures_util::TryStreamExt;
use sqlx::{Database, Executor, Postgres, Row as _, Transaction, TypeInfo, ValueRef};

use super::sqlite;
use crate::error::Error;

/// An argument of a statement, `$1` being the first.
#[derive(Clone, Copy)]
pub enum Arg<'a> {
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
    MaybeText(Option<&'a str>),
    MaybeBytes(Option<&'a [u8]>),
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Arg::Int(number)
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Arg::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Arg::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for Arg<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Arg::MaybeText(text)
    }
}

pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row; its cells are taken from the front to the back.
pub struct Row(std::vec::IntoIter<Cell>);

impl Row {
    pub(super) fn new(cells: Vec<Cell>) -> Self {
        Row(cells.into_iter())
    }

    /// Returns how many bytes of texts and contents there are, and some more.
    pub fn weight(&self) -> usize {
        let cells = self.0.as_slice().iter().map(|cell| match cell {
            Cell::Null | Cell::Int(_) => 0,
            Cell::Text(text) => text.len(),
            Cell::Bytes(bytes) => bytes.len(),
        });
        size_of::<Row>() + size_of_val(self.0.as_slice()) + cells.sum::<usize>()
    }

    /// Takes the next cell, a number.
    ///
    /// # Errors
    /// There is none, or it is something else: the rows were not made by this program.
    pub fn int(&mut self) -> Result<i64, Error> {
        self.maybe_int()?.ok_or_else(|| Error::torn("read a number"))
    }

    pub fn maybe_int(&mut self) -> Result<Option<i64>, Error> {
        match self.0.next() {
            Some(Cell::Int(number)) => Ok(Some(number)),
            Some(Cell::Null) => Ok(None),
            _ => Err(Error::torn("read a number")),
        }
    }

    /// Takes the next cell, a number that is not negative.
    pub fn size(&mut self) -> Result<u64, Error> {
        u64::try_from(self.int()?).map_err(|_| Error::torn("read a size"))
    }

    pub fn text(&mut self) -> Result<String, Error> {
        self.maybe_text()?.ok_or_else(|| Error::torn("read a text"))
    }

    pub fn maybe_text(&mut self) -> Result<Option<String>, Error> {
        match self.0.next() {
            Some(Cell::Text(text)) => Ok(Some(text)),
            Some(Cell::Null) => Ok(None),
            _ => Err(Error::torn("read a text")),
        }
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, Error> {
        self.maybe_bytes()?.ok_or_else(|| Error::torn("read a content"))
    }

    pub fn maybe_bytes(&mut self) -> Result<Option<Vec<u8>>, Error> {
        match self.0.next() {
            Some(Cell::Bytes(bytes)) => Ok(Some(bytes)),
            // An empty content of SQLite.
            Some(Cell::Text(text)) => Ok(Some(text.into_bytes())),
            Some(Cell::Null) => Ok(None),
            _ => Err(Error::torn("read a content")),
        }
    }
}

/// A transaction under way.
pub enum Tx {
    /// Begun and ended by the writer, whose thread this is: nothing is waited for.
    Sqlite(rusqlite::Connection),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Runs a statement and returns how many rows it changed.
    pub async fn execute(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<u64, Error> {
        match self {
            Tx::Sqlite(tx) => sqlite::execute(tx, sql, args),
            Tx::Postgres(tx) => {
                let done = tx.execute(bind(sql, args)).await;
                done.map(|done| done.rows_affected()).map_err(|error| Error::rows("cannot write rows", error))
            }
        }
    }

    /// Returns the rows that a statement finds or gives back.
    pub async fn rows(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        self.some_rows(sql, args, usize::MAX).await
    }

    /// Returns the first rows that a statement finds, as [`Rows::some_rows`](super::Rows::some_rows).
    pub async fn some_rows(&mut self, sql: &'static str, args: &[Arg<'_>], bytes: usize) -> Result<Vec<Row>, Error> {
        match self {
            Tx::Sqlite(tx) => sqlite::rows(tx, sql, args, bytes),
            Tx::Postgres(tx) => postgres_rows(&mut **tx, sql, args, bytes).await,
        }
    }

    /// Returns the first row that a statement finds or gives back.
    pub async fn row(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Row>, Error> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Ends a transaction of PostgreSQL; those of SQLite are their writer's.
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Tx::Sqlite(_) => Ok(()),
            Tx::Postgres(tx) => tx.commit().await,
        }
    }
}

pub(super) async fn postgres_rows<'c, E>(
    on: E,
    sql: &'static str,
    args: &[Arg<'_>],
    bytes: usize,
) -> Result<Vec<Row>, Error>
where
    E: Executor<'c, Database = Postgres>,
{
    let (mut found, mut left, mut rows) = (Vec::new(), bytes, on.fetch(bind(sql, args)));
    while left > 0
        && let Some(row) = rows.try_next().await.map_err(|error| Error::rows("cannot read rows", error))?
    {
        let cells: Result<Vec<Cell>, sqlx::Error> =
            (0..row.columns().len()).map(|at| postgres_cell(&row, at)).collect();
        let row = Row::new(cells.map_err(|error| Error::rows("cannot read a row", error))?);
        left = left.saturating_sub(row.weight());
        found.push(row);
    }
    Ok(found)
}

fn postgres_cell(row: &<Postgres as Database>::Row, at: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(at)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    match value.type_info().name() {
        "INT8" => Ok(Cell::Int(row.try_get(at)?)),
        "INT4" => Ok(Cell::Int(i64::from(row.try_get::<i32, _>(at)?))),
        "BYTEA" => Ok(Cell::Bytes(row.try_get(at)?)),
        _ => Ok(Cell::Text(row.try_get_unchecked(at)?)),
    }
}

type Query = sqlx::query::Query<'static, Postgres, <Postgres as Database>::Arguments>;

fn bind(sql: &'static str, args: &[Arg<'_>]) -> Query {
    args.iter().fold(sqlx::query(sql), |query, arg| match *arg {
        Arg::Int(number) => query.bind(number),
        Arg::Text(text) => query.bind(text),
        Arg::Bytes(bytes) => query.bind(bytes),
        Arg::MaybeText(text) => query.bind(text),
        Arg::MaybeBytes(bytes) => query.bind(bytes),
    })
}

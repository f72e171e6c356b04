//! Changes in SQLite: one writer, which commits all that wait at once.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::JoinHandle;

use futures_util::FutureExt;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Change, Tx, sqlite};
use crate::error::Error;

/// Changes that are committed together at most: what waits for one write to the disk.
const BATCH: usize = 64;
/// Changes that may wait; more callers wait to wait.
const QUEUE: usize = 256;

/// A change, the result of its last run, and who waits for it.
trait Job: Send {
    fn run(&mut self, tx: &mut Tx) -> Result<(), Error>;
    fn answer(self: Box<Self>, outcome: Result<(), Error>);
}

struct Waiting<C: Change> {
    change: C,
    done: Option<C::Done>,
    answer: oneshot::Sender<Result<C::Done, Error>>,
}

impl<C: Change> Job for Waiting<C> {
    fn run(&mut self, tx: &mut Tx) -> Result<(), Error> {
        self.done = None;
        // Statements of SQLite are done when they return.
        let done = self.change.apply(tx).now_or_never();
        let waits = || Error::Rows { what: "cannot write rows", source: "the change waits for something else".into() };
        self.done = Some(done.ok_or_else(waits)??);
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Error>) {
        let Waiting { done, answer, .. } = *self;
        // Who asked may be gone; what was committed stays.
        let _ = answer.send(outcome.and_then(|()| done.ok_or(Error::Busy)));
    }
}

/// The way to the one writer.
pub struct Writer {
    running: Mutex<Option<Running>>,
}

struct Running {
    queue: mpsc::Sender<Box<dyn Job>>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts a writer; it ends when it is closed or dropped, and everything is written.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn start(path: PathBuf, first: Connection) -> Result<Self, Error> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new().name("rows".to_owned()).spawn(move || work(&path, first, jobs));
        let thread = thread.map_err(|error| Error::disk("cannot start a thread", error))?;
        Ok(Writer { running: Mutex::new(Some(Running { queue, thread })) })
    }

    pub async fn change<C: Change>(&self, change: C) -> Result<C::Done, Error> {
        let queue = self.running.lock().ok().and_then(|running| running.as_ref().map(|running| running.queue.clone()));
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Waiting { change, done: None, answer });
        queue.ok_or_else(gone)?.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Ends the writer, after what waits.
    pub async fn close(&self) {
        let running = self.running.lock().ok().and_then(|mut running| running.take());
        let Some(Running { queue, thread }) = running else { return };
        drop(queue);
        // A writer that fell is as closed as one that ended.
        let _ = tokio::task::spawn_blocking(move || thread.join()).await;
    }
}

fn gone() -> Error {
    Error::Rows { what: "cannot write rows", source: "the writer has ended".into() }
}

fn work(path: &Path, first: Connection, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut connection = Some(Tx::Sqlite(first));
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
        let mut outcomes = Vec::with_capacity(batch.len());
        // After an error, what state it is in is not known: a full disk ends transactions by itself. The next batch has
        // another.
        let committed = open(path, connection.take()).and_then(|mut tx| {
            together(&mut tx, &mut batch, &mut outcomes)?;
            connection = Some(tx);
            Ok(())
        });
        let together = batch.len();
        for (position, job) in batch.drain(..).enumerate() {
            let own = outcomes.get_mut(position).and_then(Option::take);
            match (own, &committed) {
                (Some(error), _) => job.answer(Err(error)),
                (None, Ok(())) => job.answer(Ok(())),
                (None, Err(error)) => job.answer(Err(shared(error, together))),
            }
        }
    }
}

fn open(path: &Path, connection: Option<Tx>) -> Result<Tx, Error> {
    connection.map_or_else(|| sqlite::open(path).map(Tx::Sqlite), Ok)
}

/// Runs all jobs in one transaction: `outcomes` says of each whether it failed, or nothing where none did; an error means
/// that none counts, and that the connection is of no more use.
fn together(tx: &mut Tx, batch: &mut [Box<dyn Job>], outcomes: &mut Vec<Option<Error>>) -> Result<(), Error> {
    run(tx, "BEGIN IMMEDIATE")?;
    let Some(error) = batch.iter_mut().find_map(|job| job.run(tx).err()) else { return run(tx, "COMMIT") };
    if run(tx, "ROLLBACK").is_err() {
        // Why the change failed says more than why it could not be taken back.
        return Err(error);
    }
    match batch {
        [_] => outcomes.push(Some(error)),
        _ => one_by_one(tx, batch, outcomes)?,
    }
    Ok(())
}

/// Runs jobs of which one or more fail, so that the others count: to take one back, SQLite keeps a copy of each page that
/// it changes, which is too much for jobs that do not fail.
fn one_by_one(tx: &mut Tx, batch: &mut [Box<dyn Job>], outcomes: &mut Vec<Option<Error>>) -> Result<(), Error> {
    run(tx, "BEGIN IMMEDIATE")?;
    for job in batch {
        run(tx, "SAVEPOINT job")?;
        let failed = job.run(tx).err();
        let end = if failed.is_some() { run(tx, "ROLLBACK TO job") } else { Ok(()) };
        match (failed, end) {
            (Some(error), Err(_)) => return Err(error),
            (failed, _) => outcomes.push(failed),
        }
        run(tx, "RELEASE job")?;
    }
    run(tx, "COMMIT")
}

fn run(tx: &mut Tx, sql: &'static str) -> Result<(), Error> {
    match tx {
        Tx::Sqlite(connection) => sqlite::execute(connection, sql, &[]).map(drop),
        Tx::Postgres(_) => Err(Error::torn("run a transaction of SQLite")),
    }
}

/// One error for many.
fn shared(error: &Error, together: usize) -> Error {
    match error {
        Error::Full(full) => Error::Full(std::io::Error::new(full.kind(), full.to_string())),
        Error::Rows { what, source } => {
            Error::Rows { what, source: format!("{source} (of {together} changes together)").into() }
        }
        other => Error::Rows { what: "cannot write rows", source: other.to_string().into() },
    }
}

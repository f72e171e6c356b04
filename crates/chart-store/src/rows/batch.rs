//! Changes in SQLite: one writer, which commits all that wait at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Change, Tx};
use crate::error::Error;

/// Changes that are committed together at most: what waits for one write to the disk.
const BATCH: usize = 64;
/// Changes that may wait; more callers wait to wait.
const QUEUE: usize = 256;

type Working<'t> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 't>>;

/// A change, the result of its last run, and who waits for it.
trait Job: Send {
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Working<'t>;
    fn answer(self: Box<Self>, outcome: Result<(), Error>);
}

struct Waiting<C: Change> {
    change: C,
    done: Option<C::Done>,
    answer: oneshot::Sender<Result<C::Done, Error>>,
}

impl<C: Change> Job for Waiting<C> {
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Working<'t> {
        Box::pin(async move {
            self.done = None;
            self.done = Some(self.change.apply(tx).await?);
            Ok(())
        })
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
    task: JoinHandle<()>,
}

impl Writer {
    /// Starts a writer; it ends when it is closed or dropped, and everything is written.
    pub fn start(options: SqliteConnectOptions) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let task = tokio::spawn(work(options, jobs));
        Writer { running: Mutex::new(Some(Running { queue, task })) }
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
        let Some(Running { queue, task }) = running else { return };
        drop(queue);
        // A writer that fell is as closed as one that ended.
        let _ = task.await;
    }
}

fn gone() -> Error {
    Error::Rows { what: "cannot write rows", source: "the writer has ended".into() }
}

async fn work(options: SqliteConnectOptions, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut connection = None;
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut outcomes = Vec::with_capacity(batch.len());
        let committed = match open(&options, connection.take()).await {
            Ok(mut tx) => match together(&mut tx, &mut batch, &mut outcomes).await {
                Ok(()) => {
                    connection = Some(tx);
                    Ok(())
                }
                // What state it is in is not known: a full disk ends transactions by itself. The next batch has another.
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
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
    if let Some(Tx::Sqlite(connection)) = connection {
        // Not closed in order, the log is read by the next start.
        let _ = connection.close().await;
    }
}

async fn open(options: &SqliteConnectOptions, connection: Option<Tx>) -> Result<Tx, Error> {
    match connection {
        Some(connection) => Ok(connection),
        None => {
            let opened = SqliteConnection::connect_with(options).await;
            opened.map(Tx::Sqlite).map_err(|error| Error::rows("cannot open the rows", error))
        }
    }
}

/// Runs all jobs in one transaction: `outcomes` says of each that ran whether it failed; an error means that none counts,
/// and that the connection is of no more use.
async fn together(tx: &mut Tx, batch: &mut [Box<dyn Job>], outcomes: &mut Vec<Option<Error>>) -> Result<(), Error> {
    tx.execute("BEGIN IMMEDIATE", &[]).await?;
    if let [job] = batch {
        let Err(error) = job.run(tx).await else { return tx.execute("COMMIT", &[]).await.map(drop) };
        return match tx.execute("ROLLBACK", &[]).await {
            Ok(_) => {
                outcomes.push(Some(error));
                Ok(())
            }
            // Why the change failed says more than why it could not be taken back.
            Err(_) => Err(error),
        };
    }
    for job in batch {
        tx.execute("SAVEPOINT job", &[]).await?;
        let failed = job.run(tx).await.err();
        let end = if failed.is_some() { tx.execute("ROLLBACK TO job", &[]).await } else { Ok(0) };
        match (failed, end) {
            (Some(error), Err(_)) => return Err(error),
            (failed, _) => outcomes.push(failed),
        }
        tx.execute("RELEASE job", &[]).await?;
    }
    tx.execute("COMMIT", &[]).await.map(drop)
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

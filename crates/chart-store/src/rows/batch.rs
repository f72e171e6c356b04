//! Changes in SQLite: one writer, which commits all that wait at once.

use std::future::Future;
use std::pin::Pin;

use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

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
    queue: mpsc::Sender<Box<dyn Job>>,
    pool: SqlitePool,
}

impl Writer {
    /// Starts a writer over a pool of one connection; it ends when it is dropped and everything is written.
    pub fn start(pool: SqlitePool) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        tokio::spawn(work(pool.clone(), jobs));
        Writer { queue, pool }
    }

    pub async fn change<C: Change>(&self, change: C) -> Result<C::Done, Error> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Waiting { change, done: None, answer });
        self.queue.send(job).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn gone() -> Error {
    Error::Rows { what: "cannot write rows", source: "the writer has ended".into() }
}

async fn work(pool: SqlitePool, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
    let mut batch = Vec::with_capacity(BATCH);
    while jobs.recv_many(&mut batch, BATCH).await > 0 {
        let mut outcomes = Vec::with_capacity(batch.len());
        let committed = together(&pool, &mut batch, &mut outcomes).await;
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

/// Runs all jobs in one transaction: `outcomes` says of each that ran whether it failed; an error means that none counts.
async fn together(
    pool: &SqlitePool,
    batch: &mut [Box<dyn Job>],
    outcomes: &mut Vec<Option<Error>>,
) -> Result<(), Error> {
    let begun = pool.begin_with("BEGIN IMMEDIATE").await;
    let mut tx = Tx::Sqlite(begun.map_err(|error| Error::rows("cannot begin a transaction", error))?);
    let alone = batch.len() == 1;
    for job in batch {
        if alone {
            // The transaction ends with the job: its drop takes everything back.
            let failed = job.run(&mut tx).await.err();
            let stop = failed.is_some();
            outcomes.push(failed);
            if stop {
                return Ok(());
            }
            continue;
        }
        tx.execute("SAVEPOINT job", &[]).await?;
        let failed = job.run(&mut tx).await.err();
        if failed.is_some() {
            tx.execute("ROLLBACK TO job", &[]).await?;
        }
        tx.execute("RELEASE job", &[]).await?;
        outcomes.push(failed);
    }
    tx.commit().await.map_err(|error| Error::rows("cannot commit", error))
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

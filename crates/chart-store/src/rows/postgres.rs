//! Changes in PostgreSQL: a transaction each, done over when others were in the way.

use std::time::Duration;

use sqlx::PgPool;

use super::{Change, Tx};
use crate::error::Error;

/// How often a transaction is tried that others were in the way of.
const ATTEMPTS: u32 = 8;

pub async fn change<C: Change>(pool: &PgPool, change: &C) -> Result<C::Done, Error> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match once(pool, change).await {
            Err(error) if attempt < ATTEMPTS && is_in_the_way(&error) => {
                // Time for the others to end; longer each time, so that not all come back at once.
                tokio::time::sleep(Duration::from_millis(5 << attempt.min(5))).await;
            }
            done => return done,
        }
    }
}

async fn once<C: Change>(pool: &PgPool, change: &C) -> Result<C::Done, Error> {
    let begun = pool.begin().await.map_err(|error| Error::rows("cannot begin a transaction", error))?;
    let mut tx = Tx::Postgres(begun);
    let done = change.apply(&mut tx).await?;
    tx.commit().await.map_err(|error| Error::rows("cannot commit", error))?;
    Ok(done)
}

/// A deadlock, a transaction that was not alone, or a row that another transaction made in between.
fn is_in_the_way(error: &Error) -> bool {
    let Error::Rows { source, .. } = error else { return false };
    let Some(sqlx::Error::Database(error)) = source.downcast_ref::<sqlx::Error>() else { return false };
    matches!(error.code().as_deref(), Some("40001" | "40P01" | "23505"))
}

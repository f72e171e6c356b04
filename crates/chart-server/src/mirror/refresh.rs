//! Keeps what is known of an index up to date: who needs it asks, one at a time, and the last good one counts when there is
//! no better.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use repo::index::{Index, Key};
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::upstream::{Counts, counts};
use super::{Mirror, away, locked, quiet};
use crate::answer::Fault;
use crate::app::App;

/// How long a request waits for a repository that is asked whether its index changed, when there is one to show.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a failure counts for those who ask meanwhile, when there is no index to show.
const FAILURE_COUNTS: Duration = Duration::from_secs(5);

/// What is known of the index.
#[derive(Default)]
pub struct Known {
    pub index: Option<Arc<Index>>,
    /// The last answer, or failure.
    asked: Option<Instant>,
    /// An answer is waited for since then.
    asking: Option<Instant>,
    trouble: Option<String>,
    /// The index of which all archives were tried.
    pub complete: Option<Key>,
}

impl Mirror {
    /// Returns the index as it is now. One that is known is not waited for long.
    pub async fn index(self: &Arc<Self>, app: &Arc<App>) -> Result<Arc<Index>, Fault> {
        let (known, is_fresh) = {
            let known = locked(&self.known);
            let counts = if known.index.is_some() { self.interval } else { self.interval.min(FAILURE_COUNTS) };
            let hangs = known.index.is_some() && known.asking.is_some_and(|since| since.elapsed() > PATIENCE);
            (known.index.clone(), hangs || known.asked.is_some_and(|asked| asked.elapsed() < counts))
        };
        match known {
            Some(index) if is_fresh => Ok(index),
            None if is_fresh => Err(away(locked(&self.known).trouble.clone().unwrap_or_default())),
            known => {
                let (mirror, app) = (self.clone(), app.clone());
                // It goes on if who asked goes away.
                let asking = tokio::spawn(async move { mirror.refresh(&app).await });
                let asked = match &known {
                    None => Some(asking.await),
                    Some(_) => timeout(PATIENCE, asking).await.ok(),
                };
                match (asked, known) {
                    (Some(Ok(Ok(index))), _) | (_, Some(index)) => Ok(index),
                    (Some(Ok(Err(trouble))), None) => Err(away(trouble)),
                    (Some(Err(error)), None) => Err(Fault::internal(error.to_string())),
                    (None, None) => Err(away(String::new())),
                }
            }
        }
    }

    /// Returns the index for a mirror that asks, if it is there soon: two that ask each other would wait for each other.
    pub async fn index_soon(self: &Arc<Self>, app: &Arc<App>) -> Option<Arc<Index>> {
        match timeout(PATIENCE, self.index(app)).await {
            Ok(Ok(index)) => Some(index),
            _ => locked(&self.known).index.clone(),
        }
    }

    /// Asks the repository whether its index changed; the last one that was good counts when it is away.
    pub async fn refresh(self: &Arc<Self>, app: &Arc<App>) -> Result<Arc<Index>, String> {
        let wanted = Instant::now();
        let _turn = self.turn.lock().await;
        {
            let mut known = locked(&self.known);
            // Somebody else asked while we waited, with or without success.
            if known.asked.is_some_and(|asked| asked >= wanted) {
                return known.index.clone().ok_or_else(|| known.trouble.clone().unwrap_or_default());
            }
            known.asking = Some(Instant::now());
        }
        let mirror = self.clone();
        let asked = quiet::run(move || {
            let asked = mirror.upstream.ask();
            let last =
                if asked.is_err() && locked(&mirror.known).index.is_none() { mirror.upstream.last() } else { None };
            let index = asked.as_ref().ok().or(last.as_ref());
            let fresh =
                index.filter(|index| locked(&mirror.known).index.as_ref().is_none_or(|k| k.key() != index.key()));
            (fresh.map(counts), asked, last)
        });
        let asked = asked.await;
        locked(&self.known).asking = None;
        let (fresh, asked, last) = asked?;
        let trouble = asked.as_ref().err().cloned();
        if let Some(trouble) = &trouble {
            let fields = [("url", json!(self.url)), ("error", json!(trouble))];
            app.log.error("A mirrored repository cannot be used", &fields);
        }
        self.note(asked.ok().or(last), fresh, trouble.clone());
        let index = locked(&self.known).index.clone();
        index.ok_or_else(|| trouble.unwrap_or_default())
    }

    /// Takes over what came of asking.
    fn note(&self, index: Option<Index>, fresh: Option<Counts>, trouble: Option<String>) {
        let mut state = locked(&self.state);
        let mut known = locked(&self.known);
        let now = Timestamp::now();
        state.requests += 1;
        if trouble.is_none() {
            state.checked = Some(now);
        }
        if let (Some(index), Some(counts)) = (index, fresh) {
            state.counts = counts;
            let written = i128::from(index.key().modified_nanoseconds);
            state.changed = Timestamp::from_nanosecond(written).ok();
            state.archives.is_complete = false;
            state.archives.kept = 0;
            state.archives.failures.clear();
            known.complete = None;
            known.index = Some(Arc::new(index));
        }
        known.asked = Some(Instant::now());
        known.trouble = trouble.clone();
        state.error = trouble;
    }
}

//! The requests of one connection that are under way at the same time (HTTP/2), and how long is waited for the client.
//!
//! A connection of HTTP/1.1 that sends no request, or takes nothing of its answer, is seen by its stream alone. Here one
//! answer may be left lying beside others that are taken, and a client without any request may go on sending pings.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, sleep_until};

/// How often it is looked whether a client is too slow: answers do not tell of each piece.
const LOOK: Duration = Duration::from_secs(1);

/// How long is waited for a client.
#[derive(Clone, Copy)]
pub struct Patience {
    /// For a request, where none is under way.
    pub request: Duration,
    /// Until it takes a piece of an answer.
    pub answer: Duration,
}

/// Why a connection is not waited for any longer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// There was never a request.
    Silent,
    /// No request is under way.
    Idle,
    /// An answer is not taken.
    Stalled,
}

/// The requests of a connection.
#[derive(Clone)]
pub struct UnderWay(Arc<Mutex<State>>);

struct State {
    /// By number: since when a piece of the answer waits for the client.
    waiting: BTreeMap<u64, Option<Instant>>,
    begun: u64,
    idle_since: Instant,
}

impl UnderWay {
    pub fn new() -> Self {
        UnderWay(Arc::new(Mutex::new(State { waiting: BTreeMap::new(), begun: 0, idle_since: Instant::now() })))
    }

    /// Takes note of a request, which is under way until the value is dropped.
    pub fn begin(&self) -> Request {
        let mut state = self.state();
        state.begun += 1;
        let number = state.begun;
        state.waiting.insert(number, None);
        Request { number, all: self.clone() }
    }

    /// Waits until the client is too slow.
    pub async fn over(&self, patience: Patience) -> Over {
        loop {
            let now = Instant::now();
            let (at, why) = self.deadline(patience);
            match at {
                Some(at) if at <= now => return why,
                at => sleep_until(at.unwrap_or(now + LOOK).min(now + LOOK)).await,
            }
        }
    }

    fn deadline(&self, patience: Patience) -> (Option<Instant>, Over) {
        let state = self.state();
        if state.waiting.is_empty() {
            let why = if state.begun == 0 { Over::Silent } else { Over::Idle };
            return (Some(state.idle_since + patience.request), why);
        }
        (state.waiting.values().flatten().min().map(|since| *since + patience.answer), Over::Stalled)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a panicking request left behind is still a list of requests.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is under way.
pub struct Request {
    number: u64,
    all: UnderWay,
}

impl Request {
    /// Returns the body of its answer, which it is under way with to its end.
    pub fn answer(self, body: Body) -> Body {
        Body::new(Answer { body, request: self })
    }

    fn waits_since(&self, since: Option<Instant>) {
        self.all.state().waiting.insert(self.number, since);
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.all.state();
        state.waiting.remove(&self.number);
        state.idle_since = Instant::now();
    }
}

/// A body that takes note of when its pieces are taken.
struct Answer {
    body: Body,
    request: Request,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // The client has taken what was before, or enough of it.
        self.request.waits_since(None);
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(_))) = &polled {
            self.request.waits_since(Some(Instant::now()));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    // The clock of these tests is paused: time passes at once when all wait.
    use tokio::time::sleep;

    use super::*;

    const PATIENCE: Patience = Patience { request: Duration::from_secs(30), answer: Duration::from_secs(10) };

    #[tokio::test(start_paused = true)]
    async fn a_client_without_requests_has_its_time_and_each_request_starts_it_again() {
        let (all, started) = (UnderWay::new(), Instant::now());
        assert_eq!((all.over(PATIENCE).await, started.elapsed()), (Over::Silent, PATIENCE.request));
        let request = all.begin();
        let worked = tokio::spawn(async move {
            sleep(Duration::from_secs(100)).await;
            drop(request);
        });
        let started = Instant::now();
        assert_eq!((all.over(PATIENCE).await, started.elapsed()), (Over::Idle, Duration::from_secs(130)));
        worked.await.expect("worked");
    }

    #[tokio::test(start_paused = true)]
    async fn one_answer_that_is_left_lying_is_enough() {
        let all = UnderWay::new();
        let pieces = || Body::from_stream(futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("piece")));
        let (mut taken, mut left) = (all.begin().answer(pieces()), all.begin().answer(pieces()));
        let reader = tokio::spawn(async move {
            loop {
                taken.frame().await.expect("a piece").expect("a piece");
                sleep(Duration::from_secs(5)).await;
            }
        });
        left.frame().await.expect("a piece").expect("a piece");
        let started = Instant::now();
        assert_eq!(all.over(PATIENCE).await, Over::Stalled);
        assert_eq!(started.elapsed(), PATIENCE.answer);
        drop(left);
        assert!(tokio::time::timeout(Duration::from_secs(600), all.over(PATIENCE)).await.is_err());
        reader.abort();
    }
}

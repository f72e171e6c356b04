//! A body that must keep arriving: its time grows with what is there, so a large one may take long and a slow one may not.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::{Instant, Sleep, sleep_until};

/// Bytes a second that a client must send, after its first time is over.
const SLOWEST: u64 = 16 * 1024;
/// Bytes of a refused body that are still read: a client that is cut off while it writes does not see the answer.
const DRAINED_BYTES: usize = 4 * 1024 * 1024;
/// How long they may take.
const DRAINED_TIME: Duration = Duration::from_secs(5);

/// A body with a limit on how long is waited for it.
pub struct Paced {
    body: Option<Body>,
    patience: Duration,
    received: u64,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    ended: bool,
}

/// The client took too long.
#[derive(Debug)]
pub struct TooSlow;

impl std::fmt::Display for TooSlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body arrived too slowly")
    }
}

impl std::error::Error for TooSlow {}

impl TooSlow {
    /// Reports whether a body broke off for this reason.
    pub fn is_behind(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if error.is::<TooSlow>() {
                return true;
            }
            // What is wrapped for the system's sake does not name itself as a source.
            let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            cause = wrapped.map(|wrapped| wrapped as &(dyn std::error::Error + 'static)).or_else(|| error.source());
        }
        false
    }
}

impl Paced {
    /// Gives a body `patience`, and more with what arrives.
    pub fn new(body: Body, patience: Duration) -> Self {
        let ended = body.is_end_stream();
        Paced { body: Some(body), patience, received: 0, waited: Duration::ZERO, waiting: None, ended }
    }

    /// Returns how much longer may be waited.
    fn left(&self) -> Duration {
        let earned = Duration::from_millis(self.received.saturating_mul(1000) / SLOWEST);
        (self.patience + earned).saturating_sub(self.waited)
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<TooSlow> {
        if self.waiting.is_none() {
            let now = Instant::now();
            self.waiting = Some((now, Box::pin(sleep_until(now + self.left()))));
        }
        match &mut self.waiting {
            Some((_, timer)) => timer.as_mut().poll(cx).map(|()| TooSlow),
            None => Poll::Pending,
        }
    }
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(cx);
        if polled.is_pending() {
            return match self.wait(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(slow) => {
                    // Nothing more is read of it.
                    self.body = None;
                    Poll::Ready(Some(Err(slow.into())))
                }
            };
        }
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        match &polled {
            Poll::Ready(Some(Ok(frame))) => self.received += frame.data_ref().map_or(0, |data| data.len() as u64),
            _ => self.ended = true,
        }
        polled.map(|frame| frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        let Some(body) = self.body.take() else { return };
        if self.ended || body.is_end_stream() {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(DRAINED_TIME, drain(body)));
        }
    }
}

async fn drain(mut body: Body) {
    let mut left = DRAINED_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use tokio::time::sleep;

    use super::*;

    /// A body of pieces with pauses before them.
    fn body(pieces: usize, bytes: usize, pause: Duration) -> Body {
        Body::from_stream(stream::unfold(0, move |sent| async move {
            if sent == pieces {
                return None;
            }
            sleep(pause).await;
            Some((Ok::<_, std::io::Error>(Bytes::from(vec![0; bytes])), sent + 1))
        }))
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_have_a_first_time_and_more_with_what_arrives() {
        let patience = Duration::from_secs(30);
        let cases = [
            // A slow-loris: one byte each second.
            (body(1000, 1, Duration::from_secs(1)), false),
            // Nothing at all.
            (body(1, 1, Duration::from_secs(31)), false),
            (body(2, 1, Duration::from_secs(14)), true),
            // Slow, and longer than the first time, but fast enough.
            (body(300, 16 * 1024, Duration::from_secs(1)), true),
            (body(300, 8 * 1024, Duration::from_secs(1)), false),
        ];
        for (number, (body, fine)) in cases.into_iter().enumerate() {
            let read = Body::new(Paced::new(body, patience)).collect().await;
            assert_eq!(read.is_ok(), fine, "case {number}");
        }
    }
}

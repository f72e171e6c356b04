//! What fails for the moment: broken connections and servers that are busy. Helm's getter gives up at once; the texts of
//! what fails in the end are the same.

use std::io::{self, ErrorKind};
use std::time::Duration;

use ureq::Body;
use ureq::http::Response as Answer;

use crate::request::Failure;
use crate::wire;

/// The longest pause that a server can ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often is tried again, and after which pauses.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts after the first one.
    pub times: u32,
    /// The pause before the second attempt; each later one is four times as long.
    pub first_pause: Duration,
}

impl Default for Retry {
    /// Two more attempts within half a second: what stays broken is told soon.
    fn default() -> Self {
        Retry { times: 2, first_pause: Duration::from_millis(100) }
    }
}

impl Retry {
    pub const NEVER: Retry = Retry { times: 0, first_pause: Duration::ZERO };

    pub(crate) fn pauses(self) -> impl Iterator<Item = Duration> {
        (0..self.times).map(move |time| self.first_pause * 4_u32.saturating_pow(time))
    }
}

/// An attempt that failed.
pub struct Attempt {
    pub failure: Failure,
    /// Another attempt may go better.
    pub may_pass: bool,
    pub retry_after: Option<Duration>,
}

impl Attempt {
    /// Nothing would change by another attempt.
    pub fn last(failure: Failure) -> Self {
        Attempt { failure, may_pass: false, retry_after: None }
    }

    pub fn status(answer: &Answer<Body>) -> Self {
        let status = answer.status().as_u16();
        let seconds = answer.headers().get("retry-after").and_then(|v| v.to_str().ok()?.parse().ok());
        Attempt {
            failure: Failure::Status(status, wire::status_line(answer.status())),
            may_pass: matches!(status, 429 | 500 | 502 | 503 | 504),
            retry_after: seconds.map(|seconds| Duration::from_secs(seconds).min(LONGEST_PAUSE)),
        }
    }

    pub fn body(text: String, error: &io::Error) -> Self {
        Attempt { failure: Failure::Body(text), may_pass: is_broken(error), retry_after: None }
    }

    pub fn request(text: String, error: &ureq::Error) -> Self {
        let may_pass = matches!(error, ureq::Error::Io(error) if is_broken(error));
        Attempt { failure: Failure::Request(text), may_pass, retry_after: None }
    }
}

/// Reports a connection that was there and broke. One that is refused will be refused again.
fn is_broken(error: &io::Error) -> bool {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof)
}

//! When to ask again (`registry/remote/retry/policy.go` of oras-go): what may pass by itself, five times, after pauses that
//! double.

use std::time::Duration;

use ureq::Error;

use super::Answer;

const SHORTEST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(3);

/// How often and after what time.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    pub most: u32,
    /// Before the first; each later one is twice as long.
    pub pause: Duration,
}

impl Retries {
    /// What Helm does.
    pub const HELM: Retries = Retries { most: 5, pause: Duration::from_millis(250) };
    pub const NONE: Retries = Retries { most: 0, pause: Duration::ZERO };

    /// Returns the time to wait before the request is sent again; nothing when it is not.
    pub fn pause(&self, attempt: u32, answer: &Result<Answer, Error>) -> Option<Duration> {
        if attempt >= self.most || !may_pass(answer) {
            return None;
        }
        if self.pause.is_zero() {
            return Some(Duration::ZERO);
        }
        let asked = answer.as_ref().ok().filter(|answer| answer.status.as_u16() == 429);
        let seconds = asked.and_then(|answer| answer.header("retry-after").parse().ok()).filter(|seconds| *seconds > 0);
        let pause =
            seconds.map_or_else(|| jittered(self.pause.saturating_mul(1 << attempt.min(16))), Duration::from_secs);
        Some(pause.clamp(SHORTEST, LONGEST))
    }
}

fn may_pass(answer: &Result<Answer, Error>) -> bool {
    match answer {
        Ok(answer) => matches!(answer.status.as_u16(), 408 | 429 | 500..),
        Err(error) => matches!(error, Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)),
    }
}

/// A tenth more or less, so that clients that failed together do not come back together.
fn jittered(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    pause.mul_f64(0.9 + 0.2 * f64::from(random) / f64::from(u32::MAX))
}

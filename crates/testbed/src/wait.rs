//! Waiting: ask again soon, then less often, until an answer or the end of patience.

use std::thread::sleep;
use std::time::{Duration, Instant};

/// The longest time between two questions.
const PAUSE: Duration = Duration::from_millis(100);

/// Asks until there is an answer.
///
/// # Errors
/// What `ask` failed with, or that there was no answer within `patience`.
pub fn until<T>(
    what: &str,
    patience: Duration,
    mut ask: impl FnMut() -> Result<Option<T>, String>,
) -> Result<T, String> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(5);
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if start.elapsed() > patience {
            return Err(format!("waited {} s for {what}", patience.as_secs()));
        }
        sleep(pause);
        pause = (pause * 2).min(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_an_error_and_no_answer() {
        let mut asked = 0;
        let third = || {
            asked += 1;
            Ok((asked == 3).then_some(asked))
        };
        assert_eq!(until("the third", Duration::from_secs(9), third), Ok(3));
        let broken: Result<(), String> = until("x", Duration::ZERO, || Err("broken".into()));
        assert_eq!(broken, Err("broken".into()));
        let nothing: Result<(), String> = until("x", Duration::ZERO, || Ok(None));
        assert_eq!(nothing, Err("waited 0 s for x".into()));
    }
}

//! Waits with a display of their progress, and what is known when they fail.

use std::rc::Rc;
use std::time::Duration;

use action::{Strategy, Waiting};
use chart::log::Log as _;
use cluster::{Progress, Unready, Wait};
use gostd::GoError;

use crate::hints::Diagnoses;
use crate::log::{self, Stderr};
use crate::progress::Display;

/// `DefaultStatusWatcherTimeout`: what a limit of zero means for watches.
const STANDARD_LIMIT: Duration = Duration::from_secs(30);

/// Waits for `what`, shows how it goes on a terminal, and explains a failure.
pub(super) fn watched(
    what: &'static str,
    waiting: Waiting,
    wait: impl FnOnce(Wait<'_>) -> Result<(), Box<Unready>>,
) -> Result<(), GoError> {
    let strategy = match waiting.strategy {
        Strategy::Watcher => cluster::Strategy::Watcher,
        Strategy::Legacy => cluster::Strategy::Legacy,
        Strategy::HookOnly => cluster::Strategy::HookOnly,
    };
    let limit = match (waiting.timeout.is_zero(), waiting.strategy) {
        (false, _) => Some(waiting.timeout),
        (true, Strategy::Legacy) => None,
        (true, _) => Some(STANDARD_LIMIT),
    };
    let display = Display::begin(what, limit);
    let mut observe = |progress: Progress<'_>| match &display {
        Some(display) => display.tell(&progress),
        None => write_line(what, &progress),
    };
    let how = Wait { jobs: waiting.jobs, observer: Some(&mut observe), ..Wait::new(strategy, waiting.timeout) };
    let result = wait(how);
    drop(display);
    result.map_err(|unready| explained(*unready))
}

/// A line of the log for each change, with `--debug`.
fn write_line(what: &str, progress: &Progress<'_>) {
    if !log::is_debug() {
        return;
    }
    let object = crate::progress::name_of(progress.resource);
    let count = format!("{} of {}", progress.ready, progress.total);
    let fields = [
        ("object", object.as_str()),
        ("status", &progress.reading.status.to_string()),
        ("message", &progress.reading.message),
        ("done", &count),
    ];
    Stderr.debug(&format!("waiting for {what}"), &fields);
}

fn explained(unready: Unready) -> GoError {
    let text = unready.error.to_string();
    GoError { detail: Some(Rc::new(Diagnoses(unready.diagnoses))), ..GoError::new(text) }
}

//! Where indexes come from: over HTTP; registries have none.

use std::time::Duration;

use chart::log::Log;
use fetch::{Response, Sink};
use gostd::GoError;
use repo::{Getter, Http, Origin};

use crate::flags::Parsed;

/// The getters of a command (`getter.All`).
pub struct Source {
    http: Http,
}

impl Source {
    /// Takes the time limit of `--timeout`.
    pub fn of(flags: &Parsed) -> Self {
        let http = Http::default();
        let timeout = flags.last("timeout").and_then(|text| gostd::time::parse_duration(text.as_bytes()).ok());
        let timeout = timeout.map_or(http.timeout, |duration| match u64::try_from(duration.0) {
            // To Go no time is no limit.
            Ok(0) | Err(_) => NO_LIMIT,
            Ok(nanoseconds) => Duration::from_nanos(nanoseconds),
        });
        Source { http: Http { timeout, ..http } }
    }
}

/// Longer than anything takes.
const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Getter for Source {
    fn has(&self, scheme: &str) -> bool {
        scheme == "oci" || self.http.has(scheme)
    }

    fn get(&self, origin: &Origin<'_>, sink: &mut dyn Sink, log: &mut dyn Log) -> Result<Response, GoError> {
        if origin.url.starts_with("oci:") {
            return Err(GoError::new("failed to perform \"FetchReference\" on source: invalid reference"));
        }
        self.http.get(origin, sink, log)
    }
}

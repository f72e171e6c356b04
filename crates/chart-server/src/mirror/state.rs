//! What operators are told of a mirror: as JSON, and as numbers for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::upstream::Counts;

/// Archives whose failures are remembered; what comes after them is tried again in each round.
const REMEMBERED: usize = 10_000;
/// Failures that are shown.
const SHOWN: usize = 100;
/// The longest pause before a failed archive is tried again.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What is known of a mirror.
#[derive(Default)]
pub struct State {
    pub counts: Counts,
    /// The repository answered at this time.
    pub checked: Option<Timestamp>,
    /// The index was written at this time.
    pub changed: Option<Timestamp>,
    /// Of the repository as a whole; none when it answered the last time.
    pub error: Option<String>,
    pub requests: u64,
    pub archives: Archives,
}

/// How far the archives are.
#[derive(Default)]
pub struct Archives {
    /// Versions of the index that are here.
    pub kept: u64,
    /// What this process fetched.
    pub fetched: u64,
    pub bytes: u64,
    /// All of the index were tried.
    pub is_complete: bool,
    pub failures: Failures,
    /// Why a round ended early.
    pub error: Option<String>,
}

/// Archives that did not come, by their files.
#[derive(Default)]
pub struct Failures {
    known: BTreeMap<String, Failed>,
}

struct Failed {
    attempts: u32,
    error: String,
    due: Instant,
}

impl Failures {
    /// Remembers a failure; each time the pause before the next attempt is twice as long.
    pub fn add(&mut self, file: &str, error: String, pause: Duration) {
        let attempts = self.known.get(file).map_or(0, |failed| failed.attempts) + 1;
        let pause = pause.saturating_mul(2_u32.saturating_pow(attempts.min(16) - 1)).min(LONGEST);
        if self.known.len() < REMEMBERED || self.known.contains_key(file) {
            self.known.insert(file.to_owned(), Failed { attempts, error, due: Instant::now() + pause });
        }
    }

    pub fn remove(&mut self, file: &str) {
        self.known.remove(file);
    }

    /// Reports whether a file may be asked for now.
    pub fn is_due(&self, file: &str) -> bool {
        self.known.get(file).is_none_or(|failed| failed.due <= Instant::now())
    }

    /// Reports whether any file should be asked for again.
    pub fn any_due(&self) -> bool {
        let now = Instant::now();
        self.known.values().any(|failed| failed.due <= now)
    }

    /// Forgets all: there is another index.
    pub fn clear(&mut self) {
        self.known.clear();
    }

    pub fn len(&self) -> u64 {
        self.known.len() as u64
    }

    fn shown(&self) -> Vec<Value> {
        let shown = self.known.iter().take(SHOWN);
        shown.map(|(file, failed)| json!({"file": file, "attempts": failed.attempts, "error": failed.error})).collect()
    }
}

/// A mirror for which a state is told.
pub struct Told<'a> {
    pub tenant: &'a str,
    pub url: &'a str,
    pub wants_archives: bool,
    pub state: &'a State,
}

impl Told<'_> {
    /// Reports whether everything that can be here is here, as of the last time that the repository answered.
    pub fn is_synced(&self) -> bool {
        let state = self.state;
        state.checked.is_some() && state.error.is_none() && (!self.wants_archives || state.archives.is_complete)
    }

    pub fn json(&self) -> Value {
        let Told { state, .. } = self;
        let Counts { charts, versions, skipped, bytes } = state.counts;
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let archives = &state.archives;
        let error = state.error.as_ref().or(archives.error.as_ref());
        let waiting = versions.saturating_sub(archives.kept + archives.failures.len());
        let archives = json!({
            "kept": archives.kept,
            "waiting": if archives.is_complete { 0 } else { waiting },
            "failed": archives.failures.len(),
            "fetched": archives.fetched,
            "bytes": archives.bytes,
            "failures": archives.failures.shown(),
        });
        json!({
            "repository": self.tenant,
            "url": self.url,
            "synced": self.is_synced(),
            "checked": time(state.checked),
            "requests": state.requests,
            "error": error,
            "index": {
                "charts": charts, "versions": versions, "skipped": skipped, "bytes": bytes, "changed": time(state.changed),
            },
            "archives": if self.wants_archives { archives } else { Value::Null },
        })
    }
}

/// Adds the numbers of all mirrors in Prometheus' text format.
pub fn write_metrics(out: &mut String, mirrors: &[Numbers]) {
    type Number = fn(&Numbers) -> u64;
    let metrics: [(&str, &str, &str, Number); 8] = [
        ("synced", "gauge", "1 when everything that can be here is here.", |n| u64::from(n.synced)),
        ("index_versions", "gauge", "Chart versions in the index of the repository.", |n| n.versions),
        ("last_answer_timestamp_seconds", "gauge", "When the repository answered last.", |n| n.checked),
        ("requests_total", "counter", "Requests to the repository.", |n| n.requests),
        ("archives_kept", "gauge", "Versions of the index that are here.", |n| n.kept),
        ("archives_failed", "gauge", "Archives that could not be fetched.", |n| n.failed),
        ("archives_fetched_total", "counter", "Archives that were fetched.", |n| n.fetched),
        ("fetched_bytes_total", "counter", "Bytes of the archives that were fetched.", |n| n.bytes),
    ];
    if mirrors.is_empty() {
        return;
    }
    for (name, kind, help, number) in metrics {
        let name = format!("pilothouse_mirror_{name}");
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for mirror in mirrors {
            let _ = writeln!(out, "{name}{{repo=\"{}\"}} {}", crate::metrics::escaped(&mirror.tenant), number(mirror));
        }
    }
}

/// The numbers of a mirror.
pub struct Numbers {
    tenant: String,
    synced: bool,
    versions: u64,
    checked: u64,
    requests: u64,
    kept: u64,
    failed: u64,
    fetched: u64,
    bytes: u64,
}

impl Numbers {
    pub fn of(told: &Told<'_>) -> Self {
        let state = told.state;
        let checked = state.checked.and_then(|time| u64::try_from(time.as_second()).ok());
        Numbers {
            tenant: told.tenant.to_owned(),
            synced: told.is_synced(),
            versions: state.counts.versions,
            checked: checked.unwrap_or_default(),
            requests: state.requests,
            kept: state.archives.kept,
            failed: state.archives.failures.len(),
            fetched: state.archives.fetched,
            bytes: state.archives.bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_tried_again_after_longer_and_longer_pauses() {
        let mut failures = Failures::default();
        let pause = Duration::from_secs(60);
        for wait in [60, 120, 240] {
            failures.add("a.tgz", "gone".to_owned(), pause);
            assert!(!failures.is_due("a.tgz") && failures.is_due("b.tgz") && !failures.any_due());
            tokio::time::advance(Duration::from_secs(wait)).await;
            assert!(failures.is_due("a.tgz") && failures.any_due());
        }
        assert_eq!(failures.shown(), [json!({"file": "a.tgz", "attempts": 3, "error": "gone"})]);
        failures.remove("a.tgz");
        assert!(!failures.any_due());
    }

    #[test]
    fn a_mirror_is_synced_when_nothing_waits() {
        let mut state = State::default();
        let synced = |state: &State, wants_archives| {
            let told = Told { tenant: "", url: "u", wants_archives, state };
            (told.is_synced(), told.json()["synced"] == true)
        };
        assert_eq!(synced(&state, false), (false, false));
        state.checked = Some(Timestamp::UNIX_EPOCH);
        assert_eq!((synced(&state, false), synced(&state, true)), ((true, true), (false, false)));
        state.archives.is_complete = true;
        assert_eq!(synced(&state, true), (true, true));
        state.error = Some("away".to_owned());
        assert_eq!(synced(&state, true), (false, false));
    }
}

//! Where indexes come from: over HTTP, or from plugins; registries have none.

use std::time::Duration;

use chart::log::Log;
use download::PluginGetter;
use fetch::{Response, Sink};
use gostd::GoError;
use gostd::url::Url;
use repo::{Getter, Http, Origin};

use crate::flags::Parsed;
use crate::plugins;
use crate::settings::Settings;

/// The getters of a command (`getter.All`).
pub struct Source {
    http: Http,
    plugins: Vec<PluginGetter>,
}

impl Source {
    /// Takes the time limit of `--timeout`, which is none of plugins.
    pub fn of(flags: &Parsed, settings: &Settings) -> Self {
        let http = Http::default();
        let timeout = flags.last("timeout").and_then(|text| gostd::time::parse_duration(text.as_bytes()).ok());
        let timeout = timeout.map_or(http.timeout, |duration| match u64::try_from(duration.0) {
            // To Go no time is no limit.
            Ok(0) | Err(_) => NO_LIMIT,
            Ok(nanoseconds) => Duration::from_nanos(nanoseconds),
        });
        Source { http: Http { timeout, ..http }, plugins: plugins::getters(settings) }
    }

    fn plugin(&self, scheme: &str) -> Option<&PluginGetter> {
        self.plugins.iter().find(|plugin| plugin.has(scheme))
    }
}

/// Longer than anything takes.
const NO_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Getter for Source {
    fn has(&self, scheme: &str) -> bool {
        scheme == "oci" || self.http.has(scheme) || self.plugin(scheme).is_some()
    }

    fn get(&self, origin: &Origin<'_>, sink: &mut dyn Sink, log: &mut dyn Log) -> Result<Response, GoError> {
        if origin.url.starts_with("oci:") {
            return Err(GoError::new("failed to perform \"FetchReference\" on source: invalid reference"));
        }
        let scheme = Url::parse(origin.url.as_bytes()).map(|url| url.scheme).unwrap_or_default();
        let scheme = String::from_utf8_lossy(&scheme);
        match self.plugin(&scheme).filter(|_| !self.http.has(&scheme)) {
            Some(plugin) => plugin.index(origin, sink, log),
            None => self.http.get(origin, sink, log),
        }
    }
}

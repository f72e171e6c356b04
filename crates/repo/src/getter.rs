//! Gets what stands below the URL of a repository (Helm's `pkg/getter`): over HTTP here, other schemes by whoever knows
//! them.

use std::time::Duration;

use chart::log::Log;
use fetch::{Client, Compression, Known, Request, Response, Retry, Sink, TlsOptions};
use gostd::GoError;
use gostd::url::Url;

use crate::Entry;
use crate::index::Bounds;

/// Helm's `DefaultHTTPTimeout`.
pub const TIMEOUT: Duration = Duration::from_secs(120);

/// A longer index is none.
pub const INDEX_BYTES: u64 = 1 << 30;

/// Where something comes from, and with what it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    pub url: &'a str,
    /// The repository: its URL says whom credentials are for.
    pub repository: &'a Entry,
    /// What is there already.
    pub known: Option<&'a Known>,
}

/// A way to get an index.
pub trait Getter: Sync {
    /// Reports whether there is a way to get things of a scheme.
    fn has(&self, scheme: &str) -> bool;

    /// Returns how much of an index may be in memory while it comes.
    fn bounds(&self) -> Bounds {
        Bounds::default()
    }

    /// Sends what stands at a URL to a sink. The status of the answer is 304 for what is known, else 200.
    ///
    /// # Errors
    /// Helm's texts.
    fn get(&self, origin: &Origin<'_>, sink: &mut dyn Sink, log: &mut dyn Log) -> Result<Response, GoError>;
}

/// The getter of `http` and `https` (`pkg/getter/httpgetter.go`).
#[derive(Clone, Debug)]
pub struct Http {
    pub timeout: Duration,
    /// How long a server may be silent; as long as there is time, if it is not said.
    pub silence: Option<Duration>,
    /// What is said beside what Helm says.
    pub headers: Vec<(&'static str, String)>,
    pub limit_bytes: u64,
    pub retry: Retry,
    /// How much of an index may be in memory.
    pub bounds: Bounds,
}

impl Default for Http {
    fn default() -> Self {
        Http {
            timeout: TIMEOUT,
            silence: None,
            headers: Vec::new(),
            limit_bytes: INDEX_BYTES,
            retry: Retry::default(),
            bounds: Bounds::default(),
        }
    }
}

impl Getter for Http {
    fn has(&self, scheme: &str) -> bool {
        matches!(scheme, "http" | "https")
    }

    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn get(&self, origin: &Origin<'_>, sink: &mut dyn Sink, log: &mut dyn Log) -> Result<Response, GoError> {
        let Entry { username, password, .. } = origin.repository;
        let credentials = may_have_credentials(origin)?.then_some((username.as_str(), password.as_str()));
        let client = client(origin.repository)?.retrying(self.retry);
        log.debug("fetching", &[("url", origin.url)]);
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = Request {
            basic: credentials,
            known: origin.known,
            headers: &headers,
            silence: self.silence,
            ..Request::new(origin.url, self.timeout, self.limit_bytes)
        };
        let response = client
            .download(&request, sink)
            .map_err(|failure| GoError::new(failure.text(origin.url, self.limit_bytes)))?;
        let length = response.content_length.map_or_else(|| "-1".to_owned(), |length| length.to_string());
        let status = format!("{} {}", response.status, fetch::status_text(response.status));
        let fields = [("url", origin.url), ("status", &*status), ("content-length", &*length)];
        log.debug("fetch complete", &fields);
        Ok(response)
    }
}

/// Reports whether user and password go along: both must be set, and the URL be of the repository's host.
fn may_have_credentials(origin: &Origin<'_>) -> Result<bool, GoError> {
    let parse = |what: &str, url: &str| {
        Url::parse(url.as_bytes()).map_err(|error| GoError::wrap(format!("{what}: {}", error.text), error))
    };
    let target = Url::parse(origin.url.as_bytes())?;
    let owner = parse("unable to parse getter URL", &origin.repository.url)?;
    let Entry { username, password, pass_credentials_all, .. } = origin.repository;
    let same = owner.scheme == target.scheme && owner.host == target.host;
    Ok((*pass_credentials_all || same) && !username.is_empty() && !password.is_empty())
}

fn client(entry: &Entry) -> Result<Client, GoError> {
    let options = TlsOptions {
        ca_file: entry.ca_file.clone(),
        cert_file: entry.cert_file.clone(),
        key_file: entry.key_file.clone(),
        insecure_skip_verify: entry.insecure_skip_tls_verify,
    };
    if !options.are_needed() {
        return Ok(Client::new(Compression::Gzip));
    }
    Client::with_tls(&options, Compression::Gzip)
        .map_err(|error| GoError::wrap(format!("can't create TLS config for client: {}", error.text), error))
}

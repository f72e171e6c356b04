//! Gets what stands at a URL: over HTTP, from a registry, or by a plugin, as the scheme says (Helm's `pkg/getter`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chart::log::Log;
use fetch::{Client, Compression, Request, Response, Sink, TlsOptions};
use gostd::GoError;
use gostd::strconv::quote;
use gostd::url::Url;
use repo::Origin;

use crate::options::Options;
use crate::plugins::PluginGetter;
use crate::registries::Registries;

/// Helm's `DefaultHTTPTimeout`.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The longest body. What is longer is no chart: unpacked, those have 100 MiB at most.
const LIMIT_BYTES: u64 = 256 << 20;

/// Whether servers may be asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Network {
    #[default]
    Online,
    /// Only what is on this computer counts. Ours alone.
    Offline,
}

/// What is at a URL, and what the registry client prints about it.
pub struct Got {
    pub content: Vec<u8>,
    pub printed: String,
    /// The addresses that were asked after the first, as redirects led there.
    pub came_by: Vec<String>,
    /// The digest of the manifest, if a registry gave it.
    pub manifest: Option<String>,
}

/// All ways to get something. May be used by several threads.
pub struct Getters {
    pub network: Network,
    pub registries: Registries,
    pub plugins: Vec<PluginGetter>,
    /// Clients keep their connections, so each set of certificates has one.
    clients: Mutex<Vec<(TlsOptions, Arc<Client>)>>,
}

enum Way<'a> {
    Http,
    Registry,
    Plugin(&'a PluginGetter),
}

impl Getters {
    pub fn new(network: Network, registries: Registries, plugins: Vec<PluginGetter>) -> Self {
        Getters { network, registries, plugins, clients: Mutex::new(Vec::new()) }
    }

    /// Reports whether there is a way to get things of a scheme.
    pub fn has(&self, scheme: &str) -> bool {
        self.way(scheme).is_ok()
    }

    /// Checks that there is a way to get things of a scheme.
    ///
    /// # Errors
    /// `scheme "x" not supported`.
    pub fn check(&self, scheme: &str) -> Result<(), GoError> {
        self.way(scheme).map(drop)
    }

    fn way(&self, scheme: &str) -> Result<Way<'_>, GoError> {
        match scheme {
            "http" | "https" => Ok(Way::Http),
            "oci" => Ok(Way::Registry),
            _ => self.plugins.iter().find(|plugin| plugin.has(scheme)).map(Way::Plugin).ok_or_else(|| {
                let quoted = String::from_utf8_lossy(&quote(scheme.as_bytes())).into_owned();
                GoError::new(format!("scheme {quoted} not supported"))
            }),
        }
    }

    /// Returns what is at a URL.
    ///
    /// # Errors
    /// Helm's texts, `failed to fetch URL : 404 Not Found`; ours where no server may be asked.
    pub fn get(&self, url: &str, options: &Options, log: &mut dyn Log) -> Result<Got, GoError> {
        let parsed = Url::parse(url.as_bytes())?;
        let scheme = String::from_utf8_lossy(&parsed.scheme).into_owned();
        let way = self.way(&scheme)?;
        if self.network == Network::Offline {
            return Err(offline(url));
        }
        let plain = |content| Got { content, printed: String::new(), came_by: Vec::new(), manifest: None };
        match way {
            Way::Http => self.http(url, &parsed, options, log),
            Way::Registry => self.registries.get(url, options),
            Way::Plugin(plugin) => plugin.get(url, &scheme, options, log).map(plain),
        }
    }

    fn http(&self, url: &str, parsed: &Url, options: &Options, log: &mut dyn Log) -> Result<Got, GoError> {
        let client = self.client(&options.tls)?;
        let limit = options.limit_bytes.unwrap_or(LIMIT_BYTES);
        let credentials = options.credentials_for(parsed);
        let accept = [("Accept", options.accept.as_str())];
        let request = Request {
            basic: credentials.as_ref().map(|(user, password)| (user.as_str(), password.as_str())),
            headers: if options.accept.is_empty() { &[] } else { &accept },
            ..Request::new(url, TIMEOUT, limit)
        };
        log.debug("fetching", &[("url", url)]);
        let mut content = Vec::new();
        let answer =
            client.download(&request, &mut content).map_err(|failure| GoError::new(failure.text(url, limit)))?;
        let length = answer.content_length.map_or_else(|| "-1".to_owned(), |length| length.to_string());
        log.debug("fetch complete", &[("url", url), ("status", "200 OK"), ("content-length", &length)]);
        Ok(Got { content, printed: String::new(), came_by: answer.redirects, manifest: None })
    }

    fn client(&self, tls: &TlsOptions) -> Result<Arc<Client>, GoError> {
        let system = TlsOptions::default();
        let tls = if tls.are_needed() { tls } else { &system };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(known, _)| known == tls) {
            return Ok(client.clone());
        }
        let client =
            Arc::new(Client::with_tls(tls, Compression::None).map_err(|error| {
                GoError::wrap(format!("can't create TLS config for client: {}", error.text), error)
            })?);
        clients.push((tls.clone(), client.clone()));
        Ok(client)
    }
}

/// How indexes are fetched.
impl repo::Getter for Getters {
    fn has(&self, scheme: &str) -> bool {
        self.way(scheme).is_ok()
    }

    fn get(&self, origin: &Origin<'_>, sink: &mut dyn Sink, log: &mut dyn Log) -> Result<Response, GoError> {
        if self.network == Network::Offline {
            return Err(offline(origin.url));
        }
        let scheme = Url::parse(origin.url.as_bytes())?.scheme;
        if matches!(&*scheme, b"http" | b"https") {
            return repo::Http::default().get(origin, sink, log);
        }
        let got = self.get(origin.url, &Options::of_repository(origin.repository), log)?;
        given(&got.content, sink)
    }
}

/// Hands over what came in one piece, from somebody who says nothing more about it.
pub fn given(content: &[u8], sink: &mut dyn Sink) -> Result<Response, GoError> {
    sink.take(content).map_err(|error| GoError::new(error.to_string()))?;
    Ok(Response { status: 200, ..Response::default() })
}

/// Says that something would have to be fetched.
pub fn offline(url: &str) -> GoError {
    GoError::new(format!("{url} is not on this computer, and --offline asks no servers"))
}

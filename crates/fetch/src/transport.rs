//! Connections: through proxies, over TLS with our own trust, and kept for the next request.

use std::sync::Arc;

use gostd::GoError;
use rustls::ClientConfig;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, SocksConnector};
use ureq::{Agent, Proxy};

use crate::names::Names;
use crate::proxy::Environment;
use crate::target::Target;
use crate::tcp::EagerConnector;
use crate::tls::{TlsConnector, TlsOptions};
use crate::trust::Trust;
use crate::wire::{ForwardConnector, WireConnector};

/// What Helm calls itself.
pub const USER_AGENT: &str = "Helm/4.3.1";

/// Requests after the first one that redirects lead to; Go gives up before the eleventh request.
const REDIRECTS: u32 = 9;

/// Connections that stay for the next request: as many downloads as any of ours has beside each other.
const KEPT: usize = 32;

/// Whether bodies may come packed, as they do to Go's `http.Transport` unless it is told otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compression {
    None,
    Gzip,
}

/// Returns an agent with the certificates that the user names: no status is an error, nothing is sent that Go would not
/// send, redirects are followed without credentials for other hosts. Proxies come with each request, see [`proxy_for`].
///
/// # Errors
/// Those of Helm's `tlsutil.NewTLSConfig`.
pub fn transport(options: &TlsOptions, compression: Compression) -> Result<Agent, GoError> {
    Ok(agent(options.trust()?, compression))
}

/// Returns an agent that trusts the authorities of the system.
pub fn system_transport(compression: Compression) -> Agent {
    agent(Trust::system(), compression)
}

/// Returns what TLS needs that trusts the authorities of the system.
///
/// # Errors
/// A system without authorities.
pub fn system_tls() -> Result<ClientConfig, rustls::Error> {
    Trust::system().config()
}

/// Returns the proxy for a URL by the environment, with Go's rules.
///
/// # Errors
/// A URL or an address of a proxy that cannot be read.
pub fn proxy_for(url: &str) -> Result<Option<Proxy>, GoError> {
    let target = Target::parse(url).map_err(|failure| GoError::new(failure.text(url, 0)))?;
    Environment::read().proxy(&target).map_err(GoError::new)
}

fn agent(trust: Trust, compression: Compression) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(REDIRECTS)
        .redirect_auth_headers(ureq::config::RedirectAuthHeaders::SameHost)
        .proxy(None)
        .max_idle_connections(2 * KEPT)
        .max_idle_connections_per_host(KEPT)
        .user_agent(USER_AGENT)
        .accept("")
        .accept_encoding(if compression == Compression::Gzip { "gzip" } else { "" })
        .build();
    let connector =
        ().chain(ForwardConnector)
            .chain(SocksConnector::default())
            .chain(ConnectProxyConnector::default())
            .chain(EagerConnector)
            .chain(TlsConnector::new(Arc::new(trust)))
            .chain(WireConnector);
    Agent::with_parts(config, connector, Names::default())
}

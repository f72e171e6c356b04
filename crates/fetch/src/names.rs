//! Addresses of hosts. ureq asks for them before each request, also for a connection that it keeps, and on a thread of
//! its own; Go asks when it connects (`net.Dialer`).

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long an answer counts: for what is fetched in one go, not for a server that has moved.
const FRESH: Duration = Duration::from_secs(10);
/// Hosts whose addresses are remembered.
const REMEMBERED: usize = 16;

/// Asks the system for names, and remembers what it says for a moment.
#[derive(Debug, Default)]
pub struct Names {
    system: DefaultResolver,
    known: Mutex<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    host: String,
    port: u16,
    addresses: Vec<SocketAddr>,
    asked: Instant,
}

type Answer = Result<Vec<SocketAddr>, Error>;

impl Resolver for Names {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let ask = || self.system.resolve(uri, config, timeout).map(|addresses| addresses.to_vec());
        let port = uri.port_u16().or_else(|| port_of(uri.scheme_str()?));
        let addresses = match uri.host().zip(port) {
            Some((host, port)) => self.of(host, port, ask)?,
            None => ask()?,
        };
        let mut resolved = self.empty();
        addresses.into_iter().for_each(|address| resolved.push(address));
        Ok(resolved)
    }
}

impl Names {
    /// Returns the addresses of a host, which are asked for unless they are known.
    fn of(&self, host: &str, port: u16, ask: impl FnOnce() -> Answer) -> Answer {
        if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        if let Some(addresses) = self.known(host, port) {
            return Ok(addresses);
        }
        let asked = Instant::now();
        let addresses = ask()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED {
            known.push(Known { host: host.to_owned(), port, addresses: addresses.clone(), asked });
        }
        Ok(addresses)
    }

    fn known(&self, host: &str, port: u16) -> Option<Vec<SocketAddr>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|known| known.asked.elapsed() < FRESH);
        known.iter().find(|known| known.host == host && known.port == port).map(|known| known.addresses.clone())
    }
}

fn port_of(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn addresses_are_themselves() {
        let names = Names::default();
        for (host, port, expected) in [("127.0.0.1", 81, "127.0.0.1:81"), ("[::1]", 443, "[::1]:443")] {
            let found = names.of(host, port, || Err(Error::HostNotFound)).expect("addresses");
            assert_eq!(found, [address(expected)], "{host}");
        }
    }

    #[test]
    fn names_are_asked_for_once_and_failures_again() {
        let names = Names::default();
        assert!(names.of("a", 80, || Err(Error::HostNotFound)).is_err());
        for _ in 0..2 * REMEMBERED as u16 {
            let first = names.of("a", 80, || Ok(vec![address("10.0.0.1:80")])).expect("addresses");
            assert_eq!(first, [address("10.0.0.1:80")]);
            assert_eq!(names.of("a", 80, || Err(Error::HostNotFound)).expect("known"), first);
        }
        assert!(names.of("a", 81, || Err(Error::HostNotFound)).is_err());
        for port in 0..2 * REMEMBERED as u16 {
            names.of("b", port, || Ok(vec![address("10.0.0.2:1")])).expect("addresses");
        }
        assert_eq!(names.known.lock().expect("names").len(), REMEMBERED);
    }
}

//! Gets what stands at a URL, as Helm's HTTP getter does (`pkg/getter/httpgetter.go` of Helm 4.3.1): ten redirects, the
//! proxies of the environment, the certificates of the system, no compression.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body, Error};

/// Helm's `DefaultHTTPTimeout`.
const TIMEOUT: Duration = Duration::from_secs(120);
const USER_AGENT: &str = "Helm/4.3.1";

/// Returns the body at an `http` or `https` URL.
///
/// # Errors
/// Helm's text: `failed to fetch URL : 404 Not Found`, `Get "URL": dial tcp …`; ours for a body of more than `limit`
/// bytes.
pub fn get(url: &str, limit: usize) -> Result<Vec<u8>, String> {
    let mut response = agent().get(url).call().map_err(|error| explain(url, &error))?;
    let status = response.status();
    if status != 200 {
        let reason = status.canonical_reason().unwrap_or_default();
        return Err(format!("failed to fetch {url} : {} {reason}", status.as_u16()).trim_end().to_owned());
    }
    read(response.body_mut(), limit).map_err(|error| match error {
        Error::BodyExceedsLimit(_) => format!("failed to fetch {url} : it is larger than {} MiB", limit >> 20),
        error => explain(url, &error),
    })
}

fn read(body: &mut Body, limit: usize) -> Result<Vec<u8>, Error> {
    body.with_config().limit(limit as u64).read_to_vec()
}

fn agent() -> Agent {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(10)
        .timeout_global(Some(TIMEOUT))
        .user_agent(USER_AGENT)
        .accept_encoding("")
        .build();
    Agent::new_with_config(config)
}

/// Puts an error into the words of Go's `net/http`.
fn explain(url: &str, error: &Error) -> String {
    let host = host(url);
    match error {
        // What the system says when a name is not known has no kind of its own.
        Error::Io(error) if error.to_string().contains("failed to lookup address") => unknown_host(url),
        Error::HostNotFound => unknown_host(url),
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            let port = if url.starts_with("https:") { ":443" } else { ":80" };
            let port = if without_port(host) == host { port } else { "" };
            format!("Get {url:?}: dial tcp {host}{port}: connect: connection refused")
        }
        Error::TooManyRedirects => format!("Get {url:?}: stopped after 10 redirects"),
        Error::Timeout(_) => {
            format!("Get {url:?}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
        }
        error => format!("Get {url:?}: {error}"),
    }
}

fn unknown_host(url: &str) -> String {
    format!("Get {url:?}: dial tcp: lookup {}: no such host", without_port(host(url)))
}

/// Returns the host of a URL with its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers one request, and returns the URL.
    fn serve(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/v.yaml", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a request");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        });
        url
    }

    #[test]
    fn bodies_and_failures_are_those_of_helm() {
        let ok = serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na: 1\n");
        assert_eq!(super::get(&ok, 100).as_deref(), Ok(b"a: 1\n".as_slice()));
        let missing = serve("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(super::get(&missing, 100), Err(format!("failed to fetch {missing} : 404 Not Found")));
        let large = serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na: 1\n");
        assert_eq!(super::get(&large, 2), Err(format!("failed to fetch {large} : it is larger than 0 MiB")));
    }

    #[test]
    fn nobody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let url = format!("http://{address}/v.yaml");
        let text = format!("Get {url:?}: dial tcp {address}: connect: connection refused");
        assert_eq!(super::get(&url, 100), Err(text));
    }
}

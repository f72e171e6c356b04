//! Errors in the words of Go's `net/http`.

use std::io::{self, ErrorKind};

use ureq::Error;
use ureq::http::StatusCode;

/// Says why there was no answer: `Get "URL": …`.
pub fn no_answer(url: &str, error: &Error) -> String {
    got(
        url,
        &match error {
            // What the system says when a name is not known has no kind of its own.
            Error::Io(error) if error.to_string().contains("failed to lookup address") => unknown_host(url),
            Error::HostNotFound => unknown_host(url),
            Error::Io(error) => broken_connection(url, error),
            Error::TooManyRedirects => "stopped after 10 redirects".to_owned(),
            Error::Timeout(_) => {
                "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned()
            }
            error => error.to_string(),
        },
    )
}

/// Says that a URL has no host.
pub fn no_host(url: &str) -> String {
    got(url, "http: no Host in request URL")
}

fn broken_connection(url: &str, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => format!("dial tcp {}: connect: connection refused", with_port(url)),
        ErrorKind::UnexpectedEof => "EOF".to_owned(),
        _ if error.to_string().ends_with("InvalidContentType") => {
            "tls: first record does not look like a TLS handshake".to_owned()
        }
        _ => error.to_string(),
    }
}

/// Go shows no passwords.
fn got(url: &str, text: &str) -> String {
    let user = authority(url).rsplit_once('@').map_or("", |(user, _)| user);
    match user.split_once(':') {
        Some((name, _)) => format!("Get {:?}: {text}", url.replacen(&format!("{user}@"), &format!("{name}:***@"), 1)),
        None => format!("Get {url:?}: {text}"),
    }
}

/// Says why a body ended before its end.
pub fn broken_body(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::Timeout(_)) => {
            "context deadline exceeded (Client.Timeout or context cancellation while reading body)".to_owned()
        }
        _ if error.kind() == ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        _ => error.to_string(),
    }
}

/// Returns Go's `http.StatusText`, which keeps older names for two.
pub fn status(code: StatusCode) -> &'static str {
    match code.as_u16() {
        413 => "Request Entity Too Large",
        416 => "Requested Range Not Satisfiable",
        _ => code.canonical_reason().unwrap_or_default(),
    }
}

fn unknown_host(url: &str) -> String {
    format!("dial tcp: lookup {}: no such host", without_port(host(url)))
}

/// Returns what stands between the slashes of a URL, nothing for `http:x`.
fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Returns the host of a URL, with its port if it has one.
pub fn host(url: &str) -> &str {
    authority(url).rsplit('@').next().unwrap_or_default()
}

fn with_port(url: &str) -> String {
    let (host, port) = (host(url), if url.starts_with("https:") { ":443" } else { ":80" });
    if without_port(host) == host { format!("{host}{port}") } else { host.to_owned() }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

//! Errors in the words of Go's `net/http`.

use std::io::{self, ErrorKind};

use ureq::http::StatusCode;
use ureq::{Error, Proxy};

use crate::proxy::{Environment, is_socks};
use crate::target::Target;
use crate::tls_words;

/// Says why a URL gave no answer, as `dial tcp 10.0.0.1:80: connect: connection refused`: what Go puts behind `Get "URL": `.
pub fn reason(url: &str, error: &Error) -> String {
    match Target::parse(url) {
        Ok(target) => match Environment::read().proxy(&target) {
            Ok(Some(proxy)) => no_answer_through(&proxy, &target, error),
            _ => no_answer(&target, error),
        },
        Err(failure) => failure.text(url, 0),
    }
}

/// Says why there was no answer, without the URL.
pub fn no_answer(target: &Target, error: &Error) -> String {
    match error {
        // What the system says when a name is not known has no kind of its own.
        Error::Io(error) if error.to_string().contains("failed to lookup address") => unknown_host(target),
        Error::HostNotFound => unknown_host(target),
        Error::Io(error) => broken_connection(target, error),
        Error::Rustls(error) => tls_words::text(error),
        Error::Timeout(_) => "context deadline exceeded (Client.Timeout exceeded while awaiting headers)".to_owned(),
        Error::ConnectProxyFailed(text) => refused_tunnel(text),
        error => error.to_string(),
    }
}

/// Says why there was no answer through a proxy: of a connection, it is the one to the proxy.
pub fn no_answer_through(proxy: &Proxy, target: &Target, error: &Error) -> String {
    match error {
        Error::Io(cause) if cause.kind() == ErrorKind::ConnectionRefused => {
            let address = format!("{}:{}", proxy.host(), proxy.port());
            format!("proxyconnect tcp: dial tcp {address}: connect: connection refused")
        }
        Error::Io(cause) if is_socks(proxy) => {
            let (from, to) = (format!("{}:{}", proxy.host(), proxy.port()), target.address());
            match socks_words(&cause.to_string()) {
                Some(text) => format!("socks connect tcp {from}->{to}: {text}"),
                None => no_answer(target, error),
            }
        }
        error => no_answer(target, error),
    }
}

/// Returns Go's words for what ureq says of the talk with a proxy (`net/http`'s `socks_bundle.go`); none for other errors.
fn socks_words(text: &str) -> Option<String> {
    let refused = [
        "general SOCKS server failure",
        "connection not allowed by ruleset",
        "network unreachable",
        "host unreachable",
        "connection refused",
        "TTL expired",
        "command not supported",
    ];
    if refused.contains(&text) {
        return Some(format!("unknown error {text}"));
    }
    let same = [
        ("address kind not supported", "unknown error address type not supported"),
        ("no acceptable auth methods", "no acceptable authentication methods"),
        ("password authentication failed", "username/password authentication failed"),
        ("invalid username", "invalid username/password"),
        ("invalid password", "invalid username/password"),
        ("domain name too long", "FQDN too long"),
        ("failed to fill whole buffer", "EOF"),
        ("invalid reserved byte", "non-zero reserved field"),
        // What it was instead is not told.
        ("unknown auth method", "unsupported authentication method"),
        ("invalid response version", "unexpected protocol version"),
        ("unsupported address type", "unknown address type"),
        ("unknown error", "unknown error unknown code"),
    ];
    same.iter().find(|(ours, _)| *ours == text).map(|(_, go)| (*go).to_owned())
}

/// Wraps a text as `url.Error` does.
pub fn got(url: &str, text: &str) -> String {
    format!("Get {}: {text}", String::from_utf8_lossy(&gostd::strconv::quote(url.as_bytes())))
}

fn broken_connection(target: &Target, error: &io::Error) -> String {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls_words::text(error);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => format!("dial tcp {}: connect: connection refused", target.address()),
        ErrorKind::UnexpectedEof => "EOF".to_owned(),
        _ => error.to_string(),
    }
}

/// Of a proxy that refuses, Go shows the words of its status: `proxy server responded 403/403`.
fn refused_tunnel(text: &str) -> String {
    let code = text.rsplit('/').next().and_then(|code| code.parse().ok());
    code.map_or_else(|| text.to_owned(), |code| status_text(code).to_owned())
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
pub fn status_text(code: u16) -> &'static str {
    match code {
        413 => "Request Entity Too Large",
        416 => "Requested Range Not Satisfiable",
        _ => StatusCode::from_u16(code).ok().and_then(|code| code.canonical_reason()).unwrap_or_default(),
    }
}

fn unknown_host(target: &Target) -> String {
    format!("dial tcp: lookup {}: no such host", target.hostname())
}

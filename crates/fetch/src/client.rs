//! A client for single files: what is asked for, and how much of an answer is taken.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body};

use crate::words;

const USER_AGENT: &str = "Helm/4.3.1";

/// Go gives up before the eleventh request.
const REDIRECTS: u32 = 9;

/// Whether bodies may come packed, as they do to Go's `http.Transport` unless it is told otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compression {
    None,
    Gzip,
}

/// How much one answer may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest body, unpacked.
    pub limit_bytes: usize,
    /// From the first connection to the end of the body.
    pub timeout: Duration,
}

/// Why there is no body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// There was no answer: the text of Go's `http.Client`, as `Get "URL": dial tcp …`.
    Request(String),
    /// The answer was another than 200: its number, and Go's `http.StatusText` for it.
    Status(u16, &'static str),
    /// The body broke off: the text of Go's reader.
    Body(String),
    TooLong,
}

/// Keeps its connections from one answer to the next.
pub struct Client {
    agent: Agent,
    compression: Compression,
}

impl Client {
    pub fn new(compression: Compression) -> Self {
        Client { agent: agent(compression), compression }
    }

    /// Returns the body at an `http` or `https` URL.
    ///
    /// # Errors
    /// As [`Failure`].
    pub fn get(&self, url: &str, bounds: &Bounds) -> Result<Vec<u8>, Failure> {
        if words::host(url).is_empty() {
            return Err(Failure::Request(words::no_host(url)));
        }
        let request = self.agent.get(url).config().timeout_global(Some(bounds.timeout)).build();
        let response = request.call().map_err(|error| Failure::Request(words::no_answer(url, &error)))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Failure::Status(status, words::status(response.status())));
        }
        self.read(response, bounds.limit_bytes)
            .map_err(|error| Failure::Body(words::broken_body(&error)))
            .and_then(|body| if body.len() > bounds.limit_bytes { Err(Failure::TooLong) } else { Ok(body) })
    }

    /// Reads a body, or one byte more of it than the limit.
    fn read(&self, response: Response<Body>, limit_bytes: usize) -> io::Result<Vec<u8>> {
        let packed =
            response.headers().get("content-encoding").is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"gzip"));
        let reader = response.into_body().into_reader();
        let mut body = Vec::new();
        let most = (limit_bytes as u64).saturating_add(1);
        match (self.compression, packed) {
            (Compression::Gzip, true) => MultiGzDecoder::new(reader).take(most).read_to_end(&mut body)?,
            (Compression::Gzip, false) | (Compression::None, _) => reader.take(most).read_to_end(&mut body)?,
        };
        Ok(body)
    }
}

fn agent(compression: Compression) -> Agent {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider)
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .http_status_as_error(false)
        .max_redirects(REDIRECTS)
        .user_agent(USER_AGENT)
        .accept_encoding(if compression == Compression::Gzip { "gzip" } else { "" })
        .build();
    Agent::new_with_config(config)
}

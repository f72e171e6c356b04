//! The client: requests, again where it helps, until a body is there.

use std::time::{Duration, Instant};

use gostd::GoError;
use ureq::Agent;

use crate::body;
use crate::follow::Asker;
use crate::proxy::Environment;
use crate::request::{Failure, Request, Response, Sink};
use crate::retry::{Attempt, Retry};
use crate::tls::TlsOptions;
use crate::transport::{Compression, system_transport, transport};

/// Helm's `DefaultHTTPTimeout`.
const TIMEOUT: Duration = Duration::from_secs(120);

/// How much one answer may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The longest body, unpacked.
    pub limit_bytes: usize,
    /// From the first connection to the end of the body.
    pub timeout: Duration,
}

/// Keeps its connections from one answer to the next; may be used by several threads.
pub struct Client {
    asker: Asker,
    compression: Compression,
    retry: Retry,
}

impl Client {
    /// Makes a client that trusts the authorities of the system.
    pub fn new(compression: Compression) -> Self {
        Client::over(system_transport(compression), compression)
    }

    /// Makes a client with certificates that the user names.
    ///
    /// # Errors
    /// Those of Helm's `tlsutil.NewTLSConfig`, as `can't read CA file: "x": open x: no such file or directory`.
    pub fn with_tls(options: &TlsOptions, compression: Compression) -> Result<Self, GoError> {
        Ok(Client::over(transport(options, compression)?, compression))
    }

    fn over(agent: Agent, compression: Compression) -> Self {
        let asker = Asker { agent, proxies: Environment::read() };
        Client { asker, compression, retry: Retry::default() }
    }

    /// Sets how often is tried again what fails for the moment.
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Returns the body at an `http` or `https` URL.
    ///
    /// # Errors
    /// As [`Failure`].
    pub fn get(&self, url: &str, bounds: &Bounds) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        self.download(&Request::new(url, bounds.timeout, bounds.limit_bytes as u64), &mut body)?;
        Ok(body)
    }

    /// Sends the body at an `http` or `https` URL to a sink, piece by piece.
    ///
    /// # Errors
    /// As [`Failure`], after the last attempt; the sink may have got a part then.
    pub fn download(&self, request: &Request<'_>, sink: &mut dyn Sink) -> Result<Response, Failure> {
        let deadline = Instant::now() + request.timeout;
        let mut pauses = self.retry.pauses();
        loop {
            let attempt = match self.once(request, deadline, sink) {
                Ok(response) => return Ok(response),
                Err(attempt) => attempt,
            };
            let Some(pause) = pauses.next().filter(|_| attempt.may_pass) else { return Err(attempt.failure) };
            let pause = pause.max(attempt.retry_after.unwrap_or_default());
            if Instant::now() + pause >= deadline {
                return Err(attempt.failure);
            }
            // The back-off, or what the server asked for.
            std::thread::sleep(pause);
            sink.restart().map_err(|error| Failure::Sink(error.to_string()))?;
        }
    }

    fn once(&self, request: &Request<'_>, deadline: Instant, sink: &mut dyn Sink) -> Result<Response, Attempt> {
        let (redirects, answer) = self.asker.follow(request, deadline)?;
        let status = answer.status().as_u16();
        let is_known = status == 304 && request.known.is_some();
        if status != 200 && !is_known {
            return Err(Attempt::status(&answer));
        }
        let response = body::described(redirects, &answer);
        if !is_known {
            body::read(answer, self.compression, request.limit_bytes, sink)?;
        }
        Ok(response)
    }
}

/// Returns the body at an `http` or `https` URL, as Helm's HTTP getter does (`pkg/getter/httpgetter.go`).
///
/// # Errors
/// Helm's text: `failed to fetch URL : 404 Not Found`, `Get "URL": dial tcp …`; ours for a body of more than
/// `limit_bytes`.
pub fn get(url: &str, limit_bytes: usize) -> Result<Vec<u8>, String> {
    let bounds = Bounds { limit_bytes, timeout: TIMEOUT };
    Client::new(Compression::None).get(url, &bounds).map_err(|failure| failure.text(url, limit_bytes as u64))
}

//! Requests and answers as Go's `http.Client` handles them over oras-go's retrying transport: redirects here, retries of
//! each step below. Knows nothing of credentials but that they stay at the origin they were meant for.

mod answer;
mod origin;
mod request;
mod retry;
mod trace;

use std::time::Duration;

use gostd::url::Url;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use crate::error::Error;
use crate::quote;

pub use answer::{Answer, Body};
pub use origin::{same_host, same_origin};
pub use request::{Method, Request};
pub use retry::Retries;
pub use trace::Trace;

/// Helm follows redirects without end; Go's own clients give up before the eleventh request.
const REQUESTS: usize = 10;

/// As Go's default transport, which waits for answers without end.
const CONNECT: Duration = Duration::from_secs(30);
/// A registry may check what it was sent before it answers. So long it may also pause in a body.
const ANSWER: Duration = Duration::from_secs(300);
/// A quarter of a gigabyte over a slow line.
const BODY: Duration = Duration::from_secs(1800);

/// Sends requests. Keeps its connections from one request to the next.
pub struct Transport {
    agent: Agent,
    retries: Retries,
    trace: Option<Trace>,
}

impl Transport {
    pub fn new(agent: Agent, retries: Retries, trace: Option<Trace>) -> Self {
        Transport { agent, retries, trace }
    }

    /// Sends a request and follows redirects. Credentials are not sent to another scheme, host or port, and not again
    /// after one of these was visited.
    ///
    /// # Errors
    /// `Get "URL": dial tcp …`.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let mut step = request.clone();
        for _ in 0..REQUESTS {
            let answer = self.try_often(&step)?;
            match next_step(&step, &answer)? {
                Some(next) => step = next,
                None => return Ok(answer),
            }
        }
        Err(failed(request.method, &step.url, "stopped after 10 redirects"))
    }

    /// Sends one request until the answer is worth having (`retry.Transport`).
    fn try_often(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let mut attempt = 0;
        loop {
            let answer = self.try_once(request);
            let pause = self.retries.pause(attempt, &answer);
            let (Some(pause), true) = (pause, request.may_be_repeated()) else {
                return answer
                    .map_err(|error| failed(request.method, &request.url, &fetch::reason(&request.target(), &error)));
            };
            // The back-off of oras-go, or what the registry asked for.
            std::thread::sleep(pause);
            attempt += 1;
        }
    }

    fn try_once(&self, request: &Request<'_>) -> Result<Answer, ureq::Error> {
        let Some(trace) = &self.trace else { return self.exchange(request) };
        let id = trace.request(request);
        let mut answer = self.exchange(request);
        trace.response(id, request, &mut answer);
        answer
    }

    fn exchange(&self, request: &Request<'_>) -> Result<Answer, ureq::Error> {
        let response = match request.body {
            Some(body) => self.run(request.head(body)?),
            None => self.run(request.head(())?),
        };
        Ok(Answer::new(request, response?))
    }

    fn run<B: ureq::AsSendBody>(&self, request: ureq::http::Request<B>) -> Result<Response<ureq::Body>, ureq::Error> {
        let proxy = fetch::proxy_for(&request.uri().to_string());
        let proxy = proxy.map_err(|error| ureq::Error::Io(std::io::Error::other(error.text)))?;
        let configured = self
            .agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(proxy)
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(BODY))
            .timeout_per_read(Some(ANSWER))
            .build();
        self.agent.run(configured)
    }
}

/// Returns the request that a redirect asks for (Go's `redirectBehavior`).
fn next_step<'a>(request: &Request<'a>, answer: &Answer) -> Result<Option<Request<'a>>, Error> {
    let keeps_body = match answer.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        _ => return Ok(None),
    };
    let location = answer.header("location");
    if location.is_empty() || (keeps_body && !request.may_be_repeated()) {
        return Ok(None);
    }
    let url = resolve(&answer.url, location).map_err(|error| {
        failed(
            request.method,
            &answer.url,
            &format!("failed to parse Location header {}: {}", quote(location), error.text),
        )
    })?;
    let mut next = request.clone();
    if !same_origin(&request.url, &url) {
        next.authorization = None;
    }
    next.url = url;
    if !keeps_body {
        next.without_body();
    }
    Ok(Some(next))
}

/// Returns what a reference means at a URL.
///
/// # Errors
/// As [`Url::parse`].
pub fn resolve(base: &Url, reference: &str) -> Result<Url, Error> {
    Ok(base.resolve_reference(&Url::parse(reference.as_bytes())?))
}

/// The error of Go's `http.Client`.
fn failed(method: Method, url: &Url, reason: &str) -> Error {
    Error::new(format!("{} {}: {reason}", method.operation(), quote(&url_text(url))))
}

/// A URL as text. Those we have are made of text.
pub fn url_text(url: &Url) -> String {
    String::from_utf8_lossy(&url.text()).into_owned()
}

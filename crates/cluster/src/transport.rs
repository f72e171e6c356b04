//! Sends one request over kube's client: time limits, retries that the server asks for, and Go's words for a failed
//! connection.

use std::error::Error as _;
use std::sync::Mutex;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use kube::client::Body;
use tokio::time::{Instant, sleep};

use crate::answer::{api_error, leader_changed};
use crate::{Error, Method, Request, Response};

/// An open way to the API server.
pub(crate) struct Transport {
    client: kube::Client,
    /// `https://host:port`, for error texts.
    server: String,
    pace: Option<Pace>,
    warnings: Mutex<Vec<String>>,
}

/// More than any list that the server gives at once; a stranger's server could go on for ever.
pub(crate) const BODY_LIMIT_BYTES: usize = 1 << 30;

/// `maxRetries` of client-go's requests.
const RETRIES: usize = 10;

/// Warnings beyond these are dropped.
const WARNINGS_LIMIT: usize = 1000;

impl Transport {
    pub fn new(client: kube::Client, server: String, burst: u32, qps: f32) -> Self {
        Transport { client, server, pace: Pace::new(burst, qps), warnings: Mutex::default() }
    }

    /// Returns the warnings that answers carried since the last call.
    pub fn take_warnings(&self) -> Vec<String> {
        self.warnings.lock().map(|mut list| std::mem::take(&mut *list)).unwrap_or_default()
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: &Request) -> Result<Response, Error> {
        let answer = self.answer(request).await?;
        self.read(answer).await
    }

    /// Sends a request whose answer of success is still to be read. One that asks to come back later is sent again, as
    /// client-go does.
    pub async fn answer(&self, request: &Request) -> Result<http::Response<Body>, Error> {
        let (mut leaders, mut retries) = (0, RETRIES);
        loop {
            let answer = self.open(request, None).await?;
            self.keep_warnings(answer.headers());
            let (code, retry_after) = (answer.status().as_u16(), retry_after(answer.headers()));
            if (200..300).contains(&code) {
                return Ok(answer);
            }
            let error = api_error(request.method, &request.path, code, &self.read(answer).await?.body);
            match retry_after.filter(|_| code == 429 || code >= 500) {
                Some(seconds) if retries > 0 => {
                    retries -= 1;
                    sleep(Duration::from_secs(seconds)).await;
                }
                None if leaders == 0 && leader_changed(&error) => leaders += 1,
                _ => return Err(error.into()),
            }
        }
    }

    /// Sends a request whose answer is read piece by piece: logs and watches.
    pub async fn stream(&self, request: &Request) -> Result<Body, Error> {
        // Servers since 1.37 compress each event by itself, and only the first would be read.
        let answer = self.open(request, Some("identity")).await?;
        let code = answer.status().as_u16();
        if (200..300).contains(&code) {
            return Ok(answer.into_body());
        }
        let response = self.read(answer).await?;
        Err(api_error(request.method, &request.path, code, &response.body).into())
    }

    async fn open(&self, request: &Request, encoding: Option<&str>) -> Result<http::Response<Body>, Error> {
        if let Some(pace) = &self.pace {
            pace.wait().await;
        }
        let target = request.target();
        let mut builder =
            http::Request::builder().method(request.method.as_str()).uri(&target).header("accept", request.accept);
        if let Some(encoding) = encoding {
            builder = builder.header("accept-encoding", encoding);
        }
        if !request.body.is_empty() {
            builder = builder.header("content-type", request.content_type);
        }
        let built = builder
            .body(Body::from(request.body.clone()))
            .map_err(|error| Error::Plain(format!("cannot make a request for {target}: {error}")))?;
        self.client.send(built).await.map_err(|error| self.unreachable(request.method, &target, &error))
    }

    async fn read(&self, answer: http::Response<Body>) -> Result<Response, Error> {
        let code = answer.status().as_u16();
        let content_type =
            answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = Limited::new(answer.into_body(), BODY_LIMIT_BYTES).collect().await;
        let body = body.map_err(|error| broken_off(error.as_ref()))?;
        Ok(Response { code, content_type, body: body.to_bytes().to_vec() })
    }

    /// A warning header is `299 - "text"`.
    fn keep_warnings(&self, headers: &http::HeaderMap) {
        let Ok(mut list) = self.warnings.lock() else { return };
        for value in headers.get_all("warning") {
            let text = String::from_utf8_lossy(value.as_bytes());
            let text = unquote(text.splitn(3, ' ').nth(2).unwrap_or_default());
            if !text.is_empty() && list.len() < WARNINGS_LIMIT {
                list.push(text);
            }
        }
    }

    /// `Get "https://host/path": dial tcp host: connect: connection refused`.
    fn unreachable(&self, method: Method, target: &str, error: &kube::Error) -> Error {
        let server = self.server.trim_end_matches('/');
        Error::Transport(format!("{} \"{server}{target}\": {}", method.title(), cause(server, error)))
    }
}

/// What client-go says of an answer that does not come to its end, with Go's word where it was just cut off.
pub(crate) fn broken_off(error: &(dyn std::error::Error + 'static)) -> Error {
    let mut link = Some(error);
    let mut cause = error.to_string();
    while let Some(current) = link {
        cause = current.to_string();
        let ended = |io: &std::io::Error| io.kind() == std::io::ErrorKind::UnexpectedEof;
        if current.downcast_ref::<std::io::Error>().is_some_and(ended) {
            cause = "unexpected EOF".to_owned();
            break;
        }
        link = current.source();
    }
    let text = format!("unexpected error when reading response body. Please retry. Original error: {cause}");
    Error::Transport(text)
}

/// Reads a quoted string of a header, up to its closing quote.
fn unquote(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.strip_prefix('"').unwrap_or(text).chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => break,
            '\\' => plain.extend(chars.next()),
            next => plain.push(next),
        }
    }
    plain
}

/// The longest that the server may let us wait before a request is sent again.
const LONGEST_WAIT_SECONDS: u64 = 60;

fn retry_after(headers: &http::HeaderMap) -> Option<u64> {
    let seconds: u64 = headers.get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(seconds.min(LONGEST_WAIT_SECONDS))
}

/// Finds what Go would say in the chain of causes.
fn cause(server: &str, error: &kube::Error) -> String {
    let address = server.split("://").nth(1).unwrap_or(server).split('/').next().unwrap_or_default();
    let address = if address.contains(':') { address.to_owned() } else { format!("{address}:443") };
    let mut link: Option<&dyn std::error::Error> = Some(error);
    let mut last = error.to_string();
    while let Some(current) = link {
        last = current.to_string();
        if let Some(io) = current.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return format!("dial tcp {}: connect: connection refused", numeric(&address));
        }
        if last.contains("failed to lookup address") {
            let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
            return format!("dial tcp: lookup {host}{}: no such host", name_server());
        }
        if last.contains("UnknownIssuer") {
            return "tls: failed to verify certificate: x509: certificate signed by unknown authority".to_owned();
        }
        link = current.source();
    }
    let _ = error.source();
    last
}

/// ` on ADDRESS:53`: Go's resolver names who answered.
fn name_server() -> String {
    let settings = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let first = settings.lines().find_map(|line| line.trim().strip_prefix("nameserver"));
    first.map(|address| format!(" on {}:53", address.trim())).unwrap_or_default()
}

/// Go names the address that it tried last: for `localhost` the IPv4 one, where both were refused.
fn numeric(address: &str) -> String {
    match address.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => address.to_owned(),
    }
}

/// A token bucket, as client-go's rate limiter: `burst` requests at once, then `qps` a second.
struct Pace {
    burst: f64,
    qps: f64,
    state: tokio::sync::Mutex<(f64, Instant)>,
}

impl Pace {
    fn new(burst: u32, qps: f32) -> Option<Self> {
        let usable = qps.is_finite() && qps > 0.0;
        usable.then(|| {
            let burst = f64::from(burst.max(1));
            Pace { burst, qps: f64::from(qps), state: tokio::sync::Mutex::new((burst, Instant::now())) }
        })
    }

    async fn wait(&self) {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let tokens = (state.0 + now.duration_since(state.1).as_secs_f64() * self.qps).min(self.burst) - 1.0;
        *state = (tokens, now);
        if tokens < 0.0 {
            // The lock is kept: who comes later waits longer.
            sleep(Duration::from_secs_f64(-tokens / self.qps)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn warnings_lose_their_quotes() {
        for (text, want) in [
            (r#""unknown field \"spec\"""#, r#"unknown field "spec""#),
            (r#""a\\b" "date""#, r"a\b"),
            ("bare", "bare"),
            (r#""open\"#, "open"),
        ] {
            assert_eq!(super::unquote(text), want, "{text}");
        }
    }
}

//! HTTP/1.1 and HTTP/2 with one client, with limits on time and size, until the connection or the server ends.

use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::{self, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};

use super::ending::Told;
use super::under_way::{Over, Patience, UnderWay};
use super::{Answers, Peer};

/// Bytes of the head of a request: a token of 16 KiB, and what goes with it.
const HEAD_BYTES: usize = 64 * 1024;
/// Fields of the head of a request.
const HEAD_FIELDS: usize = 100;
/// Requests that a connection has under way at a time: what RFC 9113 (6.5.2) wants at least.
const STREAMS: u32 = 100;
/// Requests that were taken back before they were looked at, after which a client is told to calm down (rapid reset,
/// CVE-2023-44487). A browser takes back a page's worth.
const TAKEN_BACK: usize = 20;
/// Streams that the client made us reset by its mistakes (CVE-2025-8671).
const MISTAKES: usize = 100;
/// Bytes of bodies of one connection that are here before they are read.
const RECEIVED_BYTES: u32 = 1024 * 1024;
/// Bytes of an answer that wait for the client beside the piece that is being sent.
const SENT_BYTES: usize = 64 * 1024;
/// How many times the patience for a piece a connection has that is to end: what is on its way may come to its end.
const LAST_PIECES: u32 = 5;

/// A version of HTTP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    One,
    Two,
}

/// The names of the versions in the handshake of TLS (RFC 7301), the better one first.
pub fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

impl Version {
    /// What was agreed on in the handshake.
    pub fn agreed(protocol: Option<&[u8]>) -> Self {
        if protocol == Some(b"h2") { Version::Two } else { Version::One }
    }

    /// What the first bytes of a client in clear text mean: HTTP/2 begins with a method that there is not (RFC 9113, 3.4).
    pub fn begun(start: &[u8]) -> Self {
        if start.starts_with(b"PRI") { Version::Two } else { Version::One }
    }
}

/// Who answers the requests of a connection, and whose they are.
#[derive(Clone)]
pub struct Service<A> {
    pub answers: A,
    pub peer: Peer,
}

impl<A: Answers> Service<A> {
    /// Answers a request; to HEAD with the length that the body would have.
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        if let Some(refused) = wrong_host(&request) {
            return Ok(refused);
        }
        let is_head = request.method() == Method::HEAD;
        let mut answered = self.answers.answer(self.peer, request.map(Body::new)).await;
        if is_head {
            if let Some(length) = answered.body().size_hint().exact() {
                answered.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
            }
            *answered.body_mut() = Body::empty();
        }
        Ok(answered)
    }
}

/// Refuses a request that does not say once which host it is for (RFC 9112, 3.2), in Go's words (`readRequest` of
/// net/http/server.go, Go 1.26): what stands in front of the server might have read another one.
fn wrong_host<B>(request: &Request<B>) -> Option<Response<Body>> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let text = match (hosts.next(), hosts.next()) {
        (_, Some(_)) => "too many Host headers",
        (None, None) if request.version() == http::Version::HTTP_11 => "missing required Host header",
        (Some(host), None) if !host.as_bytes().iter().all(is_of_a_host) => "malformed Host header",
        _ => return None,
    };
    let mut refused = Response::new(Body::from(format!("400 Bad Request: {text}")));
    *refused.status_mut() = StatusCode::BAD_REQUEST;
    refused.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if request.version() < http::Version::HTTP_2 {
        refused.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Some(refused)
}

/// Bytes that `httpguts.ValidHostHeader` lets through.
fn is_of_a_host(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!$%&'()*+,-.:;=[]_~".contains(byte)
}

/// Speaks with a client. Errors are the client's: it went away, or did not speak HTTP.
pub async fn speak<S, A>(version: Version, stream: S, service: Service<A>, patience: Patience, told: Told)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Answers,
{
    match version {
        Version::One => speak_one(stream, service, patience.request, told).await,
        Version::Two => speak_two(stream, service, patience, told).await,
    }
}

async fn speak_one<S, A>(stream: S, service: Service<A>, head_timeout: Duration, mut told: Told)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Answers,
{
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_headers(HEAD_FIELDS)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service_fn(move |request| service.clone().answer(request)));
    drive(connection, &mut told, pending(), pending()).await;
}

async fn speak_two<S, A>(stream: S, service: Service<A>, patience: Patience, mut told: Told)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Answers,
{
    let all = UnderWay::new();
    let requests = all.clone();
    let service = service_fn(move |request| answer(requests.clone(), service.clone(), request));
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .max_pending_accept_reset_streams(TAKEN_BACK)
        .max_local_error_reset_streams(MISTAKES)
        .initial_stream_window_size(RECEIVED_BYTES)
        .initial_connection_window_size(RECEIVED_BYTES)
        .max_send_buf_size(SENT_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let last = Patience { request: patience.answer * LAST_PIECES, ..patience };
    drive(connection, &mut told, all.over(patience), all.over(last)).await;
}

async fn answer<A: Answers>(
    all: UnderWay,
    service: Service<A>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let under_way = all.begin();
    if request.headers().len() > HEAD_FIELDS {
        let mut refused = Response::new(Body::empty());
        *refused.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Ok(refused);
    }
    let answered = service.answer(request).await?;
    Ok(answered.map(|body| under_way.answer(body)))
}

/// Lets a connection go on to its end. It is asked to end, after the requests under way, when the server ends or `slow` is
/// there, and is cut off when `too_slow` is.
async fn drive<C: GracefulConnection>(
    connection: C,
    told: &mut Told,
    slow: impl Future<Output = Over>,
    too_slow: impl Future<Output = Over>,
) {
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = told.end() => {}
        over = slow => if over != Over::Idle { return },
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        _ = too_slow => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_known_by_their_start() {
        for (start, version) in [
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Version::Two),
            ("PRI", Version::Two),
            ("PR", Version::One),
            ("", Version::One),
            ("PUT / HTTP/1.1\r\n", Version::One),
        ] {
            assert_eq!(Version::begun(start.as_bytes()), version, "{start}");
        }
        assert_eq!(Version::agreed(Some(b"h2")), Version::Two);
        assert_eq!(Version::agreed(Some(b"http/1.1")), Version::One);
        assert_eq!(Version::agreed(None), Version::One);
    }
}

//! What happens around every request: its number and name, its pace, CORS, the log, metrics
//! (`pkg/chartmuseum/router/middleware.go` of ChartMuseum 0.16.5).

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{HOST, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use http_body::Body as _;
use serde::Serialize;

use crate::answer::{self, Detail, Fault};
use crate::app::App;
use crate::listen::{Answers, Paced, Peer};
use crate::log::{Level, chain};
use crate::metrics::Served;
use crate::route::{self, Found, Route};
use crate::{museum, oci, oci_path};

/// Characters of a request's name that are repeated to whoever sent it, and written to the log.
const NAME_LENGTH: usize = 128;
/// Characters of a header in the log.
const SHOWN_LENGTH: usize = 256;

static NAME: HeaderName = HeaderName::from_static("x-request-id");

/// What a path means, decided once for a request.
enum Target {
    /// ChartMuseum's API.
    Museum(Option<Found>),
    /// The registry: a label for metrics.
    Registry(&'static str),
}

/// Answers all requests: the registry's, and ChartMuseum's.
#[derive(Clone)]
pub struct Answerer {
    app: Arc<App>,
    registry: Arc<oci::Registry>,
}

impl Answerer {
    pub fn new(app: Arc<App>, registry: Arc<oci::Registry>) -> Self {
        Answerer { app, registry }
    }

    async fn dispatch(&self, target: Target, request: Request) -> Response {
        match target {
            // Uploads keep much while they wait, which is not for each connection to hold.
            Target::Registry(_) => Box::pin(self.registry.clone().answer(request)).await,
            Target::Museum(Some(found)) => museum::answer(&self.app, found, request).await,
            Target::Museum(None) => Fault::not_found().into_response(),
        }
    }
}

impl Answers for Answerer {
    fn answer(&self, peer: Peer, request: Request) -> impl Future<Output = Response> + Send {
        around(self, peer, request)
    }
}

/// Answers a request, with all that belongs around it.
async fn around(answerer: &Answerer, peer: Peer, mut request: Request) -> Response {
    let started = Instant::now();
    let app = &*answerer.app;
    let seen = Seen::new(app, peer, &request);
    let target = target(app, request.uri());
    let (label, shared) = match &target {
        Target::Museum(Some(found)) => (found.route.template(), found.route.is_api()),
        Target::Museum(None) => ("none", false),
        Target::Registry(label) => (*label, false),
    };
    let logged = app.log.settings().health || label != Route::Health.template();
    if logged {
        let message = format_args!("[{}] Incoming request: {}", seen.number, seen.path());
        app.log.line(Level::Debug, message, &[("reqID", seen.name())]);
    }
    let request_bytes = request.body().size_hint().lower();
    if !request.body().is_end_stream() {
        let body = std::mem::take(request.body_mut());
        *request.body_mut() = Body::new(Paced::new(body, app.settings.listen.read_timeout));
    }
    let asks_first = shared && is_preflight(app, &request);
    let mut response = if asks_first { preflight() } else { answerer.dispatch(target, request).await };
    if shared {
        share(app, response.headers_mut());
    }
    response.headers_mut().insert(&NAME, seen.name.clone());
    let status = response.status();
    app.metrics.count(&Served {
        code: status.as_u16(),
        method: seen.method.as_str(),
        host: seen.host(),
        url: label,
        duration: started.elapsed(),
        request_bytes,
        answer_bytes: response.body().size_hint().lower(),
    });
    if logged || !status.is_success() {
        seen.log(app, &response, started);
    }
    response
}

/// What the log says of a request, in the forms in which it came: most of it is not copied.
struct Seen {
    number: u64,
    name: HeaderValue,
    uri: Uri,
    method: Method,
    host: Option<HeaderValue>,
    client: IpAddr,
    forwarded: Option<HeaderValue>,
}

/// What a field of the log holds.
#[derive(Serialize)]
#[serde(untagged)]
enum Field<'a> {
    Text(&'a str),
    Number(u64),
}

impl Seen {
    fn new(app: &App, peer: Peer, request: &Request) -> Self {
        let headers = request.headers();
        Seen {
            number: app.next_number(),
            name: name(headers),
            uri: request.uri().clone(),
            method: request.method().clone(),
            host: headers.get(&HOST).cloned(),
            client: peer.0.ip(),
            forwarded: headers.get("x-forwarded-for").cloned(),
        }
    }

    fn name(&self) -> &str {
        text(&self.name).unwrap_or_default()
    }

    fn path(&self) -> &str {
        shortened(self.uri.path(), SHOWN_LENGTH * 4)
    }

    /// The host; HTTP/2 has it in the address.
    fn host(&self) -> &str {
        let authority = || self.uri.authority().map(|authority| authority.as_str());
        shortened(self.host.as_ref().and_then(text).or_else(authority).unwrap_or_default(), SHOWN_LENGTH)
    }

    fn log(&self, app: &App, response: &Response, started: Instant) {
        let status = response.status().as_u16();
        let elapsed = started.elapsed();
        let words = format!("{elapsed:?}");
        let latency = match app.log.settings().latency_integer {
            true => Field::Number(u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)),
            false => Field::Text(&words),
        };
        let extensions = response.extensions();
        let cause = extensions.get::<oci::Cause>().map(|cause| chain(&*cause.0));
        let detail = extensions.get::<Detail>().map(|detail| detail.0.as_str()).or(cause.as_deref());
        let client = self.client.to_string();
        let mut fields = vec![
            ("clientIP", Field::Text(&client)),
            ("comment", Field::Text(detail.unwrap_or_default())),
            ("latency", latency),
            ("method", Field::Text(self.method.as_str())),
            ("path", Field::Text(self.path())),
            ("reqID", Field::Text(self.name())),
            ("statusCode", Field::Number(status.into())),
        ];
        if let Some(forwarded) = self.forwarded.as_ref().and_then(text) {
            fields.push(("forwardedFor", Field::Text(shortened(forwarded, SHOWN_LENGTH))));
        }
        let level = match status {
            500.. => Level::Error,
            400.. => Level::Warn,
            _ => Level::Info,
        };
        app.log.line(level, format_args!("[{}] Request served", self.number), &fields);
    }
}

/// Repeats the name that the client gave, or makes one.
fn name(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(&NAME).filter(|name| text(name).is_some() && (1..=NAME_LENGTH).contains(&name.len()));
    let made = || HeaderValue::try_from(random_name()).unwrap_or(HeaderValue::from_static(""));
    given.cloned().unwrap_or_else(made)
}

/// In the form of RFC 9562, version 4. It is for reading logs, and no secret: the keys of hash tables, which differ
/// each time, are random enough, and need no call of the system.
fn random_name() -> String {
    let keys = RandomState::new();
    let mut bytes = (u128::from(keys.hash_one(0_u8)) << 64 | u128::from(keys.hash_one(1_u8))).to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A header as text, if it is ASCII that can be seen.
fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

fn shortened(text: &str, characters: usize) -> &str {
    if text.len() <= characters {
        return text;
    }
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn target(app: &App, uri: &Uri) -> Target {
    let path = uri.path();
    let found = || {
        let decoded = gostd::url::path_unescape(path.as_bytes()).ok()?;
        route::find(&String::from_utf8(decoded).ok()?, &app.layout)
    };
    match oci_path::label(path) {
        Some(label) => Target::Registry(label),
        None => Target::Museum(found()),
    }
}

/// A browser asks first whether a page may call (Fetch standard); ChartMuseum has no answer to that.
fn is_preflight(app: &App, request: &Request) -> bool {
    app.settings.shown.cors_origin.is_some()
        && request.method() == Method::OPTIONS
        && request.headers().contains_key("access-control-request-method")
}

fn preflight() -> Response {
    let mut response = answer::empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert("access-control-allow-methods", HeaderValue::from_static("GET, HEAD, POST, DELETE"));
    headers
        .insert("access-control-allow-headers", HeaderValue::from_static("Authorization, Content-Type, X-Request-Id"));
    headers.insert("access-control-max-age", HeaderValue::from_static("600"));
    response
}

/// Lets pages of the origin read the answer, refusals too.
fn share(app: &App, headers: &mut HeaderMap) {
    let Some(origin) = &app.settings.shown.cors_origin else { return };
    let Ok(origin) = HeaderValue::from_str(origin) else { return };
    if origin != "*" {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    headers.insert("access-control-allow-origin", origin);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_keep_their_names_or_get_one() {
        let mut headers = HeaderMap::new();
        let made = name(&headers);
        assert_eq!((made.len(), &made.as_bytes()[14..15]), (36, &b"4"[..]));
        assert_ne!(made, name(&headers));
        headers.insert(&NAME, HeaderValue::from_static("mine"));
        assert_eq!(name(&headers), "mine");
        headers.insert(&NAME, HeaderValue::from_str(&"x".repeat(NAME_LENGTH + 1)).expect("a value"));
        assert_eq!(name(&headers).len(), 36);
    }
}

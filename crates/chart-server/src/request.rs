//! What happens around every request: its number and name, its pace, CORS, the log, metrics
//! (`pkg/chartmuseum/router/middleware.go` of ChartMuseum 0.16.5).

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{HOST, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use http_body::Body as _;
use serde_json::{Value, json};

use crate::answer::{self, Detail};
use crate::app::App;
use crate::listen::{Paced, Peer};
use crate::log::{Level, chain};
use crate::metrics::Served;
use crate::route::{self, Found, Route};
use crate::{oci, oci_path};

/// Characters of a request's name that are repeated to whoever sent it, and written to the log.
const NAME_LENGTH: usize = 128;
/// Characters of a header in the log.
const SHOWN_LENGTH: usize = 256;

static NAME: HeaderName = HeaderName::from_static("x-request-id");

/// What a path means, decided once for a request.
#[derive(Clone, Debug)]
pub enum Target {
    /// ChartMuseum's API.
    Museum(Option<Found>),
    /// The registry: a label for metrics.
    Registry(&'static str),
}

/// Answers a request, with all that belongs around it.
pub async fn around(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let seen = Seen::new(&app, &request);
    let target = target(&app, request.uri());
    let (label, shared) = match &target {
        Target::Museum(Some(found)) => (found.route.template(), found.route.is_api()),
        Target::Museum(None) => ("none", false),
        Target::Registry(label) => (*label, false),
    };
    let logged = app.log.settings().health || label != Route::Health.template();
    if logged {
        app.log.line(
            Level::Debug,
            &format!("[{}] Incoming request: {}", seen.number, seen.path),
            &[("reqID", json!(seen.name))],
        );
    }
    let request_bytes = request.body().size_hint().lower();
    let patience = app.settings.listen.read_timeout;
    let body = std::mem::take(request.body_mut());
    *request.body_mut() = Body::new(Paced::new(body, patience));
    request.extensions_mut().insert(target);
    let mut response = if shared && is_preflight(&app, &request) { preflight() } else { next.run(request).await };
    if shared {
        share(&app, response.headers_mut());
    }
    if let Ok(name) = HeaderValue::from_str(&seen.name) {
        response.headers_mut().insert(&NAME, name);
    }
    let status = response.status();
    app.metrics.count(&Served {
        code: status.as_u16(),
        method: seen.method.as_str(),
        host: &seen.host,
        url: label,
        duration: started.elapsed(),
        request_bytes,
        answer_bytes: response.body().size_hint().lower(),
    });
    if logged || !status.is_success() {
        seen.log(&app, &response, started);
    }
    response
}

/// The host as HTTP/2 has it: no header, but a part of the address.
fn authority(uri: &Uri) -> Option<String> {
    uri.authority().map(|authority| authority.as_str().chars().take(SHOWN_LENGTH).collect())
}

/// What the log says of a request.
struct Seen {
    number: u64,
    name: String,
    path: String,
    method: Method,
    host: String,
    client: String,
    forwarded: Option<String>,
}

impl Seen {
    fn new(app: &App, request: &Request) -> Self {
        let headers = request.headers();
        let peer = request.extensions().get::<Peer>();
        Seen {
            number: app.next_number(),
            name: name(headers),
            path: request.uri().path().chars().take(SHOWN_LENGTH * 4).collect(),
            method: request.method().clone(),
            host: shown(headers, &HOST).or_else(|| authority(request.uri())).unwrap_or_default(),
            client: peer.map(|peer| peer.0.ip().to_string()).unwrap_or_default(),
            forwarded: shown(headers, &HeaderName::from_static("x-forwarded-for")),
        }
    }

    fn log(&self, app: &App, response: &Response, started: Instant) {
        let status = response.status();
        let latency = started.elapsed();
        let latency = match app.log.settings().latency_integer {
            true => json!(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX)),
            false => json!(format!("{latency:?}")),
        };
        let extensions = response.extensions();
        let detail = extensions.get::<Detail>().map(|detail| detail.0.clone());
        let detail = detail.or_else(|| extensions.get::<oci::Cause>().map(|cause| chain(&*cause.0)));
        let mut fields: Vec<(&str, Value)> = vec![
            ("path", json!(self.path)),
            ("comment", json!(detail.unwrap_or_default())),
            ("clientIP", json!(self.client)),
            ("method", json!(self.method.as_str())),
            ("statusCode", json!(status.as_u16())),
            ("latency", latency),
            ("reqID", json!(self.name)),
        ];
        if let Some(forwarded) = &self.forwarded {
            fields.push(("forwardedFor", json!(forwarded)));
        }
        let level = match status.as_u16() {
            500.. => Level::Error,
            400.. => Level::Warn,
            _ => Level::Info,
        };
        app.log.line(level, &format!("[{}] Request served", self.number), &fields);
    }
}

/// Repeats the name that the client gave, or makes one (RFC 9562, version 4).
fn name(headers: &HeaderMap) -> String {
    let given = headers.get(&NAME).and_then(|value| value.to_str().ok());
    match given.filter(|name| !name.is_empty() && name.len() <= NAME_LENGTH) {
        Some(name) => name.to_owned(),
        None => random_name(),
    }
}

fn random_name() -> String {
    let mut bytes = [0; 16];
    // Without random bytes there is a name all the same: it is for reading logs only.
    let _ = getrandom::fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn shown(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.chars().take(SHOWN_LENGTH).collect())
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
        assert_eq!((made.len(), &made[14..15]), (36, "4"));
        assert_ne!(made, name(&headers));
        headers.insert(&NAME, HeaderValue::from_static("mine"));
        assert_eq!(name(&headers), "mine");
        headers.insert(&NAME, HeaderValue::from_str(&"x".repeat(NAME_LENGTH + 1)).expect("a value"));
        assert_eq!(name(&headers).len(), 36);
    }
}

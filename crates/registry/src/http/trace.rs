//! What `--debug` shows of requests (`pkg/registry/transport.go` of Helm 4.3.1), without what must stay secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ureq::Error;
use ureq::http::HeaderMap;

use super::{Answer, Method, Request};
use crate::{media_type, quote};

/// Takes a message and its fields.
type Sink = Arc<dyn Fn(&str, &[(&str, &str)]) + Send + Sync>;

/// Tells of each request and its answer, with a number that both have.
#[derive(Clone)]
pub struct Trace {
    sink: Sink,
    next: Arc<AtomicU64>,
}

/// So much of a body is shown.
const SHOWN_BYTES: u64 = 16 * 1024;
const PRINTED: [&str; 3] = ["application/json", "text/plain", "text/html"];
const SECRET: [&str; 2] = ["authorization", "set-cookie"];

impl Trace {
    pub fn new(sink: impl Fn(&str, &[(&str, &str)]) + Send + Sync + 'static) -> Self {
        Trace { sink: Arc::new(sink), next: Arc::default() }
    }

    pub(super) fn request(&self, request: &Request<'_>) -> String {
        let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let mut lines = vec![line("user-agent", "Helm/4.3.1")];
        lines.extend(request.headers().map(|(name, value)| line(name.as_str(), value)));
        lines.sort();
        let fields = [("id", id.as_str()), ("url", &request.target()), ("header", &lines.join("\n"))];
        (self.sink)(request.method.name(), &fields);
        id
    }

    /// The message is as long as the name of the method: Helm cuts it so.
    pub(super) fn response(&self, id: String, request: &Request<'_>, answer: &mut Result<Answer, Error>) {
        let message = "Response".get(..request.method.name().len()).unwrap_or("Response");
        match answer {
            Ok(answer) => {
                let code = answer.status.as_u16();
                let status = format!("{code} {}", fetch::status_text(code));
                let (headers, body) = (headers(&answer.headers), body(answer));
                (self.sink)(message, &[("id", &id), ("status", &status), ("header", &headers), ("body", &body)]);
            }
            Err(error) => (self.sink)(message, &[("id", &id), ("error", &fetch::reason(&request.target(), error))]),
        }
    }
}

/// What may be shown of a body, and what is said of one that may not.
fn body(answer: &mut Answer) -> String {
    let nothing = matches!(answer.status.as_u16(), 204 | 304) || answer.length() == Some(0);
    if nothing || answer.method == Method::Head {
        return "   No response body to print".to_owned();
    }
    let kind = answer.header("content-type").to_owned();
    if kind.is_empty() {
        return "   Response body without a content type is not printed".to_owned();
    }
    let is_text = |kind: &str| PRINTED.contains(&kind) || kind.ends_with("+json");
    if !media_type::parse(&kind).is_ok_and(|kind| is_text(&kind)) {
        return format!("   Response body of content type {} is not printed", quote(&kind));
    }
    let bytes = match answer.peek(SHOWN_BYTES + 1) {
        Ok(bytes) => bytes,
        Err(error) => return format!("   Error reading response body: {error}"),
    };
    let text = String::from_utf8_lossy(bytes);
    if text.is_empty() {
        return "   Response body is empty".to_owned();
    }
    if text.contains("\"token\"") || text.contains("\"access_token\"") {
        return "   Response body redacted due to potential credentials".to_owned();
    }
    match bytes.split_at_checked(SHOWN_BYTES as usize) {
        Some((shown, [_, ..])) => String::from_utf8_lossy(shown).into_owned() + "\n...(truncated)",
        _ => text.into_owned(),
    }
}

fn headers(map: &HeaderMap) -> String {
    let mut lines: Vec<String> = map
        .keys()
        .map(|name| {
            let values: Vec<&str> = map.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
            line(name.as_str(), &values.join(", "))
        })
        .collect();
    lines.sort();
    if lines.is_empty() { "   Empty header".to_owned() } else { lines.join("\n") }
}

fn line(name: &str, value: &str) -> String {
    let value = if SECRET.contains(&name) { "*****" } else { value };
    format!("   {:?}: {value:?}", canonical(name))
}

/// `content-type` as Go writes it: `Content-Type`.
fn canonical(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        first.to_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

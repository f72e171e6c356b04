//! What `--debug` shows of requests (`pkg/registry/transport.go` of Helm 4.3.1), without what must stay secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ureq::Error;
use ureq::http::{HeaderMap, Response};

use super::Request;

/// Takes a message and its fields.
type Sink = Arc<dyn Fn(&str, &[(&str, &str)]) + Send + Sync>;

/// Tells of each request and its answer, with a number that both have.
#[derive(Clone)]
pub struct Trace {
    sink: Sink,
    next: Arc<AtomicU64>,
}

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
    pub(super) fn response(&self, id: String, request: &Request<'_>, response: &Result<Response<ureq::Body>, Error>) {
        let message = "Response".get(..request.method.name().len()).unwrap_or("Response");
        match response {
            Ok(response) => {
                let status = response.status();
                let status = format!("{} {}", status.as_u16(), fetch::status_text(status.as_u16()));
                (self.sink)(message, &[("id", &id), ("status", &status), ("header", &headers(response.headers()))]);
            }
            Err(error) => (self.sink)(message, &[("id", &id), ("error", &fetch::reason(&request.target(), error))]),
        }
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

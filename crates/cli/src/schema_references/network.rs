//! Documents behind URLs, as `HTTPURLLoader` of Helm 4.3.1 fetches them (`pkg/chart/common/util/jsonschema.go`).

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use chart::schema::LoadError;
use fetch::{Bounds, Client, Compression, Failure};
use gostd::GoError;

/// Helm's, for one document.
const TIMEOUT: Duration = Duration::from_secs(15);

/// For all documents of a command: a thousand slow ones would take four hours.
const TIME: Duration = Duration::from_secs(120);

/// What is kept for the next schema that asks: charts of one maker refer to the same documents, and `lint` checks a
/// chart twice.
const KEPT_BYTES: usize = 16 << 20;

/// What has been fetched, and how long that took.
#[derive(Default)]
pub struct Network {
    client: OnceCell<Client>,
    kept: RefCell<HashMap<String, Rc<[u8]>>>,
    kept_bytes: Cell<usize>,
    spent: Cell<Duration>,
}

impl Network {
    /// Returns the text behind an `http` or `https` URL.
    ///
    /// # Errors
    /// In Helm's words; [`LoadError::TooLong`] for more than `limit_bytes`.
    pub fn load(&self, url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        if let Some(text) = self.kept.borrow().get(url) {
            return if text.len() > limit_bytes { Err(LoadError::TooLong) } else { Ok(text.to_vec()) };
        }
        let text = self.fetch(url, limit_bytes)?;
        let bytes = self.kept_bytes.get() + text.len();
        if bytes <= KEPT_BYTES {
            self.kept_bytes.set(bytes);
            self.kept.borrow_mut().insert(url.to_owned(), text.as_slice().into());
        }
        Ok(text)
    }

    fn fetch(&self, url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        let left = TIME.saturating_sub(self.spent.get());
        if left.is_zero() {
            let text = format!("fetching what schemas refer to takes more than {} seconds", TIME.as_secs());
            return Err(GoError::new(text).into());
        }
        let start = Instant::now();
        let bounds = Bounds { limit_bytes, timeout: left.min(TIMEOUT) };
        let answer = self.client.get_or_init(|| Client::new(Compression::Gzip)).get(url, &bounds);
        self.spent.set(self.spent.get() + start.elapsed());
        answer.map_err(|failure| explain(url, failure))
    }
}

fn explain(url: &str, failure: Failure) -> LoadError {
    let text = match failure {
        Failure::Request(text) => format!("HTTP request failed for {url}: {text}"),
        Failure::Status(status, _) => {
            let reason = fetch::status_text(status);
            format!("HTTP request to {url} returned status {status} ({reason})")
        }
        Failure::Url(text) | Failure::Body(text) | Failure::Sink(text) => text,
        Failure::TooLong => return LoadError::TooLong,
    };
    GoError::new(text).into()
}

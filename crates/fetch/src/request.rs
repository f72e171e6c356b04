//! What is asked for, what came back, and where the body goes.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::time::Duration;

/// One GET.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub url: &'a str,
    /// User and password. They go along to redirects only as Go lets them: to the same host and those below it.
    pub basic: Option<(&'a str, &'a str)>,
    pub headers: &'a [(&'a str, &'a str)],
    /// From the first connection to the end of the body, with all that is tried again.
    pub timeout: Duration,
    /// For the connection, and from each piece of the answer to the next; as long as there is time, if it is not said.
    pub silence: Option<Duration>,
    /// The longest body, unpacked.
    pub limit_bytes: u64,
    /// The body is left out (status 304) when it is still this one.
    pub known: Option<&'a Known>,
}

impl<'a> Request<'a> {
    /// Makes a request without credentials and headers of its own.
    pub fn new(url: &'a str, timeout: Duration, limit_bytes: u64) -> Self {
        Request { url, basic: None, headers: &[], timeout, silence: None, limit_bytes, known: None }
    }
}

/// What a server said of a body, to ask later whether it is still that one. Either text may be empty.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Known {
    pub etag: String,
    pub last_modified: String,
}

impl Known {
    /// Reports that there is nothing to ask with.
    pub fn is_empty(&self) -> bool {
        self.etag.is_empty() && self.last_modified.is_empty()
    }
}

/// An answer whose body went to the sink.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Response {
    /// 200, or 304 for a body that is known.
    pub status: u16,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// When the server said this, as it says it.
    pub date: Option<String>,
    pub content_type: Option<String>,
    /// What the server said of the length of the (packed) body.
    pub content_length: Option<u64>,
    /// All URLs that redirects led to, in their order: the body was at the last.
    pub redirects: Vec<String>,
}

/// Where a body goes, piece by piece.
pub trait Sink {
    /// Forgets what it got: the body comes once more from its start.
    ///
    /// # Errors
    /// What the system says.
    fn restart(&mut self) -> io::Result<()>;

    /// Takes the next piece.
    ///
    /// # Errors
    /// What the system says; the request ends with it.
    fn take(&mut self, bytes: &[u8]) -> io::Result<()>;
}

impl Sink for Vec<u8> {
    fn restart(&mut self) -> io::Result<()> {
        self.clear();
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }
}

impl Sink for File {
    fn restart(&mut self) -> io::Result<()> {
        self.rewind()?;
        self.set_len(0)
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }
}

/// Why there is no body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// The URL cannot be read: the text of Go's `url.Parse`.
    Url(String),
    /// There was no answer: the text of Go's `http.Client`, as `Get "URL": dial tcp …`.
    Request(String),
    /// The answer was another than 200: its number, and what the server called it, as `404 Not Found`.
    Status(u16, String),
    /// The body broke off: the text of Go's reader.
    Body(String),
    TooLong,
    /// The sink failed: what the system says.
    Sink(String),
}

impl Failure {
    /// Returns the text of Helm's HTTP getter (`pkg/getter/httpgetter.go`): `failed to fetch URL : 404 Not Found` and the
    /// texts of Go; ours for a body of more than `limit_bytes`.
    pub fn text(&self, url: &str, limit_bytes: u64) -> String {
        match self {
            Failure::Url(text) | Failure::Request(text) | Failure::Body(text) | Failure::Sink(text) => text.clone(),
            Failure::Status(_, status) => format!("failed to fetch {url} : {status}"),
            Failure::TooLong => format!("failed to fetch {url} : it is larger than {} MiB", limit_bytes >> 20),
        }
    }
}

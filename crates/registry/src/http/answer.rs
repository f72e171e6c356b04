//! One answer: status, headers, and a body that is read within a limit.

use std::io::Read;

use gostd::url::Url;
use ureq::BodyReader;
use ureq::http::{HeaderMap, Response, StatusCode};

use super::{Method, Request, url_text};
use crate::error::Error;
use crate::quote;

/// An answer to the last of the requests that led to it.
pub struct Answer {
    pub status: StatusCode,
    pub url: Url,
    pub method: Method,
    /// What the request carried.
    pub authorization: Option<String>,
    pub headers: HeaderMap,
    /// What was looked at already.
    seen: Vec<u8>,
    rest: BodyReader<'static>,
}

/// What was read of a body.
pub struct Body {
    pub bytes: Vec<u8>,
    /// Why there is not more, in Go's words; nothing at its end or at the limit.
    pub broken: Option<String>,
}

impl Answer {
    pub fn new(request: &Request<'_>, response: Response<ureq::Body>) -> Self {
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            url: request.url.clone(),
            method: request.method,
            authorization: request.authorization.clone(),
            headers: head.headers,
            seen: Vec::new(),
            rest: body.into_reader(),
        }
    }

    /// The first header of a name (in small letters), empty if there is none or it is no text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The length that the answer names; nothing where the body says itself where it ends.
    pub fn length(&self) -> Option<u64> {
        self.header("content-length").parse().ok()
    }

    /// Looks at the start of the body, which is still there to be read then.
    ///
    /// # Errors
    /// Why there is not more, in Go's words.
    pub fn peek(&mut self, limit_bytes: u64) -> Result<&[u8], String> {
        let missing = limit_bytes.saturating_sub(self.seen.len() as u64);
        let read = self.rest.by_ref().take(missing).read_to_end(&mut self.seen);
        read.map(|_| self.seen.as_slice()).map_err(|error| fetch::broken_body(&error))
    }

    /// Reads the body, but no more than a number of bytes.
    pub fn read(self, limit_bytes: u64) -> Body {
        let mut bytes = Vec::new();
        let broken = self.seen.as_slice().chain(self.rest).take(limit_bytes).read_to_end(&mut bytes).err();
        Body { bytes, broken: broken.map(|error| fetch::broken_body(&error)) }
    }

    /// Says what is wrong with the answer: `GET "URL": …`.
    pub fn error(&self, text: impl std::fmt::Display) -> Error {
        Error::new(text.to_string()).within(self.place())
    }

    /// The request in oras-go's errors: `GET "URL"`.
    pub fn place(&self) -> String {
        format!("{} {}", self.method.name(), quote(&url_text(&self.url)))
    }
}

//! One answer: status, headers, and a body that is read within a limit.

use std::io::Read;

use gostd::url::Url;
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
    headers: HeaderMap,
    body: ureq::Body,
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
            body,
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

    /// Reads the body, but no more than a number of bytes.
    pub fn read(self, limit_bytes: u64) -> Body {
        let mut bytes = Vec::new();
        let broken = self.body.into_reader().take(limit_bytes).read_to_end(&mut bytes).err();
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

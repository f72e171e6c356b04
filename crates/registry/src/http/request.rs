//! One request.

use gostd::url::Url;
use ureq::http::{self, header};

use crate::http::url_text;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
        }
    }

    /// The name in errors of Go's `http.Client`.
    pub fn operation(self) -> &'static str {
        match self {
            Method::Get => "Get",
            Method::Head => "Head",
            Method::Post => "Post",
            Method::Put => "Put",
        }
    }
}

/// A request; a copy costs no copy of the body.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub method: Method,
    pub url: Url,
    /// `Accept` or nothing.
    pub accept: Option<String>,
    pub content_type: Option<String>,
    pub authorization: Option<String>,
    pub body: Option<&'a [u8]>,
    /// The body may be sent once only: Go's clients cannot rewind that of a blob.
    pub once: bool,
}

impl<'a> Request<'a> {
    pub fn new(method: Method, url: Url) -> Self {
        let (accept, content_type, authorization, body) = (None, None, None, None);
        Request { method, url, accept, content_type, authorization, body, once: false }
    }

    pub fn accept(mut self, types: &str) -> Self {
        self.accept = Some(types.to_owned());
        self
    }

    pub fn body(mut self, content_type: &str, body: &'a [u8]) -> Self {
        self.content_type = Some(content_type.to_owned());
        self.body = Some(body);
        self
    }

    pub fn may_be_repeated(&self) -> bool {
        !self.once || self.body.is_none()
    }

    pub fn target(&self) -> String {
        url_text(&self.url)
    }

    /// Makes it a request for what was meant instead: `GET`, if it was not `HEAD`.
    pub fn without_body(&mut self) {
        if self.method != Method::Head {
            self.method = Method::Get;
        }
        (self.body, self.content_type) = (None, None);
    }

    /// The headers that we set, by their names.
    pub fn headers(&self) -> impl Iterator<Item = (header::HeaderName, &str)> {
        let headers = [
            (header::ACCEPT, &self.accept),
            (header::AUTHORIZATION, &self.authorization),
            (header::CONTENT_TYPE, &self.content_type),
        ];
        headers.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }

    /// # Errors
    /// A URL or a header that HTTP cannot have.
    pub fn head<B>(&self, body: B) -> Result<http::Request<B>, ureq::Error> {
        let mut builder = http::Request::builder().method(self.method.name()).uri(self.target());
        for (name, value) in self.headers() {
            builder = builder.header(name, value);
        }
        Ok(builder.body(body)?)
    }
}

//! A request to the API server and its answer, as plain data.

use serde_json::Value;

use crate::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// `GET`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// As Go's error texts name it: `Get`, …
    pub(crate) fn title(self) -> &'static str {
        match self {
            Method::Get => "Get",
            Method::Post => "Post",
            Method::Put => "Put",
            Method::Patch => "Patch",
            Method::Delete => "Delete",
        }
    }
}

/// A request: `Request::get("/api/v1/pods").query("limit", "500")`.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// Absolute, escaped.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Also the type that the server expects for a patch.
    pub content_type: &'static str,
    pub accept: &'static str,
    pub body: Vec<u8>,
}

const JSON: &str = "application/json";

/// For answers of which nobody reads more than the metadata; a server that cannot leave out the rest sends it.
pub const METADATA_ONLY: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

impl Request {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Request { method, path: path.into(), query: Vec::new(), content_type: JSON, accept: JSON, body: Vec::new() }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Request::new(Method::Get, path)
    }

    pub fn post(path: impl Into<String>, object: &Value) -> Self {
        Request::new(Method::Post, path).json(object)
    }

    pub fn put(path: impl Into<String>, object: &Value) -> Self {
        Request::new(Method::Put, path).json(object)
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Request::new(Method::Delete, path)
    }

    /// A patch of the given content type.
    pub fn patch(path: impl Into<String>, content_type: &'static str, body: Vec<u8>) -> Self {
        Request { content_type, body, ..Request::new(Method::Patch, path) }
    }

    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub fn accept(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    #[must_use]
    pub fn json(mut self, object: &Value) -> Self {
        self.body = object.to_string().into_bytes();
        self
    }

    /// Returns path and query as they go over the wire.
    pub(crate) fn target(&self) -> String {
        let mut target = self.path.clone();
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            for (text, after) in [(name, "="), (value, "")] {
                target.push_str(&String::from_utf8_lossy(&gostd::url::query_escape(text.as_bytes())));
                target.push_str(after);
            }
        }
        target
    }
}

/// An answer with a code of 200 to 299.
#[derive(Clone, Debug)]
pub struct Response {
    pub code: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Response {
    /// Reads the body as JSON.
    ///
    /// # Errors
    /// The body is none.
    pub fn json(&self) -> Result<Value, Error> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::Plain(format!("cannot read the server's answer: {error}")))
    }
}

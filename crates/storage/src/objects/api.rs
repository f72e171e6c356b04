//! The port to the API server, and the requests that records need.

use std::io::{ErrorKind, Read};
use std::sync::Arc;

use gostd::GoError;
use release::stream::StreamError;

use super::Kind;
use super::item::{self, Item};

/// More than any object may have: etcd allows 1.5 MiB unless it is told otherwise.
const OBJECT_BYTES: u64 = 64 << 20;

/// What is done to the object or collection of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Get,
    Post,
    Put,
    /// With a JSON merge patch or a JSON patch, as the content type says.
    Patch,
    Delete,
}

/// A request to the API server.
pub struct Call<'a> {
    pub method: Method,
    /// As `/api/v1/namespaces/default/secrets`.
    pub path: String,
    /// Names and values, not escaped yet.
    pub query: Vec<(&'static str, String)>,
    pub content_type: &'static str,
    pub body: &'a [u8],
}

/// A way to the API server. Threads share it: leases are renewed while the engine works.
pub trait Api: Send + Sync {
    /// Sends a request; the answer is read as it comes.
    ///
    /// # Errors
    /// Answers beyond 299, and none at all.
    fn call(&self, call: &Call<'_>) -> Result<Box<dyn Read + '_>, ApiError>;
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub struct ApiError {
    /// The HTTP status; 0 when nobody answered.
    pub code: u16,
    /// As `NotFound`, `AlreadyExists`, `Conflict`, `Expired`.
    pub reason: String,
    /// As Helm would print it: `secrets "x" is forbidden: …`.
    pub text: String,
    /// The token with which a list whose own has expired goes on.
    pub continue_token: Option<String>,
}

impl ApiError {
    /// Makes an error of what is wrong with an answer.
    pub fn plain(text: impl Into<String>) -> Self {
        ApiError { code: 0, reason: String::new(), text: text.into(), continue_token: None }
    }

    pub fn is_not_found(&self) -> bool {
        self.code == 404 || self.reason == "NotFound"
    }

    pub fn is_already_exists(&self) -> bool {
        self.reason == "AlreadyExists"
    }

    pub fn is_conflict(&self) -> bool {
        self.reason == "Conflict" || (self.code == 409 && self.reason.is_empty())
    }

    pub fn is_forbidden(&self) -> bool {
        self.code == 403
    }

    pub fn is_expired(&self) -> bool {
        self.code == 410
    }
}

impl From<ApiError> for GoError {
    fn from(error: ApiError) -> Self {
        GoError::new(error.text)
    }
}

impl From<StreamError> for ApiError {
    fn from(error: StreamError) -> Self {
        let unreadable = |why: String| ApiError::plain(format!("couldn't get version/kind; json parse error: {why}"));
        match error {
            StreamError::Read(cause) if cause.kind() == ErrorKind::UnexpectedEof => unreadable(cause.to_string()),
            // What broke off says all of it.
            StreamError::Read(cause) => ApiError::plain(cause.to_string()),
            error => unreadable(error.to_string()),
        }
    }
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Secret => "Secret",
            Kind::ConfigMap => "ConfigMap",
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Kind::Secret => "secrets",
            Kind::ConfigMap => "configmaps",
        }
    }
}

/// The objects of one kind in one namespace.
#[derive(Clone)]
pub struct Place {
    pub kind: Kind,
    pub api: Arc<dyn Api>,
    /// Empty for all.
    pub namespace: String,
}

impl Place {
    pub fn create(&self, body: Vec<u8>) -> Result<(), ApiError> {
        self.write(Method::Post, self.path(None), ("application/json", &body))
    }

    pub fn replace(&self, name: &str, body: Vec<u8>) -> Result<(), ApiError> {
        self.write(Method::Put, self.path(Some(name)), ("application/json", &body))
    }

    pub fn patch(&self, name: &str, body: &[u8]) -> Result<(), ApiError> {
        self.write(Method::Patch, self.path(Some(name)), ("application/merge-patch+json", body))
    }

    pub fn json_patch(&self, name: &str, body: &[u8]) -> Result<(), ApiError> {
        self.write(Method::Patch, self.path(Some(name)), ("application/json-patch+json", body))
    }

    pub fn get(&self, name: &str) -> Result<Item, ApiError> {
        let call =
            Call { method: Method::Get, path: self.path(Some(name)), query: Vec::new(), content_type: "", body: &[] };
        item::of_answer(self.api.call(&call)?)
    }

    /// Returns the object as the server gives it.
    pub fn get_whole(&self, name: &str) -> Result<Vec<u8>, ApiError> {
        let call =
            Call { method: Method::Get, path: self.path(Some(name)), query: Vec::new(), content_type: "", body: &[] };
        let mut object = Vec::new();
        let read = self.api.call(&call)?.take(OBJECT_BYTES).read_to_end(&mut object);
        read.map_err(|error| ApiError::plain(error.to_string()))?;
        Ok(object)
    }

    pub fn delete(&self, name: &str) -> Result<(), ApiError> {
        let path = self.path(Some(name));
        let call = Call { method: Method::Delete, path, query: Vec::new(), content_type: "", body: &[] };
        self.api.call(&call).map(drop)
    }

    /// Returns a page of the objects that have certain labels.
    pub fn page(&self, selector: &str, limit: usize, token: &str) -> Result<Box<dyn Read + '_>, ApiError> {
        let mut query = vec![("labelSelector", selector.to_owned()), ("limit", limit.to_string())];
        if !token.is_empty() {
            query.push(("continue", token.to_owned()));
        }
        self.api.call(&Call { method: Method::Get, path: self.path(None), query, content_type: "", body: &[] })
    }

    fn write(&self, method: Method, path: String, (content_type, body): (&'static str, &[u8])) -> Result<(), ApiError> {
        // No field manager is named: the server takes that of the user agent, `Helm`, as it does for Helm.
        self.api.call(&Call { method, path, query: Vec::new(), content_type, body }).map(drop)
    }

    fn path(&self, name: Option<&str>) -> String {
        let mut path = "/api/v1".to_owned();
        let escape = |text: &str| String::from_utf8_lossy(&gostd::url::path_escape(text.as_bytes())).into_owned();
        if !self.namespace.is_empty() {
            path += &format!("/namespaces/{}", escape(&self.namespace));
        }
        path += &format!("/{}", self.kind.plural());
        if let Some(name) = name {
            path += &format!("/{}", escape(name));
        }
        path
    }
}

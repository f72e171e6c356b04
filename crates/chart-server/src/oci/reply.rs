//! Answers: errors as the specification writes them, and headers that many answers have.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use chart_store::{Error, Missing};
use serde_json::{Value, json};

use super::gate::{Action, Refusal, Subject};
use super::{Call, range};
use crate::answer;
use crate::listen::TooSlow;

pub const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
pub const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
pub const TAG: HeaderName = HeaderName::from_static("oci-tag");
pub const FILTERS: HeaderName = HeaderName::from_static("oci-filters-applied");
const VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

/// Codes of errors (`spec.md`, Error Codes); `Unknown` is Docker's for what is our fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    BlobUnknown,
    BlobUploadInvalid,
    BlobUploadUnknown,
    DigestInvalid,
    ManifestBlobUnknown,
    ManifestInvalid,
    ManifestUnknown,
    NameInvalid,
    NameUnknown,
    SizeInvalid,
    Unauthorized,
    Denied,
    Unsupported,
    TooManyRequests,
    Unknown,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Code::BlobUnknown => "BLOB_UNKNOWN",
            Code::BlobUploadInvalid => "BLOB_UPLOAD_INVALID",
            Code::BlobUploadUnknown => "BLOB_UPLOAD_UNKNOWN",
            Code::DigestInvalid => "DIGEST_INVALID",
            Code::ManifestBlobUnknown => "MANIFEST_BLOB_UNKNOWN",
            Code::ManifestInvalid => "MANIFEST_INVALID",
            Code::ManifestUnknown => "MANIFEST_UNKNOWN",
            Code::NameInvalid => "NAME_INVALID",
            Code::NameUnknown => "NAME_UNKNOWN",
            Code::SizeInvalid => "SIZE_INVALID",
            Code::Unauthorized => "UNAUTHORIZED",
            Code::Denied => "DENIED",
            Code::Unsupported => "UNSUPPORTED",
            Code::TooManyRequests => "TOOMANYREQUESTS",
            Code::Unknown => "UNKNOWN",
        }
    }
}

/// Why an answer is an error of ours, for the log: an extension of the response.
#[derive(Clone)]
pub struct Cause(pub Arc<Error>);

/// An answer that is an error.
pub struct Fault {
    status: StatusCode,
    errors: Vec<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Arc<Error>>,
}

impl Fault {
    pub fn new(status: StatusCode, code: Code, message: &str) -> Self {
        let errors = vec![json!({"code": code.name(), "message": message})];
        Fault { status, errors, headers: Vec::new(), cause: None }
    }

    /// The method is not for this address; others are (RFC 9110, 15.5.6).
    pub fn not_allowed(message: &str, others: &str) -> Self {
        Fault::new(StatusCode::METHOD_NOT_ALLOWED, Code::Unsupported, message).with(ALLOW, others)
    }

    pub fn digest_invalid(message: &str) -> Self {
        Fault::new(StatusCode::BAD_REQUEST, Code::DigestInvalid, message)
    }

    /// What the store says, where wrong content has a code of its own.
    pub fn of(error: Error, invalid: Code) -> Self {
        let bad = StatusCode::BAD_REQUEST;
        let text = error.to_string();
        match error {
            Error::Unknown(missing) => {
                let code = match missing {
                    Missing::Blob | Missing::File => Code::BlobUnknown,
                    Missing::Upload => Code::BlobUploadUnknown,
                    Missing::Repository => Code::NameUnknown,
                    Missing::Manifest | Missing::Chart | Missing::Version => Code::ManifestUnknown,
                };
                Fault::new(StatusCode::NOT_FOUND, code, &text)
            }
            Error::Exists(_) => Fault::new(StatusCode::CONFLICT, Code::Denied, &text),
            Error::Body(error) if TooSlow::is_behind(&error) => {
                Fault::new(StatusCode::REQUEST_TIMEOUT, invalid, &TooSlow.to_string())
            }
            Error::Invalid(_) | Error::Body(_) => Fault::new(bad, invalid, &text),
            Error::Mismatch => Fault::new(bad, Code::DigestInvalid, &text),
            Error::References(digests) => Fault {
                errors: digests
                    .iter()
                    .map(|digest| {
                        json!({"code": Code::ManifestBlobUnknown.name(), "message": "blob unknown to registry",
                            "detail": {"digest": digest}})
                    })
                    .collect(),
                ..Fault::new(bad, Code::ManifestBlobUnknown, "")
            },
            Error::OutOfOrder(size) => {
                let fault = Fault::new(StatusCode::RANGE_NOT_SATISFIABLE, Code::BlobUploadInvalid, &text);
                fault.with(RANGE, &range::received(size))
            }
            Error::TooLarge { .. } => {
                let code = if invalid == Code::ManifestInvalid { invalid } else { Code::SizeInvalid };
                Fault::new(StatusCode::PAYLOAD_TOO_LARGE, code, &text)
            }
            Error::Quota(_) => Fault::new(StatusCode::INSUFFICIENT_STORAGE, Code::Denied, &text),
            Error::Busy | Error::Changed => {
                Fault::new(StatusCode::SERVICE_UNAVAILABLE, Code::TooManyRequests, &text).with(RETRY_AFTER, "1")
            }
            Error::Full(_) => Fault::ours(StatusCode::INSUFFICIENT_STORAGE, error),
            Error::Blobs { .. } | Error::Rows { .. } | Error::Config(_) => {
                Fault::ours(StatusCode::INTERNAL_SERVER_ERROR, error)
            }
        }
    }

    /// What went wrong is the log's to tell, not a stranger's to know.
    fn ours(status: StatusCode, error: Error) -> Self {
        let message = if matches!(error, Error::Full(_)) { "the disk is full" } else { "internal error" };
        Fault { cause: Some(Arc::new(error)), ..Fault::new(status, Code::Unknown, message) }
    }

    /// Adds what else there is to say of the first error.
    pub fn with_detail(mut self, detail: Value) -> Self {
        if let Some(error) = self.errors.first_mut().and_then(Value::as_object_mut) {
            error.insert("detail".to_owned(), detail);
        }
        self
    }

    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    pub fn response(self) -> Response {
        let body = json!({"errors": self.errors}).to_string();
        let mut response = json_response(self.status, "application/json", body);
        response.headers_mut().extend(self.headers);
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::of(error, Code::Unsupported)
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        let code = if refusal.status == StatusCode::UNAUTHORIZED { Code::Unauthorized } else { Code::Denied };
        let mut fault = Fault::new(refusal.status, code, &refusal.message);
        fault.headers.extend(refusal.challenge.map(|challenge| (WWW_AUTHENTICATE, challenge)));
        fault
    }
}

/// end-1: this is a registry, and the client may use it.
pub fn base(call: &Call) -> Result<Response, Fault> {
    call.may(Action::Pull, Subject::Registry)?;
    let mut response = json_response(StatusCode::OK, "application/json", "{}".to_owned());
    response.headers_mut().insert(VERSION, HeaderValue::from_static("registry/2.0"));
    Ok(response)
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    // 204 must not have a length.
    if status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    response
}

pub fn json_response(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    answer::with_own(response, body.into())
}

/// Sets a header to a text; what cannot stand in a header is left out.
pub fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Sets where something is, below the address the request came by.
pub fn set_location(response: &mut Response, call: &Call, path: &str) {
    set(response, LOCATION, &format!("{}/v2/{path}", call.base()));
}

//! From what the store says to what ChartMuseum says.

use axum::http::StatusCode;
use chart_store::{Error, Missing};

use crate::answer::Fault;
use crate::listen::TooSlow;
use crate::log::chain;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let detail = chain(&error);
        let (status, message) = match &error {
            Error::Unknown(Missing::Chart) => (StatusCode::NOT_FOUND, "chart not found".to_owned()),
            Error::Unknown(missing) => (StatusCode::NOT_FOUND, format!("{missing} not found")),
            Error::Exists(_) => (StatusCode::CONFLICT, "file already exists".to_owned()),
            Error::Invalid(text) => (StatusCode::BAD_REQUEST, text.clone()),
            Error::Mismatch | Error::References(_) | Error::OutOfOrder(_) => {
                (StatusCode::BAD_REQUEST, error.to_string())
            }
            Error::TooLarge { .. } => return Fault::too_large(),
            Error::Quota(_) => (StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
            Error::Full(_) => (StatusCode::INSUFFICIENT_STORAGE, "the disk of the server is full".to_owned()),
            Error::Busy | Error::Changed => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
            Error::Body(_) => (StatusCode::BAD_REQUEST, error.to_string()),
            Error::Blobs { .. } | Error::Rows { .. } | Error::Config(_) => return Fault::internal(detail),
        };
        Fault { status, message, detail: status.is_server_error().then_some(detail) }
    }
}

/// A body that could not be read to its end.
pub fn of_body(error: &(dyn std::error::Error + 'static)) -> Fault {
    if TooSlow::is_behind(error) {
        return Fault::new(StatusCode::REQUEST_TIMEOUT, TooSlow.to_string());
    }
    Fault { detail: Some(chain(error)), ..Fault::new(StatusCode::BAD_REQUEST, "the body could not be read") }
}

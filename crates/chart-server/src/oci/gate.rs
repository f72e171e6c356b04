//! Who may do what is decided elsewhere: this is the question.

use axum::http::{HeaderMap, HeaderValue, StatusCode};

/// What a request wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Pull,
    Push,
    Delete,
}

/// What it wants to do it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// `/v2/`, where clients find out how to log in.
    Registry,
    /// The list of all repositories.
    Catalog,
    Repository(&'a str),
}

/// Why not.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// 401 with a challenge, or 403.
    pub status: StatusCode,
    /// `WWW-Authenticate`.
    pub challenge: Option<HeaderValue>,
    pub message: String,
}

/// Decides about requests by their headers.
pub trait Gate: Send + Sync + 'static {
    /// # Errors
    /// The request may not do it.
    fn decide(&self, headers: &HeaderMap, action: Action, subject: Subject<'_>) -> Result<(), Refusal>;
}

/// Everyone may do everything.
pub struct Open;

impl Gate for Open {
    fn decide(&self, _: &HeaderMap, _: Action, _: Subject<'_>) -> Result<(), Refusal> {
        Ok(())
    }
}

//! What operators are told of mirrored repositories.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Subject};
use crate::answer;
use crate::app::App;
use crate::mirror;

/// `GET /api/mirrors`: those of the tenants that may be read.
pub fn all(app: &App, headers: &HeaderMap) -> Response {
    let mut refused = None;
    let mut shown = Vec::new();
    for mirror in app.mirrors.all() {
        match app.access.decide(headers, Action::Pull, Subject::Tenant(&mirror.tenant)) {
            Ok(()) => shown.push(mirror),
            Err(refusal) => refused = Some(refusal),
        }
    }
    match refused {
        Some(refusal) if shown.is_empty() => refusal.into_response(),
        _ => answer::json(StatusCode::OK, mirror::json(shown.into_iter()).to_string()),
    }
}

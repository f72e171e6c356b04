//! Lists: tags of a repository (end-8), repositories of the registry (`_catalog`, which is Docker's).

use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::Response;
use chart_store::Listing;
use serde_json::json;

use super::Call;
use super::gate::{Action, Subject};
use super::reply::{self, Fault};

/// Answers with tags.
pub async fn tags(call: &Call, name: &str) -> Result<Response, Fault> {
    call.may(Action::Pull, Subject::Repository(name))?;
    let count = call.query.count()?;
    let found = call.store().tags(name, count, call.query.get("last")).await?;
    let body = json!({"name": name, "tags": found.names}).to_string();
    Ok(page(call, &format!("{name}/tags/list"), body, &found, count))
}

/// Answers with repositories: those with manifests.
pub async fn catalog(call: &Call) -> Result<Response, Fault> {
    call.may(Action::Pull, Subject::Catalog)?;
    let count = call.query.count()?;
    let found = call.store().repositories(count, call.query.get("last")).await?;
    let body = json!({"repositories": found.names}).to_string();
    Ok(page(call, "_catalog", body, &found, count))
}

fn page(call: &Call, path: &str, body: String, found: &Listing, count: Option<u64>) -> Response {
    let mut response = reply::json_response(StatusCode::OK, "application/json", body);
    if let Some(last) = found.names.last().filter(|_| found.more) {
        let count = count.map_or_else(|| found.names.len() as u64, |count| count.min(found.names.len() as u64));
        // Names of tags and repositories have no characters that a URL would have to escape.
        set_next(&mut response, &format!("{}/v2/{path}?n={count}&last={last}", call.base()));
    }
    response
}

/// Says where the next page is.
pub fn set_next(response: &mut Response, url: &str) {
    reply::set(response, LINK, &format!("<{url}>; rel=\"next\""));
}

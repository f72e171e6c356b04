//! The API of ChartMuseum 0.16.5 over the store: who may ask for what, and who answers.

mod accept;
mod contents;
mod delete;
mod fault;
mod form;
mod mirrors;
mod pages;
mod pick;
mod query;
mod read;
mod upload;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chart_store::names;

use crate::access::{Action, Subject};
use crate::answer::{self, Fault};
use crate::app::App;
use crate::route::{Found, Route};

pub use pages::MUSEUM_VERSION;

/// A request to one tenant.
pub struct Asked {
    pub tenant: String,
    pub head: Parts,
}

/// Answers a request to what was found at its path.
pub async fn answer(app: &Arc<App>, found: Found, request: Request) -> Response {
    let answered = match answered(app, found, request).await {
        Ok(response) => answer::sent(response, &app.store).await.map_err(Fault::from),
        fault => fault,
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn answered(app: &Arc<App>, found: Found, request: Request) -> Result<Response, Fault> {
    let Found { route, tenant } = found;
    let Some(action) = wanted(app, &route, request.method()) else { return Err(Fault::not_found()) };
    if !names::is_tenant(&tenant) {
        return Err(Fault::new(StatusCode::BAD_REQUEST, "this is no name of a repository"));
    }
    if let Some(action) = action
        && let Err(refusal) = app.access.decide(request.headers(), action, Subject::Tenant(&tenant))
    {
        return Ok(refusal.into_response());
    }
    let (head, body) = request.into_parts();
    let asked = Asked { tenant, head };
    // What some keep while they wait is much, and not for each connection to hold: it has a box.
    match (route, &asked.head.method) {
        (Route::File(file), _) => read::file(app, &asked, &file).await,
        (Route::Welcome, _) => pages::welcome(app).await,
        (Route::Info, _) => Ok(pages::info()),
        (Route::Health, _) => Ok(app.health.answer(app).await),
        (Route::Metrics, _) => pages::metrics(app).await,
        (Route::Static(path), _) => pages::file(app, &path).await,
        (Route::ArtifactHub, _) => pages::artifact_hub(app, &asked.tenant),
        (Route::Index, _) => Box::pin(read::index(app, &asked)).await,
        (Route::Charts, &Method::POST) => Box::pin(upload::charts(app, &asked, body)).await,
        (Route::Charts, _) => read::charts(app, &asked).await,
        (Route::Chart(name), _) => read::chart(app, &asked.tenant, &name).await,
        (Route::Version(version), &Method::DELETE) => Box::pin(delete::version(app, &asked.tenant, &version)).await,
        (Route::Version(version), _) => read::version(app, &asked.tenant, &version).await,
        (Route::Templates(version), _) => Box::pin(contents::templates(app, &asked.tenant, &version)).await,
        (Route::Values(version), _) => Box::pin(contents::values(app, &asked.tenant, &version)).await,
        (Route::Provenance, _) => Box::pin(upload::provenance(app, &asked, body)).await,
        (Route::Mirrors, _) => Ok(mirrors::all(app, &asked.head.headers)),
    }
}

/// Returns what a request needs to be allowed, or `None` when there is no such thing; `Some(None)` needs nothing.
fn wanted(app: &App, route: &Route, method: &Method) -> Option<Option<Action>> {
    let settings = &app.settings;
    if route.is_api() && !settings.writes.api {
        return None;
    }
    let reads = *method == Method::GET || *method == Method::HEAD;
    match route {
        Route::Info | Route::Health if reads => Some(None),
        // Who may see what of them is decided by tenant.
        Route::Mirrors if reads && app.mirrors.all().next().is_some() => Some(None),
        // Names of tenants are in it: as free as ChartMuseum's only where it was asked for in ChartMuseum's way.
        Route::Metrics if reads && settings.shown.metrics => {
            Some((!settings.shown.metrics_free).then_some(Action::Pull))
        }
        Route::Static(_) if reads && settings.shown.web_folder.is_some() => Some(Some(Action::Pull)),
        Route::ArtifactHub if reads && !settings.shown.artifact_hub.is_empty() => Some(Some(Action::Pull)),
        Route::Info | Route::Health | Route::Metrics | Route::Static(_) | Route::ArtifactHub | Route::Mirrors => None,
        Route::Provenance => (*method == Method::POST).then_some(Some(Action::Push)),
        Route::Charts if *method == Method::POST => Some(Some(Action::Push)),
        Route::Version(_) if *method == Method::DELETE => settings.writes.delete.then_some(Some(Action::Push)),
        _ => reads.then_some(Some(Action::Pull)),
    }
}

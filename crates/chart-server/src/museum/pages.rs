//! What is not about charts: the welcome page, static files, the file for Artifact Hub, metrics.

use std::path::{Component, Path, PathBuf};

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

use crate::answer::{self, Fault};
use crate::app::App;
use crate::metrics::TenantCount;
use crate::mirror::Numbers;

/// The version of ChartMuseum that this API is.
pub const MUSEUM_VERSION: &str = "0.16.5";
/// Tenants with numbers of their own; what scrapes metrics keeps a series for each.
const TENANTS: u64 = 1000;
/// Bytes of a file that the web folder may show.
const FILE_BYTES: u64 = 20 * 1024 * 1024;

pub fn info() -> Response {
    answer::json(StatusCode::OK, format!("{{\"version\":\"{MUSEUM_VERSION}\"}}"))
}

/// The page of the web folder, or our own.
pub async fn welcome(app: &App) -> Result<Response, Fault> {
    if let Some(folder) = &app.settings.shown.web_folder
        && let Some(page) = read(folder.join("index.html")).await
    {
        return Ok(answer::data(StatusCode::OK, "text/html; charset=utf-8", page));
    }
    Ok(answer::data(StatusCode::OK, "text/html", WELCOME))
}

/// A file below `static/` of the web folder.
pub async fn file(app: &App, path: &str) -> Result<Response, Fault> {
    let inner = Path::new(path.trim_start_matches('/'));
    // A way out of the folder is no file in it.
    let plain = inner
        .components()
        .all(|part| matches!(part, Component::Normal(name) if !name.to_string_lossy().starts_with('.')));
    let folder = app.settings.shown.web_folder.as_ref().filter(|_| plain).ok_or_else(Fault::not_found)?;
    let bytes = read(folder.join(inner)).await.ok_or_else(Fault::not_found)?;
    Ok(answer::data(StatusCode::OK, content_type(inner), bytes))
}

pub fn artifact_hub(app: &App, tenant: &str) -> Result<Response, Fault> {
    let id = app.settings.shown.artifact_hub.get(tenant);
    let id = id.ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "Artifact Hub repository ID not found"))?;
    let map = [(gostd::Str::from("repositoryID"), gostd::Value::str(id.as_str()))];
    let text = goyaml::to_yaml(&gostd::Value::map(map.into_iter().collect()));
    let text = text.map_err(|error| Fault::internal(error.text))?;
    Ok(answer::data(StatusCode::OK, "application/x-yaml", text))
}

pub async fn metrics(app: &App) -> Result<Response, Fault> {
    let mut counts = Vec::new();
    for tenant in app.store.tenants(None, TENANTS).await? {
        let (charts, versions) = app.store.counts(&tenant).await?;
        counts.push(TenantCount { tenant, charts, versions });
    }
    let mirrors: Vec<_> = app.mirrors.all().map(|mirror| mirror.told(Numbers::of)).collect();
    Ok(answer::data(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", app.metrics.text(&counts, &mirrors)))
}

async fn read(path: PathBuf) -> Option<Bytes> {
    let metadata = tokio::fs::metadata(&path).await.ok()?;
    let fits = metadata.is_file() && metadata.len() <= FILE_BYTES;
    if !fits {
        return None;
    }
    tokio::fs::read(path).await.ok().map(Bytes::from)
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "html" | "htm" => "text/html; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

const WELCOME: &str = include_str!("welcome.html");

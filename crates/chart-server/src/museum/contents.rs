//! What is in an archive: templates and default values.

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use chart::Chart;
use chart::log::Silent;
use data_encoding::BASE64;
use gostd::json::append_quote;

use super::pick;
use crate::answer::{self, Fault};
use crate::app::App;
use crate::route::Version;

/// Bytes of an archive that is unpacked for this.
const ARCHIVE_BYTES: u64 = 64 * 1024 * 1024;

/// `GET …/templates`: the templates in base64, and the values as JSON.
pub async fn templates(app: &App, tenant: &str, version: &Version) -> Result<Response, Fault> {
    let text = unpacked(app, tenant, version, templates_json).await?;
    Ok(answer::json(StatusCode::OK, text))
}

/// `GET …/values`: values.yaml as it was written.
pub async fn values(app: &App, tenant: &str, version: &Version) -> Result<Response, Fault> {
    let text = unpacked(app, tenant, version, |chart| Ok(chart.raw_values().map(<[u8]>::to_vec))).await?;
    let text = text.ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "values.yaml not found"))?;
    Ok(answer::data(StatusCode::OK, "application/yaml", text))
}

/// Unpacks an archive and takes something out of it, away from the requests; few at a time.
async fn unpacked<T: Send + 'static>(
    app: &App,
    tenant: &str,
    version: &Version,
    take: impl FnOnce(&Chart) -> Result<T, String> + Send + 'static,
) -> Result<T, Fault> {
    let version = pick::version(app, tenant, version).await?;
    let archive = app.store.file(tenant, &version.file).await?;
    let _turn = app.unpacking.acquire().await.map_err(|error| Fault::internal(error.to_string()))?;
    let bytes: Bytes = archive.bytes(ARCHIVE_BYTES).await?;
    let work = tokio::task::spawn_blocking(move || {
        let chart = chart::load_archive(&bytes, &mut Silent).map_err(|error| error.text)?;
        take(&chart)
    });
    let taken = work.await.map_err(|error| Fault::internal(error.to_string()))?;
    // It was checked when it came: what cannot be loaded now is damaged.
    taken.map_err(|text| Fault { detail: Some(text.clone()), ..Fault::new(StatusCode::INTERNAL_SERVER_ERROR, text) })
}

fn templates_json(chart: &Chart) -> Result<Vec<u8>, String> {
    // As Go writes what is not there.
    let templates = chart.templates();
    let mut out = if templates.is_empty() { b"{\"templates\":null".to_vec() } else { b"{\"templates\":[".to_vec() };
    for (place, template) in templates.iter().enumerate() {
        out.extend_from_slice(if place == 0 { b"{\"name\":" } else { b",{\"name\":" });
        append_quote(&mut out, template.name.as_bytes());
        out.extend_from_slice(b",\"data\":\"");
        out.extend_from_slice(BASE64.encode(&template.data).as_bytes());
        out.extend_from_slice(b"\"}");
    }
    out.extend_from_slice(if templates.is_empty() { b",\"values\":" } else { b"],\"values\":" });
    let values = if chart.has_values() { gostd::Value::Map(chart.values().clone()) } else { gostd::Value::Nil };
    gostd::json::append_encode(&mut out, &values).map_err(|error| error.text)?;
    out.push(b'}');
    Ok(out)
}

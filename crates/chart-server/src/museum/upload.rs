//! Uploads: packages and signatures, alone or in a form. Bodies are written down as they come, and kept whole or not
//! at all.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use bytes::Bytes;
use chart_store::{Algorithm, Error, Policy, Spooled};
use http_body_util::BodyExt;

use super::{Asked, fault, form, query};
use crate::answer::{self, Fault};
use crate::app::App;
use crate::settings::Overwrite;

/// Bytes of a signature: a signed Chart.yaml with one digest.
pub const SIGNATURE_BYTES: u64 = 1024 * 1024;

const SAVED: &str = r#"{"saved":true}"#;

/// `POST /api/charts`: a package as it is, or a form with packages and signatures.
pub async fn charts(app: &App, asked: &Asked, body: Body) -> Result<Response, Fault> {
    let policy = policy(app, &asked.head.uri);
    if media_type(&asked.head.headers) == "multipart/form-data" {
        form::save(app, &asked.tenant, policy, &asked.head.headers, body).await?;
    } else {
        let package = spool(app, &asked.head.headers, body, app.settings.limits.upload_bytes).await?;
        app.store.put_chart(&asked.tenant, package, None, policy).await?;
    }
    Ok(answer::json(StatusCode::CREATED, SAVED))
}

/// `POST /api/prov`: a signature.
pub async fn provenance(app: &App, asked: &Asked, body: Body) -> Result<Response, Fault> {
    let policy = policy(app, &asked.head.uri);
    let limit = app.settings.limits.upload_bytes.min(SIGNATURE_BYTES);
    let text = read(body, limit).await?;
    let saved = app.store.put_provenance(&asked.tenant, text, policy).await;
    match saved {
        Ok(_) => Ok(answer::json(StatusCode::CREATED, SAVED)),
        // ChartMuseum's status, which its tests ask for.
        Err(Error::Invalid(text)) if text == "invalid provenance file" => {
            Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, text))
        }
        Err(error) => Err(error.into()),
    }
}

/// What an upload may do. That `force` is there counts, not what it says.
fn policy(app: &App, uri: &Uri) -> Policy {
    Policy {
        overwrite: match app.settings.writes.overwrite {
            Overwrite::Never => false,
            Overwrite::Forced => query::value(uri, "force").is_some(),
            Overwrite::Always => true,
        },
        per_chart_limit: app.settings.limits.versions,
        max_objects: app.settings.limits.objects,
    }
}

fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split([' ', ';']).next().unwrap_or_default()
}

/// Writes a body down.
async fn spool(app: &App, headers: &HeaderMap, mut body: Body, limit: u64) -> Result<Spooled, Fault> {
    let announced = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(Fault::too_large());
    }
    let mut spool = app.store.spool(Algorithm::Sha256, limit);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| fault::of_body(&error))?;
        if let Some(data) = frame.data_ref() {
            spool.write(data).await?;
        }
    }
    Ok(spool.finish().await?)
}

/// Reads a body into memory.
async fn read(mut body: Body, limit: u64) -> Result<Bytes, Fault> {
    let mut text = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| fault::of_body(&error))?;
        text.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
        if text.len() as u64 > limit {
            return Err(Fault::too_large());
        }
    }
    Ok(text.into())
}

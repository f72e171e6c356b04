//! Uploads: packages and signatures, alone or in a form. Bodies are written down as they come, and kept whole or not
//! at all.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chart_store::{Algorithm, Checked, Error, Policy, Spooled};
use gostd::strconv::parse_bool;
use http_body_util::BodyExt;
use serde_json::json;

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
        let messages = form::save(app, asked, policy, body).await?;
        return Ok(saved(&messages));
    }
    let package = spool(app, &asked.head.headers, body, app.settings.limits.upload_bytes).await?;
    let (checked, messages) = checked(app, &asked.head.uri, package).await?;
    app.store.keep_chart(&asked.tenant, checked, None, policy).await?;
    Ok(saved(&messages))
}

/// ChartMuseum's answer; with what lint has to say, if it was asked and has something to say.
fn saved(messages: &[String]) -> Response {
    match messages {
        [] => answer::json(StatusCode::CREATED, SAVED),
        messages => answer::json(StatusCode::CREATED, json!({"saved": true, "lint": messages}).to_string()),
    }
}

/// Checks a package, and lints it if that is wanted; gives the messages along.
///
/// # Errors
/// 400 for what is no chart, 422 with all messages for one that has lint errors.
pub async fn checked(app: &App, uri: &Uri, package: Spooled) -> Result<(Checked, Vec<String>), Fault> {
    let mut checked = app.store.check_chart(package).await?;
    let is_asked = query::value(uri, "lint").is_some_and(|word| parse_bool(word.as_bytes()).unwrap_or(true));
    if !app.linting.is_wanted(is_asked) {
        return Ok((checked, Vec::new()));
    }
    let read = tokio::task::spawn_blocking(move || checked.bytes().map(|bytes| (bytes, checked)));
    let read = read.await.map_err(std::io::Error::other).and_then(|read| read);
    let (bytes, checked) = read.map_err(|error| Fault::internal(error.to_string()))?;
    let findings = app.linting.look(bytes).await.map_err(|text| Fault::new(StatusCode::BAD_REQUEST, text))?;
    if app.linting.refuses(&findings, is_asked) {
        let text = format!("{} has lint errors:\n{}", checked.file(), findings.messages.join("\n"));
        return Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, text));
    }
    if !findings.messages.is_empty() {
        let fields = [("package", json!(checked.file())), ("messages", json!(findings.messages))];
        app.log.warn("Lint has something to say of a chart", &fields);
    }
    Ok((checked, findings.messages))
}

/// `POST /api/prov`: a signature.
pub async fn provenance(app: &App, asked: &Asked, body: Body) -> Result<Response, Fault> {
    let policy = policy(app, &asked.head.uri);
    let limit = app.settings.limits.upload_bytes.min(SIGNATURE_BYTES);
    let text = app.store.load(spool(app, &asked.head.headers, body, limit).await?).await?;
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

//! Upload forms (`multipart/form-data`), read field by field as they arrive.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use chart_store::{Algorithm, Error, Policy, Spooled};
use multer::{Constraints, Field, Multipart, SizeLimit};

use super::upload::{self, SIGNATURE_BYTES};
use super::{Asked, fault};
use crate::answer::Fault;
use crate::app::App;

/// Fields that are looked at: four are known, the others are passed over.
const FIELDS: usize = 64;
/// Bytes of a form beside its files: heads of fields, borders.
const FORM_BYTES: u64 = 64 * 1024;

/// The files of a form that have a meaning, in the order of ChartMuseum: its own names before those that were set.
#[derive(Default)]
struct Files {
    packages: Vec<(String, Spooled)>,
    signatures: Vec<(String, Bytes)>,
}

/// Keeps what is in a form: a package and its signature together or not at all. Returns what lint has to say.
///
/// # Errors
/// 400 for a form without files or with wrong ones, 409 for what is there, 413 for too much.
pub async fn save(app: &App, asked: &Asked, policy: Policy, body: Body) -> Result<Vec<String>, Fault> {
    let files = read(app, &asked.head.headers, body).await?;
    if files.packages.is_empty() && files.signatures.is_empty() {
        return Err(nothing(app));
    }
    let exists = |error: Error| match error {
        Error::Exists(_) => Fault::new(StatusCode::CONFLICT, "chart already exists"),
        error => error.into(),
    };
    let Files { packages: given, mut signatures } = files;
    let (mut packages, mut messages) = (Vec::new(), Vec::new());
    for (_, package) in given {
        // All of them before any is kept.
        let (checked, mut found) = upload::checked(app, &asked.head.uri, package).await?;
        packages.push(checked);
        messages.append(&mut found);
    }
    let tenant = &asked.tenant;
    if packages.len() == 1 && signatures.len() == 1 {
        let (Some(package), Some((_, signature))) = (packages.pop(), signatures.pop()) else {
            return Err(nothing(app));
        };
        app.store.keep_chart(tenant, package, Some(signature), policy).await.map_err(exists)?;
    }
    for package in packages {
        app.store.keep_chart(tenant, package, None, policy).await.map_err(exists)?;
    }
    for (_, signature) in signatures {
        app.store.put_provenance(tenant, signature, policy).await.map_err(exists)?;
    }
    Ok(messages)
}

async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<Files, Fault> {
    let limit = app.settings.limits.upload_bytes;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(content_type) else { return Err(nothing(app)) };
    let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(limit.saturating_add(FORM_BYTES)));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let mut files = Files::default();
    for _ in 0..FIELDS {
        match form.next_field().await.map_err(|error| wrong(app, error))? {
            None => return Ok(files),
            Some(field) => take(app, &mut files, field, limit).await?,
        }
    }
    Err(Fault::new(StatusCode::BAD_REQUEST, format!("the form has more than {FIELDS} fields")))
}

/// Takes a field that is a file and has a known name; the first of a name counts.
async fn take(app: &App, files: &mut Files, mut field: Field<'_>, limit: u64) -> Result<(), Fault> {
    let names = &app.settings.forms;
    let name = field.name().unwrap_or_default().to_owned();
    let is = |own: &str, set: &str| name == own || name == set;
    if field.file_name().is_none() {
        return Ok(());
    }
    if is("chart", &names.chart) && !files.packages.iter().any(|(known, _)| *known == name) {
        let mut spool = app.store.spool(Algorithm::Sha256, limit);
        while let Some(bytes) = field.chunk().await.map_err(|error| wrong(app, error))? {
            spool.write(&bytes).await?;
        }
        files.packages.push((name, spool.finish().await?));
        // The same file under both names is one file.
        files.packages.dedup_by(|a, b| a.1.digest() == b.1.digest());
    } else if is("prov", &names.prov) && !files.signatures.iter().any(|(known, _)| *known == name) {
        let mut text = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(|error| wrong(app, error))? {
            text.extend_from_slice(&bytes);
            if text.len() as u64 > SIGNATURE_BYTES.min(limit) {
                return Err(Fault::too_large());
            }
        }
        files.signatures.push((name, text.into()));
        files.signatures.dedup_by(|a, b| a.1 == b.1);
    }
    Ok(())
}

fn nothing(app: &App) -> Fault {
    let names = &app.settings.forms;
    let text = format!("no package or provenance file found in form fields {} and {}", names.chart, names.prov);
    Fault::new(StatusCode::BAD_REQUEST, text)
}

fn wrong(app: &App, error: multer::Error) -> Fault {
    match &error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Fault::too_large(),
        multer::Error::StreamReadFailed(cause) => fault::of_body(cause.as_ref()),
        // As for ChartMuseum, there is nothing in a form that cannot be read.
        _ => nothing(app),
    }
}

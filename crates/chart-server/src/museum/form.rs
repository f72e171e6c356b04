//! Upload forms (`multipart/form-data`), read field by field as they arrive.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
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
    signatures: Vec<(String, Spooled)>,
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
    let Files { packages, signatures } = files;
    let (mut packages, mut signatures) = (packages.into_iter(), signatures.into_iter());
    let tenant = &asked.tenant;
    let mut messages = Vec::new();
    if packages.len() == 1
        && let Some((_, package)) = packages.next()
    {
        let own = if signatures.len() == 1 { signatures.next() } else { None };
        let signature = match own {
            Some((_, text)) => Some(app.store.load(text).await?),
            None => None,
        };
        let (checked, mut found) = upload::checked(app, &asked.head.uri, package).await?;
        app.store.keep_chart(tenant, checked, signature, policy).await.map_err(exists)?;
        messages.append(&mut found);
    }
    let mut looked_at = Vec::new();
    for (_, package) in packages {
        // All of them before any is kept; what was read of one must go before there is room for the next.
        let (checked, mut found) = upload::checked(app, &asked.head.uri, package).await?;
        looked_at.push(checked.into_spooled());
        messages.append(&mut found);
    }
    for package in looked_at {
        let checked = app.store.check_chart(package).await?;
        app.store.keep_chart(tenant, checked, None, policy).await.map_err(exists)?;
    }
    for (_, signature) in signatures {
        let text = app.store.load(signature).await?;
        app.store.put_provenance(tenant, text, policy).await.map_err(exists)?;
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
        let package = spool(app, &mut field, limit).await?;
        files.packages.push((name, package));
        // The same file under both names is one file.
        files.packages.dedup_by(|a, b| a.1.digest() == b.1.digest());
    } else if is("prov", &names.prov) && !files.signatures.iter().any(|(known, _)| *known == name) {
        let text = spool(app, &mut field, SIGNATURE_BYTES.min(limit)).await?;
        files.signatures.push((name, text));
        files.signatures.dedup_by(|a, b| a.1.digest() == b.1.digest());
    }
    Ok(())
}

async fn spool(app: &App, field: &mut Field<'_>, limit: u64) -> Result<Spooled, Fault> {
    let mut spool = app.store.spool(Algorithm::Sha256, limit);
    while let Some(bytes) = field.chunk().await.map_err(|error| wrong(app, error))? {
        spool.write(&bytes).await?;
    }
    Ok(spool.finish().await?)
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

//! Upload forms (`multipart/form-data`), read field by field as they arrive.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use chart_store::{Algorithm, Policy, Spooled};
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

/// Keeps what is in a form, all of it or nothing. Returns what lint has to say.
///
/// # Errors
/// 400 for a form without files or with wrong ones, 409 for what is there, 413 for too much.
pub async fn save(app: &App, asked: &Asked, policy: Policy, body: Body) -> Result<Vec<String>, Fault> {
    let files = read(app, &asked.head.headers, body).await?;
    let kept = if files.packages.len() < 2 && files.signatures.len() < 2 {
        keep_one(app, asked, files, policy).await
    } else {
        // Each has what others wait for, and waits for more of it.
        let _turn = app.forms.acquire().await.map_err(|error| Fault::internal(error.to_string()))?;
        keep_several(app, asked, files, policy).await
    };
    kept.map_err(|fault| match fault.status {
        StatusCode::CONFLICT => Fault::new(StatusCode::CONFLICT, "chart already exists"),
        _ => fault,
    })
}

/// Keeps a package, a signature, or both, which belong together then.
async fn keep_one(app: &App, asked: &Asked, files: Files, policy: Policy) -> Result<Vec<String>, Fault> {
    let tenant = &asked.tenant;
    // Who has been given room for a package must not wait for that of a text.
    let signature = match files.signatures.into_iter().next() {
        Some((_, text)) => Some(app.store.load(text).await?),
        None => None,
    };
    match (files.packages.into_iter().next(), signature) {
        (Some((_, package)), signature) => {
            let (checked, messages) = upload::checked(app, &asked.head.uri, package).await?;
            app.store.keep_chart(tenant, checked, signature, policy).await?;
            Ok(messages)
        }
        (None, Some(text)) => Ok(app.store.put_provenance(tenant, text, policy).await.map(|_| Vec::new())?),
        (None, None) => Err(nothing(app)),
    }
}

/// Keeps what came under ChartMuseum's own names and under those that were set.
async fn keep_several(app: &App, asked: &Asked, files: Files, policy: Policy) -> Result<Vec<String>, Fault> {
    let (mut signatures, mut packages, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for (_, text) in files.signatures {
        signatures.push(app.store.load(text).await?);
    }
    for (_, package) in files.packages {
        let (checked, mut found) = upload::checked(app, &asked.head.uri, package).await?;
        packages.push(checked);
        messages.append(&mut found);
    }
    app.store.keep_form(&asked.tenant, packages, signatures, policy).await?;
    Ok(messages)
}

async fn read(app: &App, headers: &HeaderMap, body: Body) -> Result<Files, Fault> {
    let limit = app.settings.limits.upload_bytes;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(boundary) = multer::parse_boundary(content_type) else { return Err(nothing(app)) };
    let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(limit.saturating_add(FORM_BYTES)));
    let mut form = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let mut files = Files::default();
    let mut fields = 0;
    while let Some(field) = form.next_field().await.map_err(|error| wrong(app, error))? {
        fields += 1;
        if fields > FIELDS {
            return Err(Fault::new(StatusCode::BAD_REQUEST, format!("the form has more than {FIELDS} fields")));
        }
        take(app, &mut files, field, limit).await?;
    }
    Ok(files)
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

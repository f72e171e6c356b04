//! Reading: the index, archives, and what the API says of charts.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use chart_store::{Error, Text};

use super::accept::{takes_gzip, wants_json};
use super::{Asked, pick, query};
use crate::answer::{self, Fault, JSON, Pieces};
use crate::app::App;
use crate::mirror::View;
use crate::route;

/// The index as it is now: YAML, packed where the client can unpack it, or JSON; or that nothing changed.
pub async fn index(app: &Arc<App>, asked: &Asked) -> Result<Response, Fault> {
    let form = Form::wanted(&asked.head.headers, app.settings.shown.json_index);
    if let Some(view) = app.mirrors.index(app, asked).await? {
        return mirrored(asked, &view, &form).await;
    }
    let index = app.store.index(&asked.tenant).await?;
    let tag = form.tag(index.etag());
    let body = if answer::has_tag(&asked.head.headers, &tag) {
        None
    } else if form.is_json {
        Some(whole(&app.store.index_json(&asked.tenant).await?))
    } else if form.is_packed {
        Some(whole(&index.gzip().await?))
    } else {
        Some(whole(index.yaml()))
    };
    Ok(form.described(body, &tag))
}

/// The index of a tenant that has another repository behind it.
async fn mirrored(asked: &Asked, view: &View, form: &Form) -> Result<Response, Fault> {
    let tag = form.tag(&view.etag);
    if answer::has_tag(&asked.head.headers, &tag) {
        return Ok(form.described(None, &tag));
    }
    let text = if form.is_json {
        view.json().await
    } else if form.is_packed {
        view.gzip().await
    } else {
        Ok(view.yaml.clone())
    };
    let text = text.map_err(|error| Fault::internal(format!("cannot write an index: {error}")))?;
    let mut response = Response::new(text.body());
    set(response.headers_mut(), CONTENT_LENGTH, &text.size.to_string());
    Ok(form.described(Some(response), &tag))
}

/// The form of an index; each is a content of its own.
struct Form {
    is_json: bool,
    is_packed: bool,
    content_type: &'static str,
}

impl Form {
    fn wanted(headers: &HeaderMap, is_always_json: bool) -> Self {
        let is_json = is_always_json || wants_json(headers);
        // Of ChartMuseum's own flag clients know the content, not the type.
        let content_type = if is_json && !is_always_json { "application/json" } else { "application/x-yaml" };
        Form { is_json, is_packed: !is_json && takes_gzip(headers), content_type }
    }

    fn tag(&self, tag: &str) -> String {
        let form = match (self.is_json, self.is_packed) {
            (true, _) => "-json",
            (_, true) => "-gzip",
            _ => "",
        };
        format!("{}{form}\"", tag.trim_end_matches('"'))
    }

    /// Describes an index; without one, that it did not change.
    fn described(&self, index: Option<Response>, tag: &str) -> Response {
        let is_packed = self.is_packed && index.is_some();
        let mut response = index.unwrap_or_else(|| answer::empty(StatusCode::NOT_MODIFIED));
        let headers = response.headers_mut();
        if is_packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        set(headers, ETAG, tag);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
        response
    }
}

/// An archive or a signature.
pub async fn file(app: &Arc<App>, asked: &Asked, file: &str) -> Result<Response, Fault> {
    let content_type = match file {
        _ if file.ends_with("tgz.prov") => "application/pgp-signature",
        _ if file.ends_with("tgz") => "application/x-tar",
        // ChartMuseum's status, which its tests ask for.
        _ => return Err(Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "unsupported file extension")),
    };
    let blob = match app.store.file(&asked.tenant, file).await {
        Err(Error::Unknown(_)) if app.mirrors.fetch(app, asked, file).await? => {
            app.store.file(&asked.tenant, file).await?
        }
        found => found?,
    };
    let tag = format!("\"{}\"", blob.digest());
    let mut response = if answer::has_tag(&asked.head.headers, &tag) {
        answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        let body = match blob.ready() {
            Some(bytes) => Body::from(bytes.clone()),
            None => Body::from_stream(blob.pieces(0..blob.size()).await?),
        };
        let mut response = Response::new(body);
        set(response.headers_mut(), CONTENT_LENGTH, &blob.size().to_string());
        response
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    set(headers, ETAG, &tag);
    // A version may be uploaded again.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// All charts with their versions, or a page of them.
pub async fn charts(app: &App, asked: &Asked) -> Result<Response, Fault> {
    let page = query::page(&asked.head.uri)?;
    let mut response = whole(&app.store.charts_json(&asked.tenant, page).await?);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    Ok(response)
}

/// All versions of a chart, the newest first.
pub async fn chart(app: &App, tenant: &str, name: &str) -> Result<Response, Fault> {
    let text = app.store.chart_json(tenant, name).await?;
    let text = text.ok_or_else(|| Fault::new(StatusCode::NOT_FOUND, "chart not found"))?;
    let mut response = whole(&text);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    Ok(response)
}

/// One version of a chart.
pub async fn version(app: &App, tenant: &str, version: &route::Version) -> Result<Response, Fault> {
    let version = pick::version(app, tenant, version).await?;
    let text = version.to_json(&app.store.url(tenant, &version.file));
    Ok(answer::json(StatusCode::OK, text))
}

fn whole(text: &Text) -> Response {
    Response::new(Pieces::body(text.pieces().iter().cloned()))
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

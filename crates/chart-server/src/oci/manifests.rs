//! Manifests: read (end-3), pushed (end-7), deleted (end-9).

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use chart_store::{Digest, PutManifest, names};

use super::blobs::{check_deletes, parsed};
use super::gate::{Action, Subject};
use super::reply::{self, Code, Fault};
use super::{Call, MANIFEST_BYTES, body, lint};
use crate::answer;

/// Tags that one push may set.
const TAGS: usize = 100;

/// What a manifest is asked by.
enum Reference {
    Tag(String),
    Digest(Digest),
}

fn reference(text: &str) -> Result<Reference, Fault> {
    if text.contains(':') {
        return parsed(text).map(Reference::Digest);
    }
    match names::is_tag(text) {
        true => Ok(Reference::Tag(text.to_owned())),
        false => Err(Fault::new(StatusCode::BAD_REQUEST, Code::ManifestInvalid, "invalid tag")),
    }
}

/// Answers with a manifest.
pub async fn get(call: &Call, name: &str, text: &str) -> Result<Response, Fault> {
    call.may(Action::Pull, Subject::Repository(name))?;
    // What can be no manifest's name is not found, as the specification has it.
    let unknown = |_| Fault::new(StatusCode::NOT_FOUND, Code::ManifestUnknown, "manifest unknown to registry");
    reference(text).map_err(unknown)?;
    let manifest = call.store().manifest(name, text).await?;
    let tag = format!("\"{}\"", manifest.digest);
    let mut response = reply::empty(StatusCode::OK);
    reply::set(&mut response, reply::DIGEST, manifest.digest.as_str());
    reply::set(&mut response, ETAG, &tag);
    if call.header(IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag)) {
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    reply::set(&mut response, CONTENT_TYPE, &manifest.media_type);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(manifest.body.len()));
    Ok(match Arc::try_unwrap(manifest) {
        Ok(own) => answer::with_own(response, own.body),
        Err(shared) => response.map(|_| Body::from(shared.body.clone())),
    })
}

/// Takes a manifest in.
pub async fn put(call: &Call, name: &str, text: &str, content: Body) -> Result<Response, Fault> {
    call.may(Action::Push, Subject::Repository(name))?;
    let (digest, mut tags) = match reference(text)? {
        Reference::Tag(tag) => (None, vec![tag]),
        Reference::Digest(digest) => (Some(digest), Vec::new()),
    };
    let by_parameter = digest.is_some();
    if by_parameter {
        tags = call.query.all("tag").map(str::to_owned).collect();
        check_tags(&tags)?;
    }
    let body = body::loaded(call, content, MANIFEST_BYTES).await?;
    let content_type = content_type(call);
    lint::look(call, name, content_type.as_deref(), &body).await?;
    let put = PutManifest {
        repository: name.to_owned(),
        digest,
        content_type,
        body,
        tags: tags.clone(),
        policy: call.registry.rules.policy,
    };
    let stored = call.store().put_manifest(put).await.map_err(|error| Fault::of(error, Code::ManifestInvalid))?;
    let mut response = reply::empty(StatusCode::CREATED);
    reply::set_location(&mut response, call, &format!("{name}/manifests/{}", stored.digest));
    reply::set(&mut response, reply::DIGEST, stored.digest.as_str());
    if let Some(subject) = &stored.subject {
        reply::set(&mut response, reply::SUBJECT, subject);
    }
    if by_parameter && !tags.is_empty() {
        reply::set(&mut response, reply::TAG, &tags.join(", "));
    }
    Ok(response)
}

fn check_tags(tags: &[String]) -> Result<(), Fault> {
    if tags.len() > TAGS {
        return Err(Fault::new(StatusCode::URI_TOO_LONG, Code::Unsupported, "too many tags"));
    }
    match tags.iter().all(|tag| names::is_tag(tag)) {
        true => Ok(()),
        false => Err(Fault::new(StatusCode::BAD_REQUEST, Code::ManifestInvalid, "invalid tag")),
    }
}

/// The type of the body, without parameters.
fn content_type(call: &Call) -> Option<String> {
    let header = call.header(CONTENT_TYPE)?;
    let media_type = header.split(';').next().unwrap_or_default().trim();
    (!media_type.is_empty()).then(|| media_type.to_owned())
}

/// Deletes a tag, or a manifest with its tags.
pub async fn delete(call: &Call, name: &str, text: &str) -> Result<Response, Fault> {
    call.may(Action::Delete, Subject::Repository(name))?;
    check_deletes(call, "GET, HEAD, PUT")?;
    match reference(text)? {
        Reference::Tag(tag) => call.store().delete_tag(name, &tag).await?,
        Reference::Digest(digest) => call.store().delete_manifest(name, &digest).await?,
    }
    Ok(reply::empty(StatusCode::ACCEPTED))
}

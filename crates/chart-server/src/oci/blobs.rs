//! Blobs: read (end-2), deleted (end-10).

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use chart_store::{Digest, Error};

use super::Call;
use super::gate::{Action, Subject};
use super::range::{Wanted, wanted};
use super::reply::{self, Code, Fault};

/// What a digest names never changes; whether a client may have it does.
const FOR_EVER: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// Answers with a blob, or a part of it.
pub async fn get(call: &Call, name: &str, digest: &str) -> Result<Response, Fault> {
    call.may(Action::Pull, Subject::Repository(name))?;
    let digest = parsed(digest)?;
    let blob = call.store().blob_of(name, &digest).await?;
    let tag = format!("\"{digest}\"");
    let mut response = reply::empty(StatusCode::OK);
    reply::set(&mut response, reply::DIGEST, digest.as_str());
    reply::set(&mut response, ETAG, &tag);
    let headers = response.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, FOR_EVER);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    if call.header(IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag)) {
        headers.remove(CONTENT_LENGTH);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    let size = blob.size();
    // Only GET has ranges, and of another content a part is of no use (RFC 9110, 13.1.5).
    let is_same = call.header(IF_RANGE).is_none_or(|known| known == tag);
    let range = call.header(RANGE).filter(|_| call.method == Method::GET && is_same);
    let part = match wanted(range, size) {
        Wanted::All => 0..size,
        Wanted::Part(part) => {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            reply::set(&mut response, CONTENT_RANGE, &format!("bytes {}-{}/{size}", part.start, part.end - 1));
            part
        }
        Wanted::Nothing => {
            let fault =
                Fault::new(StatusCode::RANGE_NOT_SATISFIABLE, Code::SizeInvalid, "the range is not in the blob");
            return Err(fault.with(CONTENT_RANGE, &format!("bytes */{size}")));
        }
    };
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(part.end - part.start));
    if call.method == Method::HEAD {
        return Ok(response);
    }
    let body = match blob.ready() {
        Some(bytes) if part == (0..size) => Body::from(bytes.clone()),
        _ => Body::from_stream(blob.pieces(part).await?),
    };
    Ok(response.map(|_| body))
}

/// Takes a blob from a repository.
pub async fn delete(call: &Call, name: &str, digest: &str) -> Result<Response, Fault> {
    call.may(Action::Delete, Subject::Repository(name))?;
    check_deletes(call, "GET, HEAD")?;
    match call.store().delete_blob(name, &parsed(digest)?).await {
        Ok(()) => Ok(reply::empty(StatusCode::ACCEPTED)),
        Err(Error::Exists(_)) => {
            let text = "a chart needs the blob: delete its manifest";
            Err(Fault::not_allowed(text, "GET, HEAD"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Deleting may be off; then there are other methods.
pub fn check_deletes(call: &Call, others: &str) -> Result<(), Fault> {
    match call.registry.rules.deletes {
        true => Ok(()),
        false => Err(Fault::not_allowed("deleting is off on this server", others)),
    }
}

pub fn parsed(digest: &str) -> Result<Digest, Fault> {
    digest.parse().map_err(|error: Error| Fault::digest_invalid(&error.to_string()))
}

//! Uploads of blobs: in one request (end-4b), in two (end-4a, end-6), in chunks (end-5), mounted (end-11); where they are
//! (end-13), given up (end-14).

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_RANGE, RANGE};
use axum::response::Response;
use chart_store::{Algorithm, Digest, Error, Spooled, Upload};

use super::Call;
use super::blobs::parsed;
use super::gate::{Action, Subject};
use super::reply::{self, Code, Fault};
use super::{body, range};

const UPLOAD_ID: axum::http::HeaderName = axum::http::HeaderName::from_static("docker-upload-uuid");

/// Begins an upload, or does all of it.
pub async fn begin(call: &Call, name: &str, content: Body) -> Result<Response, Fault> {
    call.may(Action::Push, Subject::Repository(name))?;
    if let Some(digest) = call.query.get("mount") {
        if mounted(call, name, &parsed(digest)?).await? {
            return Ok(created(call, name, &parsed(digest)?));
        }
    } else if let Some(digest) = call.query.get("digest") {
        let digest = parsed(digest)?;
        let content = body::spooled(call, content, digest.algorithm(), call.registry.rules.blob_bytes).await?;
        call.store().put_blob(name, content, &digest).await.map_err(of_upload)?;
        return Ok(created(call, name, &digest));
    }
    if let Some(algorithm) = call.query.get("digest-algorithm") {
        algorithm.parse::<Algorithm>().map_err(|error| Fault::digest_invalid(&error.to_string()))?;
    }
    let upload = call.store().begin_upload(name).await?;
    Ok(accepted(call, name, &upload, StatusCode::ACCEPTED))
}

/// Takes the blob from the repository that the client names, or from one that it may read.
async fn mounted(call: &Call, name: &str, digest: &Digest) -> Result<bool, Fault> {
    let sources = match call.query.get("from") {
        Some(from) => vec![from.to_owned()],
        None => call.store().sources(digest).await?,
    };
    for from in sources.iter().filter(|from| call.may(Action::Pull, Subject::Repository(from)).is_ok()) {
        if call.store().mount(name, from, digest).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Says how far an upload is.
pub async fn status(call: &Call, name: &str, id: &str) -> Result<Response, Fault> {
    call.may(Action::Push, Subject::Repository(name))?;
    let upload = call.store().upload(name, id).await?;
    Ok(accepted(call, name, &upload, StatusCode::NO_CONTENT))
}

/// Takes a chunk.
pub async fn append(call: &Call, name: &str, id: &str, content: Body) -> Result<Response, Fault> {
    call.may(Action::Push, Subject::Repository(name))?;
    let upload = call.store().upload(name, id).await?;
    let (start, chunk) =
        chunk(call, &upload, content, Algorithm::Sha256).await.map_err(|fault| at(fault, call, name, id))?;
    let appended = call.store().append(name, id, start, chunk).await;
    let upload = appended.map_err(|error| at(of_upload(error), call, name, id))?;
    Ok(accepted(call, name, &upload, StatusCode::ACCEPTED))
}

/// Ends an upload, perhaps with a last chunk.
pub async fn finish(call: &Call, name: &str, id: &str, content: Body) -> Result<Response, Fault> {
    call.may(Action::Push, Subject::Repository(name))?;
    let digest = call.query.get("digest").ok_or_else(|| Fault::digest_invalid("the digest is missing"))?;
    let digest = parsed(digest)?;
    let upload = call.store().upload(name, id).await?;
    let chunk = chunk(call, &upload, content, digest.algorithm()).await;
    let (start, chunk) = chunk.map_err(|fault| at(fault, call, name, id))?;
    let finished = call.store().finish_upload(name, id, start, chunk, &digest).await;
    finished.map_err(|error| at(of_upload(error), call, name, id))?;
    Ok(created(call, name, &digest))
}

/// Gives an upload up.
pub async fn cancel(call: &Call, name: &str, id: &str) -> Result<Response, Fault> {
    call.may(Action::Push, Subject::Repository(name))?;
    call.store().cancel_upload(name, id).await?;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// Takes in the body of a chunk. Its place is looked at first: what does not follow need not come.
async fn chunk(
    call: &Call,
    upload: &Upload,
    content: Body,
    algorithm: Algorithm,
) -> Result<(Option<u64>, Spooled), Fault> {
    let invalid =
        || Fault::new(StatusCode::BAD_REQUEST, Code::BlobUploadInvalid, "the Content-Range is not FIRST-LAST");
    let place = match call.header(CONTENT_RANGE) {
        Some(header) => Some(range::chunk(header).ok_or_else(invalid)?),
        None => None,
    };
    if place.is_some_and(|(start, _)| start != upload.size) {
        body::drain(content).await;
        return Err(of_upload(Error::OutOfOrder(upload.size)));
    }
    let room = call.registry.rules.blob_bytes.saturating_sub(upload.size);
    let chunk = body::spooled(call, content, algorithm, room).await?;
    match place.is_some_and(|(_, length)| length != chunk.size()) {
        true => Err(Fault::new(
            StatusCode::BAD_REQUEST,
            Code::SizeInvalid,
            "the Content-Range has another length than the body",
        )),
        false => Ok((place.map(|(start, _)| start), chunk)),
    }
}

fn of_upload(error: Error) -> Fault {
    Fault::of(error, Code::BlobUploadInvalid)
}

/// An error of an upload says where to go on.
fn at(fault: Fault, call: &Call, name: &str, id: &str) -> Fault {
    fault.with(axum::http::header::LOCATION, &format!("{}/v2/{name}/blobs/uploads/{id}", call.base()))
}

fn created(call: &Call, name: &str, digest: &Digest) -> Response {
    let mut response = reply::empty(StatusCode::CREATED);
    reply::set_location(&mut response, call, &format!("{name}/blobs/{digest}"));
    reply::set(&mut response, reply::DIGEST, digest.as_str());
    response
}

fn accepted(call: &Call, name: &str, upload: &Upload, status: StatusCode) -> Response {
    let mut response = reply::empty(status);
    reply::set_location(&mut response, call, &format!("{name}/blobs/uploads/{}", upload.id));
    reply::set(&mut response, RANGE, &range::received(upload.size));
    reply::set(&mut response, UPLOAD_ID, &upload.id);
    response
}

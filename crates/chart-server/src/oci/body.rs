//! Bodies of requests: into the store as they come, or into memory when they are small.

use axum::body::{Body, BodyDataStream};
use axum::http::header::CONTENT_LENGTH;
use bytes::Bytes;
use chart_store::{Algorithm, Error, Spooled, Store};
use futures_util::StreamExt;

use super::Call;
use super::reply::{Code, Fault};

/// Bytes of a refused body that are read all the same.
const DRAINED_BYTES: usize = 8 * 1024 * 1024;

/// Takes in a body as it comes.
///
/// # Errors
/// It is larger than `limit`, breaks off, or has another length than it says; the disk is full.
pub async fn spooled(call: &Call, body: Body, algorithm: Algorithm, limit: u64) -> Result<Spooled, Fault> {
    let announced = announced(call, limit)?;
    let spooled = spool(call.store(), body.into_data_stream(), algorithm, limit).await;
    let spooled = spooled.map_err(|error| Fault::of(error, Code::BlobUploadInvalid))?;
    match announced.is_some_and(|announced| announced != spooled.size()) {
        true => Err(wrong_length()),
        false => Ok(spooled),
    }
}

async fn spool(store: &Store, mut stream: BodyDataStream, algorithm: Algorithm, limit: u64) -> Result<Spooled, Error> {
    let mut spool = store.spool(algorithm, limit);
    while let Some(piece) = stream.next().await {
        spool.write(&piece.map_err(broken)?).await?;
    }
    spool.finish().await
}

/// Reads what is left of a body and drops it, within limits: a client that is still sending would not see the answer.
pub async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let mut left = DRAINED_BYTES;
    while let Some(Ok(piece)) = stream.next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}

/// Takes a manifest into memory, when it is there and there is room for it.
///
/// # Errors
/// As [`spooled`].
pub async fn loaded(call: &Call, body: Body, limit: u64) -> Result<Bytes, Fault> {
    let fault = |error| Fault::of(error, Code::ManifestInvalid);
    let announced = announced(call, limit).map_err(|_| too_large(limit))?;
    let spooled = spool(call.store(), body.into_data_stream(), Algorithm::Sha256, limit).await.map_err(fault)?;
    match announced.is_some_and(|announced| announced != spooled.size()) {
        true => Err(wrong_length()),
        false => call.store().load(spooled).await.map_err(fault),
    }
}

/// The length that the request says its body has: what is too large is refused before it comes.
fn announced(call: &Call, limit: u64) -> Result<Option<u64>, Fault> {
    let length = call.header(CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    match length.is_some_and(|length| length > limit) {
        true => Err(Fault::of(Error::TooLarge { limit }, Code::SizeInvalid)),
        false => Ok(length),
    }
}

fn broken(error: axum::Error) -> Error {
    Error::Body(std::io::Error::other(error))
}

fn too_large(limit: u64) -> Fault {
    Fault::of(Error::TooLarge { limit }, Code::ManifestInvalid)
}

fn wrong_length() -> Fault {
    let text = "provided length did not match content length";
    Fault::new(axum::http::StatusCode::BAD_REQUEST, Code::SizeInvalid, text)
}

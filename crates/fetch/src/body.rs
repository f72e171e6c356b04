//! Bodies: streamed in pieces, unpacked, within a limit.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use ureq::Body;
use ureq::http::Response as Answer;

use crate::request::{Failure, Response, Sink};
use crate::retry::Attempt;
use crate::transport::Compression;
use crate::words;

/// What is read at a time at most, and of answers that do not tell their length.
const PIECE_BYTES: usize = 64 << 10;

/// Returns what an answer says beside its body.
pub fn described(redirects: Vec<String>, answer: &Answer<Body>) -> Response {
    let text = |name: &str| {
        let value = answer.headers().get(name)?.to_str().ok()?;
        (!value.is_empty()).then(|| value.to_owned())
    };
    Response {
        status: answer.status().as_u16(),
        etag: text("etag"),
        last_modified: text("last-modified"),
        date: text("date"),
        content_type: text("content-type"),
        content_length: text("content-length").and_then(|length| length.parse().ok()),
        redirects,
    }
}

/// Sends a body to a sink.
pub fn read(
    answer: Answer<Body>,
    compression: Compression,
    limit_bytes: u64,
    sink: &mut dyn Sink,
) -> Result<(), Attempt> {
    let packed = answer.headers().get("content-encoding").is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"gzip"));
    let body = answer.into_body();
    // Room for what is announced: to clear more takes longer than to read a small body.
    let length = body.content_length().and_then(|length| usize::try_from(length).ok());
    let room = length.map_or(PIECE_BYTES, |length| length.clamp(1, PIECE_BYTES));
    let reader = body.into_reader();
    match (compression, packed) {
        (Compression::Gzip, true) => pump(MultiGzDecoder::new(reader), PIECE_BYTES, limit_bytes, sink),
        (Compression::Gzip, false) | (Compression::None, _) => pump(reader, room, limit_bytes, sink),
    }
}

/// Sends what is read to a sink, in pieces of `room` bytes.
fn pump(mut reader: impl Read, room: usize, limit_bytes: u64, sink: &mut dyn Sink) -> Result<(), Attempt> {
    let mut piece = vec![0; room];
    let mut taken = 0;
    loop {
        let length = match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(length) => length,
            Err(error) => return Err(Attempt::body(words::broken_body(&error), &error)),
        };
        taken += length as u64;
        if taken > limit_bytes {
            return Err(Attempt::last(Failure::TooLong));
        }
        let bytes = piece.get(..length).unwrap_or_default();
        sink.take(bytes).map_err(|error| Attempt::last(Failure::Sink(error.to_string())))?;
    }
}

//! Bodies: streamed in pieces, unpacked, within a limit.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use ureq::Body;
use ureq::http::Response as Answer;

use crate::request::{Failure, Response, Sink};
use crate::retry::Attempt;
use crate::transport::Compression;
use crate::words;

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
    let reader = answer.into_body().into_reader();
    match (compression, packed) {
        (Compression::Gzip, true) => pump(MultiGzDecoder::new(reader), limit_bytes, sink),
        (Compression::Gzip, false) | (Compression::None, _) => pump(reader, limit_bytes, sink),
    }
}

fn pump(mut reader: impl Read, limit_bytes: u64, sink: &mut dyn Sink) -> Result<(), Attempt> {
    let mut piece = vec![0; PIECE_BYTES];
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

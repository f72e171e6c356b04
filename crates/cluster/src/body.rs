//! An answer that is read piece by piece.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use http_body_util::BodyExt;
use kube::client::Body;

use crate::transport::{BODY_LIMIT_BYTES, broken_off};
use crate::{Client, Error};

/// The JSON of an answer. Whoever reads it to its end lets the connection be used again.
pub struct Answer {
    client: Client,
    body: Body,
    piece: Bytes,
    /// Bytes that may still come.
    allowed: usize,
    /// What is wrong if nothing comes.
    when_empty: String,
}

impl Answer {
    /// # Errors
    /// The answer says that it is something else than JSON. Source: `transformResponse`, client-go rest/request.go.
    pub(crate) fn new(client: Client, answer: http::Response<Body>) -> Result<Self, Error> {
        let content_type =
            answer.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !matches!(media_type, "" | "application/json") {
            return Err(Error::plain(format!("serializer for {media_type} doesn't exist")));
        }
        let code = answer.status().as_u16();
        let when_empty = format!("0-length response with status code: {code} and content type: {content_type}");
        Ok(Answer { client, body: answer.into_body(), piece: Bytes::new(), allowed: BODY_LIMIT_BYTES, when_empty })
    }

    fn end(&self) -> io::Result<usize> {
        match self.allowed == BODY_LIMIT_BYTES {
            true => Err(io::Error::other(Error::plain(self.when_empty.clone()))),
            false => Ok(0),
        }
    }

    /// Waits for the next piece; none at the end.
    fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let body = &mut self.body;
        self.client.block(async {
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|error| broken_off(&error))?;
                match frame.into_data() {
                    Ok(piece) if !piece.is_empty() => return Ok(Some(piece)),
                    // Trailers, and nothing.
                    _ => {}
                }
            }
            Ok(None)
        })
    }
}

impl Read for Answer {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            let Some(piece) = self.next().map_err(io::Error::other)? else { return self.end() };
            let limit = || io::Error::other(Error::plain("the server's answer is too long"));
            self.allowed = self.allowed.checked_sub(piece.len()).ok_or_else(limit)?;
            self.piece = piece;
        }
        let count = out.len().min(self.piece.len());
        self.piece.copy_to_slice(out.get_mut(..count).unwrap_or_default());
        Ok(count)
    }
}

//! Answers in ChartMuseum's form: JSON as gin writes it, texts, and what went wrong.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chart_store::{Error, Store};
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::access::Refusal;

/// JSON as gin calls it.
pub const JSON: &str = "application/json; charset=utf-8";
/// A text that was made for one client, from this size on, may go by the disk.
const LARGE_BYTES: usize = 64 * 1024;

/// What a request could not get, and what to say to it.
#[derive(Clone, Debug)]
pub struct Fault {
    pub status: StatusCode,
    pub message: String,
    /// The whole story, for the log only.
    pub detail: Option<String>,
}

impl Fault {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Fault { status, message: message.into(), detail: None }
    }

    pub fn not_found() -> Self {
        Fault::new(StatusCode::NOT_FOUND, "not found")
    }

    /// Nothing that the client could do something about.
    pub fn internal(detail: String) -> Self {
        Fault {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: "internal server error".into(),
            detail: Some(detail),
        }
    }

    /// More than may be sent: ChartMuseum's words, and no JSON.
    pub fn too_large() -> Self {
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE)
    }
}

const TOO_LARGE: &str = "request too large";

/// The whole story of a fault, on its way to the log.
#[derive(Clone)]
pub struct Detail(pub String);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            data(StatusCode::PAYLOAD_TOO_LARGE, "text/plain; charset=utf-8", TOO_LARGE)
        } else {
            error(self.status, &self.message)
        };
        if let Some(detail) = self.detail {
            response.extensions_mut().insert(Detail(detail));
        }
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = error(self.status, self.message);
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// `{"error":"…"}`, with the characters that gin's encoder escapes.
pub fn error(status: StatusCode, message: &str) -> Response {
    let mut text = b"{\"error\":".to_vec();
    gostd::json::append_quote(&mut text, message.as_bytes());
    text.push(b'}');
    json(status, text)
}

/// JSON that is written already.
pub fn json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    data(status, JSON, body)
}

/// Bytes of a type.
pub fn data(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    with_own(response, body.into())
}

/// A text that was made for one client and is large: many of them, who take it slowly, would need as many times the memory.
#[derive(Clone)]
pub struct Large(pub Bytes);

/// Gives an answer a text that nobody else has, now or when it is sent ([`Large`]).
pub fn with_own(mut response: Response, text: Bytes) -> Response {
    if text.len() < LARGE_BYTES {
        return response.map(|_| Body::from(text));
    }
    response.extensions_mut().insert(Large(text));
    response
}

/// Sends what is large.
///
/// # Errors
/// The disk is full.
pub async fn sent(mut response: Response, store: &Store) -> Result<Response, Error> {
    let Some(Large(text)) = response.extensions_mut().remove() else { return Ok(response) };
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    let pieces = store.outgoing(text).await?;
    Ok(response.map(|_| Body::from_stream(pieces)))
}

/// A status without anything else.
pub fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Reports whether a list of entity tags (`If-None-Match`) has one, or is `*`; weak ones count too.
pub fn has_tag(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(axum::http::header::IF_NONE_MATCH);
    lists.iter().filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(',')).any(|entry| {
        let entry = entry.trim();
        entry == "*" || entry.strip_prefix("W/").unwrap_or(entry) == tag
    })
}

/// A body in pieces that others share.
pub struct Pieces {
    pieces: VecDeque<Bytes>,
    left: u64,
}

impl Pieces {
    pub fn body(pieces: impl IntoIterator<Item = Bytes>) -> Body {
        let pieces: VecDeque<Bytes> = pieces.into_iter().collect();
        let left = pieces.iter().map(|piece| piece.len() as u64).sum();
        Body::new(Pieces { pieces, left })
    }
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.pieces.pop_front();
        self.left -= piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_tags_are_found_in_lists() {
        let mut headers = HeaderMap::new();
        assert!(!has_tag(&headers, "\"a\""));
        for (list, expected) in
            [("\"a\"", true), ("W/\"a\"", true), ("\"b\", \"a\"", true), ("*", true), ("\"b\"", false), ("a", false)]
        {
            headers.insert("if-none-match", HeaderValue::from_static(list));
            assert_eq!(has_tag(&headers, "\"a\""), expected, "{list}");
        }
    }
}

//! What registries say when they refuse: `{"errors":[{"code","message","detail"}]}` (oras-go's `errcode` and `errutil`).

use gostd::Value;
use gostd::json::{Field, Shape};

use crate::error::{Error, Kind};
use crate::http::Answer;
use crate::json::{self, Nameless};

/// So much of an answer is read, as in Helm.
const ANSWER_BYTES: u64 = 8 * 1024;

const ERROR: Shape = Shape::Struct(
    &[
        Field { name: "code", shape: Shape::String },
        Field { name: "message", shape: Shape::String },
        Field { name: "detail", shape: Shape::Any },
    ],
    "errcode.Error",
);
const ERRORS: Nameless = Nameless {
    shape: Shape::Struct(&[Field { name: "errors", shape: Shape::List(&ERROR, "errcode.Errors") }], ""),
    go_type: "struct { Errors errcode.Errors \"json:\\\"errors\\\"\" }",
};

/// Makes an error of an answer: `GET "URL": response status code 404: manifest unknown: manifest unknown: …`.
pub fn of(answer: Answer) -> Error {
    let (place, status) = (answer.place(), answer.status.as_u16());
    let body = answer.read(ANSWER_BYTES);
    let text = words(&body.bytes).unwrap_or_else(|| fetch::status_text(status).to_owned());
    let kind = if status == 404 { Kind::NotFound } else { Kind::Other };
    Error { text: format!("{place}: response status code {status}: {text}"), kind }
}

/// Returns what the body of an answer says, if it says something.
pub fn words(body: &[u8]) -> Option<String> {
    let errors = ERRORS.read_first(body).map(|body| json::items(&body, "errors")).unwrap_or_default();
    (!errors.is_empty()).then(|| errors.iter().map(said).collect::<Vec<_>>().join("; "))
}

fn said(error: &Value) -> String {
    let code = json::text(error, "code").replace('_', " ").to_lowercase();
    let message = json::text(error, "message");
    let detail = json::member(error, "detail");
    if message.is_empty() {
        return code;
    }
    if detail.is_nil() {
        return format!("{code}: {message}");
    }
    let detail = gostd::fmt::sprintf(b"%v", &[detail]);
    format!("{code}: {message}: {}", String::from_utf8_lossy(&detail))
}

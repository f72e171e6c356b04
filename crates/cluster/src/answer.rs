//! What an answer that is no success says, in client-go's words.
//!
//! Source: `NewGenericServerResponse`, k8s.io/apimachinery pkg/api/errors; `transformResponse`, client-go rest/request.go.

use serde_json::Value;

use crate::{ApiError, Method};

/// Reads the error out of an answer: a `Status` object, or else words for the code.
pub(crate) fn api_error(method: Method, path: &str, code: u16, body: &[u8]) -> ApiError {
    let status: Option<Value> = serde_json::from_slice(body).ok();
    match status.filter(|status| status["kind"] == "Status" && status["status"] != "Success") {
        Some(status) => ApiError {
            code: status["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(code),
            reason: status["reason"].as_str().unwrap_or_default().to_owned(),
            message: status["message"].as_str().unwrap_or_default().to_owned(),
            details: status["details"].clone(),
        },
        None => {
            let error = generic(method, code, body);
            let asked = subject(path).map(|subject| format!(" ({} {subject})", method.as_str().to_lowercase()));
            ApiError { message: error.message + &asked.unwrap_or_default(), ..error }
        }
    }
}

/// What a path is about: `secrets`, `deployments.apps web`; nothing for discovery.
fn subject(path: &str) -> Option<String> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (group, rest) = match segments.as_slice() {
        ["api", _, rest @ ..] => ("", rest),
        ["apis", group, _, rest @ ..] => (*group, rest),
        _ => return None,
    };
    let rest = match rest {
        ["namespaces", _, rest @ ..] if !rest.is_empty() => rest,
        rest => rest,
    };
    let resource = if group.is_empty() { (*rest.first()?).to_owned() } else { format!("{}.{group}", rest.first()?) };
    Some(rest.get(1).map_or(resource.clone(), |name| format!("{resource} {name}")))
}

fn generic(method: Method, code: u16, body: &[u8]) -> ApiError {
    let text = match std::str::from_utf8(body).map(str::trim) {
        Ok(text) if !text.is_empty() => text.to_owned(),
        _ => "unknown".to_owned(),
    };
    let (reason, message) = match code {
        409 if method == Method::Post => ("AlreadyExists", "the server reported a conflict".to_owned()),
        409 => ("Conflict", "the server reported a conflict".to_owned()),
        404 => ("NotFound", "the server could not find the requested resource".to_owned()),
        400 => ("BadRequest", "the server rejected our request for an unknown reason".to_owned()),
        401 => ("Unauthorized", "the server has asked for the client to provide credentials".to_owned()),
        403 => ("Forbidden", text),
        406 if text == "unknown" => (
            "NotAcceptable",
            "the server was unable to respond with a content type that the client supports".to_owned(),
        ),
        406 => ("NotAcceptable", text),
        415 => ("UnsupportedMediaType", text),
        405 => ("MethodNotAllowed", "the server does not allow this method on the requested resource".to_owned()),
        422 => ("Invalid", "the server rejected our request due to an error in our request".to_owned()),
        503 => ("ServiceUnavailable", "the server is currently unable to handle the request".to_owned()),
        504 => (
            "Timeout",
            "the server was unable to return a response in the time allotted, but may still be processing the request"
                .to_owned(),
        ),
        429 => (
            "TooManyRequests",
            "the server has received too many requests and has asked us to try again later".to_owned(),
        ),
        500.. => {
            ("InternalError", format!("an error on the server ({text:?}) has prevented the request from succeeding"))
        }
        _ => {
            ("Unknown", format!("the server responded with the status code {code} but did not return more information"))
        }
    };
    ApiError { code, reason: reason.to_owned(), message, details: Value::Null }
}

/// Says whether the server asks to try again at once: its store changed its leader.
///
/// Source: `RetryingRoundTripper`, pkg/kubeenv/roundtripper.go.
pub(crate) fn leader_changed(error: &ApiError) -> bool {
    error.code >= 500
        && (error.message.ends_with("etcdserver: leader changed") || error.message.ends_with("raft proposal dropped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_speaks_for_itself() {
        let body = br#"{"kind":"Status","status":"Failure","message":"secrets \"a\" not found","reason":"NotFound","code":404}"#;
        let error = api_error(Method::Get, "/version", 404, body);
        assert_eq!(error.to_string(), "secrets \"a\" not found");
        assert!(error.is_not_found());
    }

    #[test]
    fn other_bodies_get_words_for_the_code() {
        let error = api_error(Method::Get, "/version", 502, b"bad gateway\n");
        assert_eq!(
            error.to_string(),
            "an error on the server (\"bad gateway\") has prevented the request from succeeding"
        );
        assert!(api_error(Method::Post, "/api/v1/secrets", 409, b"").is_already_exists());
        assert!(api_error(Method::Put, "/api/v1/secrets", 409, b"").is_conflict());
    }

    #[test]
    fn they_name_what_was_asked_for() {
        let table = [
            ("/version", None),
            ("/apis/apps/v1", None),
            ("/api/v1/secrets", Some("secrets")),
            ("/api/v1/namespaces/default", Some("namespaces default")),
            ("/api/v1/namespaces/default/secrets/a", Some("secrets a")),
            ("/apis/apps/v1/namespaces/default/deployments", Some("deployments.apps")),
        ];
        for (path, expected) in table {
            assert_eq!(subject(path).as_deref(), expected, "{path}");
        }
    }
}

//! Who may do what.

use super::*;

/// Who says `reader` may read `open/…`, who says `writer` may do everything.
struct Names;

impl Gate for Names {
    fn decide(&self, headers: &HeaderMap, action: Action, subject: Subject<'_>) -> Result<(), Refusal> {
        let name = headers.get("authorization").and_then(|value| value.to_str().ok());
        let refusal = |status| Refusal {
            status,
            challenge: Some(HeaderValue::from_static("Basic realm=\"r\""))
                .filter(|_| status == StatusCode::UNAUTHORIZED),
            message: "no".to_owned(),
        };
        let readable = |subject| {
            matches!(subject, Subject::Registry)
                || matches!(subject, Subject::Repository(name) if name.starts_with("open/"))
        };
        match name {
            Some("writer") => Ok(()),
            Some("reader") if action == Action::Pull && readable(subject) => Ok(()),
            Some(_) => Err(refusal(StatusCode::FORBIDDEN)),
            None => Err(refusal(StatusCode::UNAUTHORIZED)),
        }
    }
}

#[test]
fn the_gate_is_asked_about_everything() {
    let registry = Registry::start(Arc::new(Names), Rules::default());
    let digest = sha256(b"secret");
    let ask = |line: &str, who: &str| registry.ask(line, &[("Authorization", who)], b"");
    location(
        &registry.ask(
            &format!("POST /v2/closed/a/blobs/uploads/?digest={digest}"),
            &[("Authorization", "writer")],
            b"secret",
        ),
        201,
    );
    let unknown = registry.get("/v2/");
    refused(&unknown, 401, &["UNAUTHORIZED"]);
    assert_eq!(unknown.header("www-authenticate"), Some("Basic realm=\"r\""));
    assert_eq!(ask("GET /v2/", "reader").status, 200);
    let closed = [
        format!("GET /v2/closed/a/blobs/{digest}"),
        "GET /v2/closed/a/manifests/x".to_owned(),
        "GET /v2/closed/a/tags/list".to_owned(),
        format!("GET /v2/closed/a/referrers/{digest}"),
        "GET /v2/_catalog".to_owned(),
        "POST /v2/open/a/blobs/uploads/".to_owned(),
        "PUT /v2/open/a/manifests/x".to_owned(),
        "DELETE /v2/open/a/manifests/x".to_owned(),
        format!("DELETE /v2/open/a/blobs/{digest}"),
        "PATCH /v2/open/a/blobs/uploads/x".to_owned(),
        "PUT /v2/open/a/blobs/uploads/x".to_owned(),
        "GET /v2/open/a/blobs/uploads/x".to_owned(),
        "DELETE /v2/open/a/blobs/uploads/x".to_owned(),
    ];
    for line in closed {
        refused(&ask(&line, "reader"), 403, &["DENIED"]);
    }
}

/// Who says `writer` may write to `open/…` and read only that.
struct Fenced;

impl Gate for Fenced {
    fn decide(&self, headers: &HeaderMap, _: Action, subject: Subject<'_>) -> Result<(), Refusal> {
        let all = headers.contains_key("x-all");
        match subject {
            Subject::Repository(name) if !all && !name.starts_with("open/") => {
                Err(Refusal { status: StatusCode::FORBIDDEN, challenge: None, message: "no".to_owned() })
            }
            _ => Ok(()),
        }
    }
}

#[test]
fn what_one_may_not_read_cannot_be_mounted() {
    let registry = Registry::start(Arc::new(Fenced), Rules::default());
    let digest = sha256(b"secret");
    location(
        &registry.ask(&format!("POST /v2/closed/a/blobs/uploads/?digest={digest}"), &[("X-All", "yes")], b"secret"),
        201,
    );
    for from in ["&from=closed/a", ""] {
        let answer = registry.ask(&format!("POST /v2/open/b/blobs/uploads/?mount={digest}{from}"), &[], b"");
        location(&answer, 202);
        refused(&registry.get(&format!("/v2/open/b/blobs/{digest}")), 404, &["BLOB_UNKNOWN"]);
    }
}

//! What the API server was asked, read from its audit log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::api::{Api, USER_AGENT};
use crate::wait;

/// A request is in the log a moment after its answer; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(180);

/// A position in the audit log.
#[derive(Debug, Clone, Copy)]
pub struct Mark(u64);

/// One request that was answered; a watch is there when it has begun and again when it has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub user: String,
    pub user_agent: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; lower-case HTTP for other paths.
    pub verb: String,
    /// The API group; empty for the core group.
    pub group: String,
    /// The plural, with the subresource behind a slash: `pods/log`. Empty for paths such as `/version`.
    pub resource: String,
    pub namespace: String,
    pub name: String,
    /// The path with its query.
    pub uri: String,
    /// The status of HTTP.
    pub code: u64,
    /// `ResponseStarted` for a watch that has begun, else `ResponseComplete`.
    pub stage: String,
}

impl std::fmt::Display for Request {
    /// One line for comparisons: `create secrets ns/name 201`, `get /version 200`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Request { verb, resource, namespace, name, code, .. } = self;
        if resource.is_empty() {
            let path = self.uri.split('?').next().unwrap_or_default();
            return write!(f, "{verb} {path} {code}");
        }
        let words = [verb.as_str(), resource, [namespace.as_str(), name].join("/").trim_matches('/')].join(" ");
        write!(f, "{} {code}", words.trim_end())
    }
}

/// The present end of the log.
pub fn mark(log: &Path) -> Result<Mark, String> {
    let length = std::fs::metadata(log).map_err(|e| format!("cannot read {}: {e}", log.display()))?.len();
    Ok(Mark(length))
}

/// The requests in the log from `mark` to one that is made now, which carries `token`.
pub fn since(log: &Path, mark: Mark, token: &str, api: &Api) -> Result<Vec<Request>, String> {
    api.get(&format!("/version?mark={token}"))?;
    let text = wait::until("the audit log", PATIENCE, || {
        let text = read_from(log, mark).map_err(|e| format!("cannot read {}: {e}", log.display()))?;
        Ok(end_of(&text, token).map(|end| text[..end].to_string()))
    })?;
    let requests = text.lines().map(parse).collect::<Result<Vec<Request>, String>>()?;
    Ok(requests.into_iter().filter(|request| request.user_agent != USER_AGENT).collect())
}

fn read_from(log: &Path, mark: Mark) -> std::io::Result<String> {
    let mut file = File::open(log)?;
    file.seek(SeekFrom::Start(mark.0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Where the line of the request with `token` begins, once the whole line is there.
fn end_of(text: &str, token: &str) -> Option<usize> {
    let at = text.find(&format!("/version?mark={token}\""))?;
    text[at..].find('\n')?;
    Some(text[..at].rfind('\n').map_or(0, |start| start + 1))
}

fn parse(line: &str) -> Result<Request, String> {
    let event: Value = serde_json::from_str(line).map_err(|e| format!("the audit log has the line {line:?}: {e}"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let object = &event["objectRef"];
    let resource = match object["subresource"].as_str() {
        Some(part) => format!("{}/{part}", text(&object["resource"])),
        None => text(&object["resource"]),
    };
    Ok(Request {
        user: text(&event["user"]["username"]),
        user_agent: text(&event["userAgent"]),
        verb: text(&event["verb"]),
        group: text(&object["apiGroup"]),
        resource,
        namespace: text(&object["namespace"]),
        name: text(&object["name"]),
        uri: text(&event["requestURI"]),
        code: event["responseStatus"]["code"].as_u64().unwrap_or_default(),
        stage: text(&event["stage"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_and_written_as_lines() {
        for (line, text) in [
            (
                r#"{"stage":"ResponseComplete","requestURI":"/api/v1/namespaces/a/pods/b/log?follow=true","verb":"get",
                 "user":{"username":"u"},"userAgent":"x","objectRef":{"resource":"pods","namespace":"a","name":"b",
                 "subresource":"log"},"responseStatus":{"code":200}}"#,
                "get pods/log a/b 200",
            ),
            (
                r#"{"requestURI":"/api/v1/nodes","verb":"list","objectRef":{"resource":"nodes"},"responseStatus":{"code":403}}"#,
                "list nodes 403",
            ),
            (r#"{"requestURI":"/version?a=b","verb":"get","responseStatus":{"code":200}}"#, "get /version 200"),
        ] {
            assert_eq!(parse(line).map(|request| request.to_string()), Ok(text.to_string()));
        }
        assert!(parse("{").is_err());
    }
}

//! `testbed requests`: lets a program without TLS and certificates of its own ask the API server, a line at a time.

use std::io::{BufRead, Write};

use serde_json::{Value, json};

use crate::api::Api;

/// Answers each line of `input` with one of `output`, until `input` ends.
///
/// A line is `GET PATH`, `DELETE PATH` or `POST PATH OBJECT`. An answer is `{"ok": …}`, with null for what is not there,
/// or `{"error": "…"}`.
pub fn answer(api: &Api, input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    for line in input.lines() {
        let answer = match ask(api, &line?) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error }),
        };
        writeln!(output, "{answer}")?;
        output.flush()?;
    }
    Ok(())
}

fn ask(api: &Api, line: &str) -> Result<Value, String> {
    let mut words = line.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some("GET"), Some(path), None) => Ok(api.find(path)?.unwrap_or_default()),
        (Some("DELETE"), Some(path), None) => api.delete(path).map(|()| Value::Null),
        (Some("POST"), Some(path), Some(object)) => {
            let object = serde_json::from_str(object).map_err(|e| format!("POST {path}: {e}"))?;
            api.create(path, &object)
        }
        _ => Err(format!("not a request: {line}")),
    }
}

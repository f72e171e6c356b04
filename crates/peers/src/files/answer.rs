//! What a request is answered with.

use std::fs;
use std::io::Write;
use std::path::Path;

use data_encoding::BASE64;
use flate2::write::GzEncoder;
use flate2::{Compression, Crc};

use super::{Options, Rule, Seen};

/// Returns the whole answer; the connection ends with it.
pub fn answer(options: &Options, seen: &Seen, rule: Option<Rule>) -> Vec<u8> {
    if !is_known(options, seen) {
        return status(401, "Unauthorized", &["WWW-Authenticate: Basic realm=\"files\""]);
    }
    match rule {
        Some(Rule::Redirect(code, location)) => {
            let location = location.replace("$OTHER", &other_name(options, seen));
            status(code, "Moved", &[&format!("Location: {location}")])
        }
        Some(Rule::Status(code, words)) => status(code, &words, &[]),
        Some(Rule::Cut(bytes)) => {
            let mut answer = file(options, seen);
            let head = answer.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
            answer.truncate(head + bytes);
            answer
        }
        _ => file(options, seen),
    }
}

/// Returns the URL of this server by the name `localhost`.
fn other_name(options: &Options, seen: &Seen) -> String {
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let port = seen.header("host").and_then(|host| host.rsplit(':').next()).unwrap_or_default();
    format!("{scheme}://localhost:{port}")
}

fn is_known(options: &Options, seen: &Seen) -> bool {
    options.user.as_ref().is_none_or(|(user, password)| {
        let wanted = format!("Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes()));
        seen.header("authorization") == Some(&wanted)
    })
}

fn status(code: u16, words: &str, headers: &[&str]) -> Vec<u8> {
    with_body(&format!("{code} {words}"), headers, b"")
}

fn with_body(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn file(options: &Options, seen: &Seen) -> Vec<u8> {
    let name = unescaped(seen.path.trim_start_matches('/'));
    let is_below = !Path::new(&name).components().any(|part| !matches!(part, std::path::Component::Normal(_)));
    let Some(body) = is_below.then(|| fs::read(options.folder.join(&name)).ok()).flatten() else {
        return status(404, "Not Found", &[]);
    };
    let mut headers = Vec::new();
    if options.etag {
        let tag = etag(&body);
        headers.push(format!("ETag: {tag}"));
        if seen.header("if-none-match") == Some(&tag) {
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            return status(304, "Not Modified", &headers);
        }
    }
    if options.gzip && seen.header("accept-encoding").is_some_and(|value| value.contains("gzip")) {
        headers.push("Content-Encoding: gzip".to_owned());
        return with_body("200 OK", &headers.iter().map(String::as_str).collect::<Vec<_>>(), &packed(&body));
    }
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    with_body("200 OK", &headers, &body)
}

fn etag(body: &[u8]) -> String {
    let mut crc = Crc::new();
    crc.update(body);
    format!("\"{:08x}-{}\"", crc.sum(), body.len())
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    // Into memory nothing fails.
    let _ = packer.write_all(body);
    packer.finish().unwrap_or_default()
}

/// Takes `%2B` and the like out of a path.
fn unescaped(path: &str) -> String {
    let mut out = Vec::new();
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

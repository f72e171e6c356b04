//! HTTP/1.1 by hand: requests go out as they are written, answers come back as they are.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Returns a header, its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request with headers and a body on a connection of its own; an answer that does not come is one of status 0.
pub fn ask(address: SocketAddr, line: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    let Ok(mut stream) = TcpStream::connect(address) else { return Answer::default() };
    // A store may be tried for long before a request fails.
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a timeout");
    let head = head(address, line, headers, body.len());
    // Who is refused may not be listened to until the end.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    read(&mut stream, line.starts_with("HEAD "))
}

/// Returns the head of a request.
pub fn head(address: SocketAddr, line: &str, headers: &[(String, String)], length: usize) -> String {
    let mut head = format!("{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if length > 0 || line.starts_with("POST ") || line.starts_with("PUT ") {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head + "\r\n"
}

/// Reads an answer until the connection ends.
pub fn read(stream: &mut impl Read, without_body: bool) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return Answer::default() };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_default();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let body = bytes[end + 4..].to_vec();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if without_body {
        Vec::new()
    } else if chunked {
        joined(&body)
    } else {
        body
    };
    Answer { status, headers, body }
}

fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|window| window == b"\r\n") {
        let length = std::str::from_utf8(&chunks[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(length) = length.filter(|length| *length > 0) else { break };
        body.extend_from_slice(&chunks[end + 2..end + 2 + length]);
        chunks = &chunks[end + 2 + length + 2..];
    }
    body
}

/// Returns a form with files: its type and its bytes.
pub fn form(files: &[(&str, &str, Vec<u8>)]) -> (String, Vec<u8>) {
    let border = "border-of-a-test";
    let mut body = Vec::new();
    for (field, name, bytes) in files {
        let head = format!(
            "--{border}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{border}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={border}"), body)
}

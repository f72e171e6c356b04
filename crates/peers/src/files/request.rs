//! The head of a request.

use std::io::{self, ErrorKind, Read};

/// A longer head is none.
const HEAD_BYTES: usize = 64 << 10;

/// A request that came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub method: String,
    /// As it stood in the first line: a path, or a whole URL where the server is asked as a proxy.
    pub target: String,
    /// Without the query.
    pub path: String,
    headers: Vec<(String, String)>,
}

impl Seen {
    /// Returns a header; its name counts in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads the head of a request. What does not begin as one is invalid data.
pub fn read(channel: &mut impl Read) -> io::Result<Seen> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD_BYTES || channel.read(&mut byte)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if head.is_empty() && !byte[0].is_ascii_alphabetic() {
            return Err(ErrorKind::InvalidData.into());
        }
        head.extend_from_slice(&byte);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect();
    Ok(Seen { method, path: path(&target), target, headers })
}

fn path(target: &str) -> String {
    let below_host = target.split_once("://").map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    below_host.split('?').next().unwrap_or_default().to_owned()
}

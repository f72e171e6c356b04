//! Percent-encoding: which bytes stand for themselves in which part of a URL.

use crate::{GoError, strconv};

/// A part of a URL.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Path,
    PathSegment,
    Host,
    /// What follows `%25` in an IPv6 address.
    Zone,
    User,
    Query,
    Fragment,
}

/// Reports whether a byte must be escaped (RFC 3986 with Go's exceptions).
fn must_escape(byte: u8, part: Part) -> bool {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => false,
        b'$' | b'&' | b'+' | b'=' | b':' | b'@' | b'/' | b';' | b',' | b'?' => match part {
            Part::Path => byte == b'?',
            Part::PathSegment => matches!(byte, b'/' | b';' | b',' | b'?'),
            Part::User => matches!(byte, b'@' | b'/' | b'?' | b':'),
            Part::Query => true,
            Part::Fragment => false,
            Part::Host | Part::Zone => !matches!(byte, b'$' | b'&' | b'+' | b'=' | b':' | b';' | b','),
        },
        b'!' | b'\'' | b'(' | b')' | b'*' => {
            !matches!(part, Part::Fragment | Part::Host | Part::Zone) || (byte == b'\'' && part == Part::Fragment)
        }
        b'[' | b']' | b'<' | b'>' | b'"' => !matches!(part, Part::Host | Part::Zone),
        _ => true,
    }
}

/// Reports whether a text could be what `escape` gave, in any of the ways to escape.
pub fn is_valid(text: &[u8], part: Part) -> bool {
    text.iter().all(|byte| match byte {
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@' | b'[' | b']'
        | b'%' => true,
        byte => !must_escape(*byte, part),
    })
}

pub fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b' ' if part == Part::Query => out.push(b'+'),
            byte if must_escape(*byte, part) => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            byte => out.push(*byte),
        }
    }
    out
}

fn quoted(text: &[u8]) -> String {
    String::from_utf8_lossy(&strconv::quote(text)).into_owned()
}

/// Undoes escapes.
///
/// # Errors
/// `invalid URL escape "%zz"`, and for hosts `invalid character " " in host name`.
pub fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(byte) = rest.first() {
        if *byte == b'%' {
            let bad = || GoError::new(format!("invalid URL escape {}", quoted(&rest[..rest.len().min(3)])));
            let value = rest.get(1..3).and_then(hex).ok_or_else(bad)?;
            // RFC 6874: a host may hold only escapes of bytes that are not ASCII, and `%25`.
            let forbidden = match part {
                Part::Host => value < 0x80 && &rest[..3] != b"%25",
                Part::Zone => &rest[..3] != b"%25" && value != b' ' && must_escape(value, Part::Host),
                _ => false,
            };
            if forbidden {
                return Err(bad());
            }
            out.push(value);
            rest = &rest[3..];
            continue;
        }
        if matches!(part, Part::Host | Part::Zone) && *byte < 0x80 && must_escape(*byte, part) {
            return Err(format!("invalid character {} in host name", quoted(&[*byte])).into());
        }
        out.push(if *byte == b'+' && part == Part::Query { b' ' } else { *byte });
        rest = &rest[1..];
    }
    Ok(out)
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    Some((digit(digits[0])? * 16 + digit(digits[1])?) as u8)
}

/// Go's `url.QueryEscape`.
pub fn query_escape(text: &[u8]) -> Vec<u8> {
    escape(text, Part::Query)
}

/// Go's `url.QueryUnescape`.
pub fn query_unescape(text: &[u8]) -> Result<Vec<u8>, GoError> {
    unescape(text, Part::Query)
}

/// Go's `url.PathEscape`.
pub fn path_escape(text: &[u8]) -> Vec<u8> {
    escape(text, Part::PathSegment)
}

/// Go's `url.PathUnescape`.
pub fn path_unescape(text: &[u8]) -> Result<Vec<u8>, GoError> {
    unescape(text, Part::PathSegment)
}

//! `encoding/pem`: writes blocks, and finds the first one in a text.

use crate::encoding::{base64_decode, base64_encode};

/// A block without its headers.
pub(crate) struct Block {
    pub(crate) label: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

/// Returns a block as text, 64 characters a line.
pub(crate) fn encode(label: &str, der: &[u8]) -> Vec<u8> {
    let base64 = base64_encode(der);
    let mut out = format!("-----BEGIN {label}-----\n").into_bytes();
    for line in base64.chunks(64) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    out
}

/// Returns the first well-formed block; what is damaged is skipped.
pub(crate) fn decode(data: &[u8]) -> Option<Block> {
    let mut rest = data;
    loop {
        let end = find(rest, END)?;
        let after = rest.get(end + END.len()..).unwrap_or_default();
        if let Some(block) = block(rest.get(..end + 1)?, after) {
            return Some(block);
        }
        rest = after;
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

fn find_last(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).rposition(|window| window == what)
}

/// Splits a line off; trailing blanks and the line end are not part of it.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match text.iter().position(|b| *b == b'\n') {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, &[][..]),
    };
    let line = line.strip_suffix(b"\r").filter(|_| text.len() > line.len()).unwrap_or(line);
    let blanks = line.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    (line.get(..line.len() - blanks).unwrap_or_default(), rest)
}

/// Reads the block between the last BEGIN in `before` (which includes the line end in front of END) and the END line.
fn block(before: &[u8], after: &[u8]) -> Option<Block> {
    // The line end belongs to END when the block is empty, so the search leaves it out.
    let begin = find_last(before.get(..before.len() - 1)?, BEGIN)?;
    if begin > 0 && before.get(begin - 1) != Some(&b'\n') {
        return None;
    }
    let (label_line, mut content) = line(before.get(begin + BEGIN.len()..)?);
    let label = label_line.strip_suffix(DASHES)?;
    let mut headers = false;
    while let (text, next) = line(content)
        && text.contains(&b':')
    {
        (content, headers) = (next, true);
    }
    if headers && content.is_empty() {
        return None;
    }
    let tail = after.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !line(tail).0.is_empty() {
        return None;
    }
    let base64: Vec<u8> = content.iter().copied().filter(|b| !matches!(b, b' ' | b'\t')).collect();
    Some(Block { label: label.to_vec(), bytes: base64_decode(&base64).ok()? })
}

//! Texts with a signature below them, readable without tools (`openpgp/clearsign`, RFC 9580 section 7).

use crate::armor::{self, Block};

const START: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";
const SIGNATURE: &[u8] = b"-----BEGIN PGP SIGNATURE-----";
const END: &[u8] = b"\n-----END PGP SIGNATURE-----";
const HASHES: [&str; 9] = ["MD5", "SHA1", "RIPEMD160", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"];

/// A signed text.
pub struct Signed {
    /// The text as people read it, without its last line break.
    pub text: Vec<u8>,
    /// What was signed.
    pub bytes: Vec<u8>,
    pub signature: Block,
}

/// Returns the first signed text; nothing where there is none, or where it is damaged.
pub fn decode(input: &[u8]) -> Option<Signed> {
    let mut rest = after_start(input)?;
    if !line(&mut rest).is_empty() {
        return None;
    }
    headers(&mut rest)?;
    let (text, bytes) = text(&mut rest)?;
    let end = find(rest, END)? + END.len();
    let (block, _) = armor::decode(rest.get(..end)?)?;
    Some(Signed { text, bytes, signature: block })
}

fn after_start(input: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = input.strip_prefix(START) {
        return Some(rest);
    }
    let at = find(input, &[b"\n", START].concat())?;
    input.get(at + 1 + START.len()..)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Takes a line, without its end.
fn line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = after.get(1..).unwrap_or_default();
    if end.is_some() { line.strip_suffix(b"\r").unwrap_or(line) } else { line }
}

/// Reads over the headers, which may only name hashes.
fn headers(rest: &mut &[u8]) -> Option<()> {
    while !rest.is_empty() {
        let line = std::str::from_utf8(line(rest)).ok()?;
        if line.trim().is_empty() {
            return Some(());
        }
        if !line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        let (name, hashes) = line.split_once(':')?;
        let known = |hash: &str| HASHES.contains(&hash.trim().to_uppercase().as_str());
        if name.trim() != "Hash" || !hashes.split(',').all(known) {
            return None;
        }
    }
    None
}

/// Reads the text up to the signature: as it is read, and as it was signed.
fn text(rest: &mut &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut text, mut bytes) = (Vec::new(), Vec::new());
    let mut is_first = true;
    loop {
        let start = *rest;
        let line = line(rest);
        if line.is_empty() && rest.is_empty() {
            return None;
        }
        if line == SIGNATURE {
            *rest = start;
            return Some((text, bytes));
        }
        if !is_first {
            text.push(b'\n');
            bytes.extend_from_slice(b"\r\n");
        }
        is_first = false;
        let line = line.strip_prefix(b"- ").unwrap_or(line);
        let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
        let line = line.get(..end).unwrap_or_default();
        text.extend_from_slice(line);
        bytes.extend_from_slice(line);
    }
}

/// Returns what is signed of a text: its lines without the blanks at their ends.
pub fn signed_bytes(text: &[u8]) -> Vec<u8> {
    lines(text).collect::<Vec<_>>().join(&b"\r\n"[..])
}

/// Returns the text with its signature; the hash is named for programs older than version 6.
pub fn encode(text: &[u8], signature: &[u8], hash: Option<&str>) -> Vec<u8> {
    let mut out = [START, b"\n"].concat();
    if let Some(hash) = hash {
        out.extend_from_slice(format!("Hash: {hash}\n").as_bytes());
    }
    for line in lines(text) {
        out.push(b'\n');
        if line.starts_with(b"-") {
            out.extend_from_slice(b"- ");
        }
        out.extend_from_slice(line);
    }
    out.push(b'\n');
    armor::encode(&mut out, "PGP SIGNATURE", signature);
    out
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(|line| {
        let end = line.iter().rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).map_or(0, |last| last + 1);
        line.get(..end).unwrap_or_default()
    })
}

//! ASCII armour: packets as text between two lines (`openpgp/armor`, RFC 9580 section 6).

use data_encoding::BASE64;

use crate::fault::Fault;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: usize = 5;
/// Longer lines are no armour.
const LINE_BYTES: usize = 96;
/// Bytes of a line that is written.
const WRITTEN_BYTES: usize = 64;

/// A block of armour.
pub struct Block {
    /// What it says it is: `PGP SIGNATURE`.
    pub kind: String,
    pub bytes: Vec<u8>,
    /// What is wrong behind the last byte.
    pub end: Option<Fault>,
}

/// Returns the first block of a text, and the text behind it; what stands before it does not matter.
pub fn decode(text: &[u8]) -> Option<(Block, &[u8])> {
    let mut rest = text;
    'search: loop {
        let kind = begin(&mut rest)?;
        // Headers, which nobody needs, and an empty line.
        loop {
            let header = line(&mut rest)?.trim_ascii();
            if header.is_empty() {
                break;
            }
            if !header.contains(&b':') {
                continue 'search;
            }
        }
        let (bytes, end) = body(&mut rest);
        return Some((Block { kind, bytes, end }, rest));
    }
}

fn begin(rest: &mut &[u8]) -> Option<String> {
    loop {
        let line = line(rest)?.trim_ascii();
        if let Some(kind) = line.strip_prefix(BEGIN).filter(|kind| kind.len() > DASHES) {
            let kind = kind.get(..kind.len() - DASHES).unwrap_or_default();
            return Some(String::from_utf8_lossy(kind).into_owned());
        }
    }
}

/// Takes a line, nothing at the end.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    if rest.is_empty() {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (line, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
    *rest = after;
    Some(line)
}

/// Reads the lines of Base64 up to the last one or the sum, which is not looked at.
fn body(rest: &mut &[u8]) -> (Vec<u8>, Option<Fault>) {
    let mut digits = Vec::new();
    let mut fault = None;
    while let Some(line) = line(rest) {
        let line = line.trim_ascii();
        if line.starts_with(END) || line.len() == 5 && line.starts_with(b"=") {
            break;
        }
        if line.len() > LINE_BYTES {
            fault = Some(Fault::structural("armor invalid"));
            break;
        }
        digits.extend_from_slice(line);
    }
    let (bytes, damage) = base64(&digits);
    (bytes, damage.or(fault))
}

/// Decodes as much as is well-formed.
fn base64(digits: &[u8]) -> (Vec<u8>, Option<Fault>) {
    let (whole, part) = digits.split_at(digits.len() - digits.len() % 4);
    let cut = (!part.is_empty()).then_some(Fault::END);
    let mut bytes = vec![0; BASE64.decode_len(whole.len()).unwrap_or_default()];
    let (written, fault) = match BASE64.decode_mut(whole, &mut bytes) {
        Ok(written) => (written, cut),
        Err(partial) => {
            let at = partial.error.position;
            (partial.written, Some(Fault::Other(format!("illegal base64 data at input byte {at}").into())))
        }
    };
    bytes.truncate(written);
    (bytes, fault)
}

/// Appends a block without a sum and without a last line break.
pub fn encode(text: &mut Vec<u8>, kind: &str, bytes: &[u8]) {
    text.extend_from_slice(format!("-----BEGIN {kind}-----\n\n").as_bytes());
    for line in BASE64.encode(bytes).as_bytes().chunks(WRITTEN_BYTES) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {kind}-----").as_bytes());
}

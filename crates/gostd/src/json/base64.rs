//! Standard base64 with padding, as JSON writes `[]byte`.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn append_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    let (triples, rest) = bytes.as_chunks::<3>();
    for [a, b, c] in triples {
        append(out, u32::from_be_bytes([0, *a, *b, *c]), 4);
    }
    match rest {
        [a] => append(out, u32::from_be_bytes([0, *a, 0, 0]), 2),
        [a, b] => append(out, u32::from_be_bytes([0, *a, *b, 0]), 3),
        _ => {}
    }
}

/// Appends so many characters for 24 bits, and fills up to four.
fn append(out: &mut Vec<u8>, bits: u32, characters: usize) {
    let all = [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift) as usize & 63]);
    out.extend_from_slice(all.get(..characters).unwrap_or(&all));
    out.resize(out.len() + (4 - characters.min(4)), b'=');
}

//! Base64 of `!!binary`, as Go's `base64.StdEncoding` reads and go-yaml writes it.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Decodes; line breaks are skipped, padding is needed, left-over bits are not checked.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut letters = text.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n'));
    loop {
        let Some(first) = letters.next() else { return Some(out) };
        let (first, second) = (sextet(first)?, sextet(letters.next()?)?);
        let mut bits = first << 18 | second << 12;
        let third = letters.next()?;
        let fourth = letters.next()?;
        out.push((bits >> 16) as u8);
        match (third, fourth) {
            (b'=', b'=') => return letters.next().is_none().then_some(out),
            (b'=', _) => return None,
            (third, fourth) => {
                bits |= sextet(third)? << 6;
                out.push((bits >> 8) as u8);
                if fourth == b'=' {
                    return letters.next().is_none().then_some(out);
                }
                out.push((bits | sextet(fourth)?) as u8);
            }
        }
    }
}

pub(crate) fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i > group.len() { b'=' } else { letter });
        }
    }
    out
}

fn sextet(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

//! JSON strings.

use crate::strings::decode_rune;
use crate::unicode::REPLACEMENT;

/// 1 for what is always escaped, 2 for what only HTML makes dangerous, 4 for what begins a longer character.
static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte {
            0..0x20 => 1,
            0x22 | 0x5C => 1,
            0x26 | 0x3C | 0x3E => 2,
            0x80.. => 4,
            _ => 0,
        };
        byte += 1;
    }
    table
};

/// Appends a JSON string; `<`, `>` and `&` are escaped as `\u003c`, U+2028 and U+2029 too, and invalid bytes become
/// U+FFFD.
pub fn append_quote(out: &mut Vec<u8>, text: &[u8]) {
    append_string(out, text, 1 | 2 | 4);
}

/// [`append_quote`] after `SetEscapeHTML(false)`: `<`, `>` and `&` stay.
pub fn append_quote_raw(out: &mut Vec<u8>, text: &[u8]) {
    append_string(out, text, 1 | 4);
}

fn append_string(out: &mut Vec<u8>, text: &[u8], special: u8) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    while let Some(at) = rest.iter().position(|b| CLASS[usize::from(*b)] & special != 0) {
        let (front, tail) = rest.split_at(at);
        out.extend_from_slice(front);
        let taken = append_special(out, tail);
        rest = tail.get(taken..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Appends the first character, and returns its width.
fn append_special(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let byte = text.first().copied().unwrap_or_default();
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        0x08 => out.extend_from_slice(br"\b"),
        0x0C => out.extend_from_slice(br"\f"),
        b'\n' => out.extend_from_slice(br"\n"),
        b'\r' => out.extend_from_slice(br"\r"),
        b'\t' => out.extend_from_slice(br"\t"),
        0..0x80 => append_escape(out, u32::from(byte)),
        0x80.. => return append_long(out, text),
    }
    1
}

fn append_long(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let (rune, width) = decode_rune(text);
    match (rune, width) {
        (REPLACEMENT, 1) => out.extend_from_slice("\u{FFFD}".as_bytes()),
        (0x2028 | 0x2029, _) => append_escape(out, rune),
        _ => out.extend_from_slice(text.get(..width).unwrap_or_default()),
    }
    width
}

fn append_escape(out: &mut Vec<u8>, unit: u32) {
    out.extend_from_slice(br"\u");
    for shift in [12, 8, 4, 0] {
        out.push(b"0123456789abcdef"[(unit >> shift) as usize & 15]);
    }
}

//! UTF-8 as `unicode/utf8`: each byte that starts no valid sequence is one U+FFFD of width 1.

use crate::unicode::{MAX_RUNE, REPLACEMENT};

/// Returns the first character and its width in bytes; `(0xFFFD, 1)` for an invalid byte, `(0xFFFD, 0)` for no bytes.
pub fn decode_rune(bytes: &[u8]) -> (u32, usize) {
    let Some(&first) = bytes.first() else {
        return (REPLACEMENT, 0);
    };
    if first < 0x80 {
        return (u32::from(first), 1);
    }
    decode_long(first, bytes.get(1..).unwrap_or_default()).unwrap_or((REPLACEMENT, 1))
}

fn decode_long(first: u8, rest: &[u8]) -> Option<(u32, usize)> {
    let second = *rest.first()?;
    // The range of the second byte keeps out overlong forms, surrogates and what is past U+10FFFF.
    let (low, high) = match first {
        0xE0 => (0xA0, 0xBF),
        0xED => (0x80, 0x9F),
        0xF0 => (0x90, 0xBF),
        0xF4 => (0x80, 0x8F),
        _ => (0x80, 0xBF),
    };
    if !(low..=high).contains(&second) {
        return None;
    }
    let tail = |byte: u8| (byte & 0xC0 == 0x80).then_some(u32::from(byte & 0x3F));
    let (first, second) = (u32::from(first), u32::from(second & 0x3F));
    match first {
        0xC2..=0xDF => Some(((first & 0x1F) << 6 | second, 2)),
        0xE0..=0xEF => Some(((first & 0x0F) << 12 | second << 6 | tail(*rest.get(1)?)?, 3)),
        0xF0..=0xF4 => {
            let (third, fourth) = (tail(*rest.get(1)?)?, tail(*rest.get(2)?)?);
            Some(((first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4))
        }
        _ => None,
    }
}

/// Returns the last character and its width, as [`decode_rune`] does.
pub fn decode_last_rune(bytes: &[u8]) -> (u32, usize) {
    let len = bytes.len();
    for width in 1..=len.min(4) {
        let tail = bytes.get(len - width..).unwrap_or_default();
        if tail.first().is_some_and(|b| b & 0xC0 != 0x80) {
            let (rune, found) = decode_rune(tail);
            return if found == width { (rune, width) } else { (REPLACEMENT, 1) };
        }
    }
    (REPLACEMENT, len.min(1))
}

/// Iterates over the characters with their positions and widths in bytes, as `range` over a Go string does.
pub fn runes(bytes: &[u8]) -> impl Iterator<Item = (usize, u32, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        if rest.is_empty() {
            return None;
        }
        let (rune, width) = decode_rune(rest);
        let here = at;
        at += width;
        Some((here, rune, width))
    })
}

/// `utf8.RuneCount`: characters, each invalid byte counting one.
pub fn rune_count(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => runes(bytes).count(),
    }
}

/// `utf8.ValidRune`: a code point that is no surrogate.
pub fn valid_rune(rune: u32) -> bool {
    rune <= MAX_RUNE && !(0xD800..0xE000).contains(&rune)
}

/// `utf8.RuneLen`; 3 for what is no character, since U+FFFD is written for it.
pub fn rune_len(rune: u32) -> usize {
    char::from_u32(rune).map_or(3, char::len_utf8)
}

/// `utf8.AppendRune`: U+FFFD for what is no character.
pub fn append_rune(out: &mut Vec<u8>, rune: u32) {
    if rune < 0x80 {
        out.push(rune as u8);
        return;
    }
    let found = char::from_u32(rune).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes());
}

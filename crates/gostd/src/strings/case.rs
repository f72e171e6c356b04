//! Upper, lower and title case, and comparison without regard to case.

use super::utf8::{append_rune, decode_rune, runes};
use crate::unicode::{self, is_digit, is_letter, is_space, simple_fold};

/// `strings.Map` of a mapping that drops nothing: invalid bytes are seen as U+FFFD and written as its three bytes.
pub fn map(text: &[u8], mut mapping: impl FnMut(u32) -> u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (_, rune, _) in runes(text) {
        append_rune(&mut out, mapping(rune));
    }
    out
}

/// `strings.ToUpper`.
pub fn to_upper(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() { text.to_ascii_uppercase() } else { map(text, unicode::to_upper) }
}

/// `strings.ToLower`.
pub fn to_lower(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() { text.to_ascii_lowercase() } else { map(text, unicode::to_lower) }
}

/// `strings.ToTitle`: every character in title case.
pub fn to_title(text: &[u8]) -> Vec<u8> {
    if text.is_ascii() { text.to_ascii_uppercase() } else { map(text, unicode::to_title) }
}

/// `strings.Title`: the first character of every word in title case.
pub fn title(text: &[u8]) -> Vec<u8> {
    let mut start = true;
    map(text, |rune| {
        let mapped = if start { unicode::to_title(rune) } else { rune };
        start = separates(rune);
        mapped
    })
}

/// Letters, digits and underscores make up words; of other characters beyond ASCII only blanks end one.
fn separates(rune: u32) -> bool {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric() && byte != b'_',
        _ => !is_letter(rune) && !is_digit(rune) && is_space(rune),
    }
}

/// `strings.EqualFold`: equal under simple case folding.
pub fn equal_fold(mut a: &[u8], mut b: &[u8]) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    while !a.is_empty() && !b.is_empty() {
        let ((left, left_width), (right, right_width)) = (decode_rune(a), decode_rune(b));
        if !same_fold(left, right) {
            return false;
        }
        a = a.get(left_width..).unwrap_or_default();
        b = b.get(right_width..).unwrap_or_default();
    }
    a.is_empty() && b.is_empty()
}

fn same_fold(left: u32, right: u32) -> bool {
    let mut next = left;
    loop {
        if next == right {
            return true;
        }
        next = simple_fold(next);
        if next == left {
            return false;
        }
    }
}

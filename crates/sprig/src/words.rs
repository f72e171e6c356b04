//! Abbreviating, wrapping and taking initials as Masterminds/goutils 1.1.1 does: by bytes, with all that entails.

use gostd::strings::{append_rune, runes};
use gostd::unicode;

/// Shortens to `width` bytes with `...` at the end, or at both ends when `offset` is beyond the start.
pub(crate) fn abbreviate(s: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let len = s.len() as i64;
    if width < 4 {
        return Vec::new();
    }
    if len <= width {
        return s.to_vec();
    }
    let offset = offset.min(len).min(len - (width - 3));
    if offset <= 4 {
        return [part(s, 0, width - 3), b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < len {
        return [b"...", abbreviate(part(s, offset, len), 0, width - 3).as_slice()].concat();
    }
    [b"...", part(s, len - (width - 3), len)].concat()
}

fn part(s: &[u8], from: i64, to: i64) -> &[u8] {
    usize::try_from(from).ok().zip(usize::try_from(to).ok()).and_then(|(from, to)| s.get(from..to)).unwrap_or_default()
}

/// Whether words that are longer than a line are broken.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum LongWords {
    Keep,
    Break,
}

/// Puts `separator` where a line would grow beyond `width` bytes; an empty separator is a line feed.
pub(crate) fn wrap(s: &[u8], width: i64, separator: &[u8], long: LongWords) -> Vec<u8> {
    let separator = if separator.is_empty() { b"\n" } else { separator };
    let width = usize::try_from(width).unwrap_or(0).max(1);
    let mut out = Vec::with_capacity(s.len() + s.len() / width);
    let mut rest = s;
    while rest.len() > width {
        if let Some(after) = rest.strip_prefix(b" ") {
            rest = after;
            continue;
        }
        let end = match rest.iter().take(width + 1).rposition(|b| *b == b' ') {
            Some(space) => Some((space, space + 1)),
            None if long == LongWords::Break => Some((width, width)),
            None => rest.iter().skip(width).position(|b| *b == b' ').map(|space| (width + space, width + space + 1)),
        };
        let Some((end, next)) = end else { break };
        out.extend_from_slice(rest.get(..end).unwrap_or_default());
        out.extend_from_slice(separator);
        rest = rest.get(next..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// goutils takes each byte for a character: what is beyond ASCII comes out as Latin-1.
fn push_byte_as_char(out: &mut Vec<u8>, byte: u8) {
    out.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 4]).as_bytes());
}

/// Reports whether a byte, taken for a character, is white space to Go.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xA0)
}

/// Returns the first letter of each word.
pub(crate) fn initials(s: &[u8]) -> Vec<u8> {
    let (mut out, mut gap) = (Vec::new(), true);
    for &byte in s {
        if is_space(byte) {
            gap = true;
        } else if std::mem::take(&mut gap) {
            push_byte_as_char(&mut out, byte);
        }
    }
    out
}

/// Removes white space; `None` when there is none and the text stays as it is.
pub(crate) fn without_space(s: &[u8]) -> Option<Vec<u8>> {
    if !s.iter().any(|byte| is_space(*byte)) {
        return None;
    }
    let mut out = Vec::with_capacity(s.len());
    s.iter().filter(|byte| !is_space(**byte)).for_each(|byte| push_byte_as_char(&mut out, *byte));
    Some(out)
}

/// Makes the first letter of each word lower case.
pub(crate) fn uncapitalize(s: &[u8]) -> Vec<u8> {
    let (mut out, mut start) = (Vec::with_capacity(s.len()), true);
    for (_, rune, _) in runes(s) {
        if unicode::is_space(rune) {
            start = true;
            append_rune(&mut out, rune);
        } else {
            append_rune(&mut out, if std::mem::take(&mut start) { unicode::to_lower(rune) } else { rune });
        }
    }
    out
}

/// Swaps upper and lower case; a small letter at the start of a word gets title case.
pub(crate) fn swap_case(s: &[u8]) -> Vec<u8> {
    let (mut out, mut gap) = (Vec::with_capacity(s.len()), true);
    for (_, rune, _) in runes(s) {
        let swapped = if unicode::is_upper(rune) || unicode::is_title(rune) {
            gap = false;
            unicode::to_lower(rune)
        } else if unicode::is_lower(rune) {
            if std::mem::take(&mut gap) { unicode::to_title(rune) } else { unicode::to_upper(rune) }
        } else {
            gap = unicode::is_space(rune);
            rune
        };
        append_rune(&mut out, swapped);
    }
    out
}

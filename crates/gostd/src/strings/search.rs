//! Where something is in a text. Positions are in bytes.

use memchr::{memchr, memmem};

use super::utf8::{rune_count, runes};

/// `strings.Index`.
pub fn index(text: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [] => Some(0),
        [byte] => memchr(*byte, text),
        _ => memmem::find(text, part),
    }
}

/// `strings.LastIndex`.
pub fn last_index(text: &[u8], part: &[u8]) -> Option<usize> {
    memmem::rfind(text, part)
}

/// `strings.IndexByte`.
pub fn index_byte(text: &[u8], byte: u8) -> Option<usize> {
    memchr(byte, text)
}

/// `strings.IndexFunc`; invalid bytes are seen as U+FFFD.
pub fn index_func(text: &[u8], is: impl Fn(u32) -> bool) -> Option<usize> {
    runes(text).find(|(_, rune, _)| is(*rune)).map(|(at, _, _)| at)
}

/// `strings.IndexRune`; U+FFFD finds invalid bytes too.
pub fn index_rune(text: &[u8], rune: u32) -> Option<usize> {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => memchr(byte, text),
        _ => index_func(text, |found| found == rune),
    }
}

/// `strings.IndexAny`: the first character that is one of `chars`.
pub fn index_any(text: &[u8], chars: &[u8]) -> Option<usize> {
    index_func(text, |rune| contains_rune(chars, rune))
}

pub fn contains(text: &[u8], part: &[u8]) -> bool {
    index(text, part).is_some()
}

pub fn contains_rune(text: &[u8], rune: u32) -> bool {
    index_rune(text, rune).is_some()
}

pub fn contains_any(text: &[u8], chars: &[u8]) -> bool {
    index_any(text, chars).is_some()
}

/// `strings.Count`: without overlaps; one more than the characters for an empty part.
pub fn count(text: &[u8], part: &[u8]) -> usize {
    match part {
        [] => rune_count(text) + 1,
        [byte] => memchr::memchr_iter(*byte, text).count(),
        _ => memmem::find_iter(text, part).count(),
    }
}

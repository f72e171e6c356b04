//! The text that is searched: UTF-8, with each byte that is none standing for U+FFFD as in Go.

use std::borrow::Cow;
use std::ops::Range;

use crate::strings::runes;

/// A text as the matcher sees it, and the way back to the positions of the original.
pub(super) struct Haystack<'h> {
    text: Cow<'h, [u8]>,
    /// Where replacement characters stand in `text` for invalid bytes; each is two bytes longer than what it stands for.
    replaced: Vec<usize>,
}

impl<'h> Haystack<'h> {
    pub(super) fn new(original: &'h [u8]) -> Haystack<'h> {
        if std::str::from_utf8(original).is_ok() {
            return Haystack { text: Cow::Borrowed(original), replaced: Vec::new() };
        }
        let mut text = Vec::with_capacity(original.len() + 2);
        let mut replaced = Vec::new();
        for (at, rune, width) in runes(original) {
            if rune == 0xFFFD && width == 1 {
                replaced.push(text.len());
                text.extend_from_slice("\u{FFFD}".as_bytes());
            } else {
                text.extend_from_slice(original.get(at..at + width).unwrap_or_default());
            }
        }
        Haystack { text: Cow::Owned(text), replaced }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.position(range.start)..self.position(range.end)
    }

    fn position(&self, at: usize) -> usize {
        if self.replaced.is_empty() {
            return at;
        }
        at - 2 * self.replaced.partition_point(|start| *start < at)
    }

    /// Width of the character at a position, 0 at the end.
    pub(super) fn width(&self, at: usize) -> usize {
        match self.text.get(at) {
            None => 0,
            Some(0..=0x7F) => 1,
            Some(0x80..=0xDF) => 2,
            Some(0xE0..=0xEF) => 3,
            Some(0xF0..) => 4,
        }
    }
}

//! Reads DER element by element, as `x/crypto/cryptobyte` does: anything odd is simply not read.

use super::der;

/// What is left to read.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

/// One element: its tag, its whole and its content.
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) whole: &'a [u8],
    pub(crate) content: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn peek(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Reads any element with a low tag number and a minimal length.
    pub(crate) fn any(&mut self) -> Option<Element<'a>> {
        let (&tag, &first) = (self.0.first()?, self.0.get(1)?);
        if tag & 0x1F == 0x1F {
            return None;
        }
        let (header, length) = if first < 0x80 {
            (2, usize::from(first))
        } else {
            let count = usize::from(first & 0x7F);
            let bytes = self.0.get(2..2 + count).filter(|bytes| (1..=4).contains(&bytes.len()))?;
            let length = bytes.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
            if length < 0x80 || bytes.first() == Some(&0) {
                return None;
            }
            (2 + count, length)
        };
        let end = header.checked_add(length)?;
        let element = Element { tag, whole: self.0.get(..end)?, content: self.0.get(header..end)? };
        self.0 = self.0.get(end..)?;
        Some(element)
    }

    /// Reads an element of a given tag.
    pub(crate) fn element(&mut self, tag: u8) -> Option<Element<'a>> {
        if !self.peek(tag) {
            return None;
        }
        self.any()
    }

    /// Reads the content of an element of a given tag.
    pub(crate) fn content(&mut self, tag: u8) -> Option<Cursor<'a>> {
        self.element(tag).map(|element| Cursor(element.content))
    }

    /// Reads an integer that is minimally encoded.
    pub(crate) fn integer(&mut self) -> Option<&'a [u8]> {
        let content = self.content(der::INTEGER)?.0;
        match content {
            [] | [0, 0..=0x7F, ..] | [0xFF, 0x80..=0xFF, ..] => None,
            _ => Some(content),
        }
    }

    /// Reads an object identifier.
    pub(crate) fn oid(&mut self) -> Option<&'a [u8]> {
        let content = self.content(der::OID)?.0;
        let starts = std::iter::once(0).chain(content.iter().map(|b| b & 0x80));
        let wrong = content.is_empty()
            || content.last().is_some_and(|b| *b >= 0x80)
            || starts.zip(content).any(|(before, b)| before == 0 && *b == 0x80);
        (!wrong).then_some(content)
    }

    /// Reads a bit string of whole bytes.
    pub(crate) fn bits(&mut self) -> Option<&'a [u8]> {
        let (&unused, bytes) = self.content(der::BIT_STRING)?.0.split_first()?;
        let last = bytes.last().copied().unwrap_or(0);
        let wrong = unused > 7 || bytes.is_empty() && unused > 0 || last & ((1_u16 << unused) - 1) as u8 != 0;
        (!wrong).then_some(bytes)
    }

    pub(crate) fn boolean(&mut self) -> Option<bool> {
        match self.content(0x01)?.0 {
            [0] => Some(false),
            [0xFF] => Some(true),
            _ => None,
        }
    }
}

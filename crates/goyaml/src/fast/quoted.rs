//! Scalars in quotes.

use std::ops::Range;

use super::line::Lines;
use super::{Doubt, Sink};
use crate::scanner::{Escape, escaped};

/// A scalar that was in quotes.
pub(super) struct Quoted {
    /// Where its text stands in the document; none when it is in the scratch text.
    verbatim: Option<Range<usize>>,
    pub multiline: bool,
}

impl Quoted {
    pub fn text<'a>(&self, document: &'a [u8], scratch: &'a [u8]) -> &'a [u8] {
        self.verbatim.clone().map_or(scratch, |range| &document[range])
    }
}

impl<S: Sink> Lines<'_, '_, S> {
    /// Reads from the opening quote on, and stands behind the closing one then.
    pub fn quoted(&mut self, quote: u8) -> Result<Quoted, Doubt> {
        let start = self.pos + 1;
        let end = start + self.special(start, quote).ok_or(Doubt)?;
        if self.text[end] == quote && !(quote == b'\'' && self.text.get(end + 1) == Some(&quote)) {
            self.pos = end + 1;
            return Ok(Quoted { verbatim: Some(start..end), multiline: false });
        }
        self.scratch.clear();
        self.pos = start;
        let multiline = self.unquote(quote)?;
        Ok(Quoted { verbatim: None, multiline })
    }

    /// Finds the next quote, line break, or in double quotes backslash.
    fn special(&self, from: usize, quote: u8) -> Option<usize> {
        let rest = &self.text[from..];
        match quote {
            b'"' => memchr::memchr3(b'"', b'\\', b'\n', rest),
            _ => memchr::memchr2(b'\'', b'\n', rest),
        }
    }

    /// Reads up to the closing quote into the scratch text; reports whether there were line breaks.
    fn unquote(&mut self, quote: u8) -> Result<bool, Doubt> {
        let mut multiline = false;
        // Blanks before a line break are dropped, but not what an escape gave.
        let mut kept = 0;
        loop {
            let length = self.special(self.pos, quote).ok_or(Doubt)?;
            self.scratch.extend_from_slice(&self.text[self.pos..self.pos + length]);
            self.pos += length;
            match (self.at(0), self.at(1)) {
                (b'\n', _) => {
                    multiline = true;
                    while self.scratch.len() > kept && matches!(self.scratch.last(), Some(b' ' | b'\t')) {
                        self.scratch.pop();
                    }
                    match self.skip_breaks()? {
                        1 => self.scratch.push(b' '),
                        breaks => self.scratch.extend(std::iter::repeat_n(b'\n', breaks - 1)),
                    }
                    kept = self.scratch.len();
                }
                (b'\\', b'\n') => {
                    multiline = true;
                    self.pos += 1;
                    let breaks = self.skip_breaks()?;
                    self.scratch.extend(std::iter::repeat_n(b'\n', breaks - 1));
                    kept = self.scratch.len();
                }
                (b'\\', _) => {
                    self.escape()?;
                    kept = self.scratch.len();
                }
                (b'\'', b'\'') => {
                    self.scratch.push(b'\'');
                    self.pos += 2;
                }
                _ => {
                    self.pos += 1;
                    return Ok(multiline);
                }
            }
        }
    }

    /// Goes over line breaks and blanks; gives the number of breaks, at least 1.
    fn skip_breaks(&mut self) -> Result<usize, Doubt> {
        let mut breaks = 0;
        let mut line = self.pos;
        loop {
            match self.at(0) {
                b'\n' => {
                    breaks += 1;
                    line = self.pos + 1;
                }
                b' ' | b'\t' => {}
                _ if line == self.pos && self.is_document_marker(line) => return Err(Doubt),
                _ => return Ok(breaks),
            }
            self.pos += 1;
        }
    }

    fn escape(&mut self) -> Result<(), Doubt> {
        match escaped(self.at(1)).ok_or(Doubt)? {
            Escape::Text(text) => {
                self.scratch.extend_from_slice(text.as_bytes());
                self.pos += 2;
            }
            Escape::Digits(digits) => {
                let digits = self.text.get(self.pos + 2..self.pos + 2 + digits).ok_or(Doubt)?;
                let value = digits.iter().try_fold(0u64, |value, digit| {
                    char::from(*digit).to_digit(16).map(|digit| value << 4 | u64::from(digit))
                });
                let c = value.and_then(|value| u32::try_from(value).ok()).and_then(char::from_u32).ok_or(Doubt)?;
                self.scratch.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                self.pos += 2 + digits.len();
            }
        }
        Ok(())
    }
}

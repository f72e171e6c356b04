//! Scalars without quotes.

use super::line::Lines;
use super::{Doubt, Sink};

/// What ends a plain scalar on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// A `:` before a blank, where the scanner then stands; in the other cases it stands at the next line's start.
    Colon,
    Comment,
    LineEnd,
}

impl<S: Sink> Lines<'_, '_, S> {
    /// Reports a character that a plain scalar of block context can start with.
    pub fn starts_plain(&self) -> bool {
        match self.at(0) {
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`' | b' ' | b'\t' | b'\n' | 0 => false,
            b'-' | b'?' | b':' => !self.is_blank(1),
            _ => true,
        }
    }

    /// Scans what stands on this line; gives its end without the blanks behind it.
    pub fn plain_line(&mut self) -> (usize, Stop) {
        let start = self.pos;
        let mut from = start;
        let (end, stop) = loop {
            let rest = &self.text[from..];
            let Some(found) = memchr::memchr3(b'\n', b':', b'#', rest) else { break (self.text.len(), Stop::LineEnd) };
            let at = from + found;
            match self.text[at] {
                b'\n' => break (at, Stop::LineEnd),
                b':' if self.text.get(at + 1).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\n')) => {
                    break (at, Stop::Colon);
                }
                b'#' if at > start && matches!(self.text[at - 1], b' ' | b'\t') => break (at, Stop::Comment),
                _ => from = at + 1,
            }
        };
        self.pos = end;
        if stop != Stop::Colon {
            self.skip_line();
        }
        let blanks = self.text[start..end].iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
        (end - blanks, stop)
    }

    /// Reports whether the next line with text goes on with the scalar; goes to it over empty lines in any case.
    pub fn continues(&mut self, indent: usize) -> Result<bool, Doubt> {
        self.scratch.clear();
        loop {
            let column = self.spaces();
            match self.at(column) {
                b'\n' => {
                    self.pos += column + 1;
                    // The line breaks that the scalar gets when it goes on.
                    self.scratch.push(b'\n');
                }
                b'\t' => return Err(Doubt),
                b'#' | 0 => return Ok(false),
                _ => return Ok(column > indent),
            }
        }
    }

    /// Reads the further lines of a plain scalar into the scratch text.
    pub fn folded_plain(&mut self, first: &[u8], indent: usize) -> Result<(), Doubt> {
        let mut text = first.to_vec();
        loop {
            match self.scratch.is_empty() {
                true => text.push(b' '),
                false => text.append(&mut self.scratch),
            }
            self.pos += self.spaces();
            let start = self.pos;
            let (end, stop) = self.plain_line();
            if stop == Stop::Colon {
                return Err(Doubt);
            }
            text.extend_from_slice(&self.text[start..end]);
            if stop == Stop::Comment || !self.continues(indent)? {
                break;
            }
        }
        self.scratch = text;
        Ok(())
    }
}

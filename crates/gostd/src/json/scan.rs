//! The words of JSON: blanks, literals, numbers, strings, and values to skip.

use std::borrow::Cow;

use super::fault::Fault;
use super::{DEPTH_LIMIT, run};
use crate::strings::append_rune;
use crate::unicode::REPLACEMENT;

pub(super) struct Scanner<'a> {
    pub data: &'a [u8],
    pub at: usize,
}

/// A string between its quotes, known to be well formed.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a> {
    text: &'a [u8],
    /// Without escapes and invalid bytes: the text stands for itself.
    verbatim: bool,
}

impl<'a> Raw<'a> {
    pub fn unquote(self) -> Cow<'a, [u8]> {
        if self.verbatim { Cow::Borrowed(self.text) } else { Cow::Owned(unescape(self.text)) }
    }
}

/// What comes behind a member or an element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Another,
    Closed,
}

impl<'a> Scanner<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Scanner { data, at: 0 }
    }

    pub fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    /// Skips blanks and returns the byte that follows.
    pub fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.data.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    pub fn wrong(&self, place: &str) -> Fault {
        if self.at >= self.data.len() { Fault::End } else { Fault::character(self.rest(), place) }
    }

    pub fn literal(&mut self, word: &'static str) -> Result<(), Fault> {
        for want in word.bytes() {
            if self.data.get(self.at) != Some(&want) {
                return Err(self.wrong(&format!("in literal {word} (expecting '{}')", char::from(want))));
            }
            self.at += 1;
        }
        Ok(())
    }

    pub fn number(&mut self) -> Result<&'a [u8], Fault> {
        let start = self.at;
        if self.data.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        match self.data.get(self.at) {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.data.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.data.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.data.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.data.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.wrong("in numeric literal"));
        }
        self.at += count;
        Ok(())
    }

    /// Reads a string; the byte here is its first quote.
    pub fn string(&mut self) -> Result<Raw<'a>, Fault> {
        self.at += 1;
        let start = self.at;
        let (mut escaped, mut ascii) = (false, true);
        loop {
            let run = run::plain(self.rest());
            self.at += run.length;
            ascii &= run.ascii;
            match self.data.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.wrong("in string")),
            }
        }
        let text = self.data.get(start..self.at).unwrap_or_default();
        self.at += 1;
        let verbatim = !escaped && (ascii || std::str::from_utf8(text).is_ok());
        Ok(Raw { text, verbatim })
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        match rest.get(1) {
            None => return Err(Fault::End),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = rest.get(2..).unwrap_or_default();
                let digits = digits.get(..4).unwrap_or(digits);
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Fault::escape(rest.get(..6).unwrap_or(rest)));
                }
                if digits.len() < 4 {
                    return Err(Fault::End);
                }
                self.at += 6;
            }
            Some(_) => return Err(Fault::escape(rest.get(..2).unwrap_or(rest))),
        }
        Ok(())
    }

    /// Goes into the object or array here. `Next::Closed` for an empty one.
    pub fn open(&mut self, close: u8, depth: usize) -> Result<Next, Fault> {
        if depth >= DEPTH_LIMIT {
            return Err(Fault::depth());
        }
        self.at += 1;
        match self.peek() {
            None => Err(Fault::End),
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(Next::Closed)
            }
            Some(_) => Ok(Next::Another),
        }
    }

    /// Reads the key of a member and its colon.
    pub fn key(&mut self) -> Result<Raw<'a>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("looking for beginning of object key string"));
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return Err(self.wrong("after object key"));
        }
        self.at += 1;
        Ok(key)
    }

    /// Reads the comma or the bracket behind a member or an element.
    pub fn next(&mut self, close: u8) -> Result<Next, Fault> {
        let next = match self.peek() {
            Some(b',') => Next::Another,
            Some(byte) if byte == close => Next::Closed,
            _ if close == b'}' => return Err(self.wrong("after object key:value pair")),
            _ => return Err(self.wrong("after array element")),
        };
        self.at += 1;
        Ok(next)
    }

    /// Checks that only blanks are left.
    pub fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.wrong("after top-level value")),
        }
    }

    /// Reads over a value of any kind.
    pub fn skip(&mut self, depth: usize) -> Result<(), Fault> {
        match self.peek() {
            Some(b'{') => {
                let mut next = self.open(b'}', depth)?;
                while next == Next::Another {
                    self.key()?;
                    self.skip(depth + 1)?;
                    next = self.next(b'}')?;
                }
                Ok(())
            }
            Some(b'[') => {
                let mut next = self.open(b']', depth)?;
                while next == Next::Another {
                    self.skip(depth + 1)?;
                    next = self.next(b']')?;
                }
                Ok(())
            }
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => Err(self.wrong("looking for beginning of value")),
        }
    }
}

/// Resolves the escapes of a well-formed string; invalid bytes and halves of surrogate pairs become U+FFFD.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.iter().position(|b| *b == b'\\') {
        let (front, tail) = rest.split_at(at);
        append_valid(&mut out, front);
        let taken = match tail.get(1) {
            Some(b'u') => unescape_unicode(&mut out, tail),
            Some(byte) => {
                out.push(match byte {
                    b'b' => 0x08,
                    b'f' => 0x0C,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                });
                2
            }
            None => 1,
        };
        rest = tail.get(taken..).unwrap_or_default();
    }
    append_valid(&mut out, rest);
    out
}

fn append_valid(out: &mut Vec<u8>, text: &[u8]) {
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            append_rune(out, REPLACEMENT);
        }
    }
}

/// Appends the character of `\uXXXX` or of a pair of them, and returns the bytes taken.
fn unescape_unicode(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let first = hex(text.get(2..6));
    let second = match text.get(6..12) {
        Some([b'\\', b'u', digits @ ..]) => hex(Some(digits)),
        _ => None,
    };
    match (first, second) {
        (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
            append_rune(out, 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            12
        }
        (first, _) => {
            append_rune(out, first.unwrap_or(REPLACEMENT));
            6
        }
    }
}

fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |value, b| Some(value * 16 + char::from(*b).to_digit(16)?))
}

//! Scalars in single or double quotes.

use super::plain::append_fold;
use super::{Kind, Scanner, Style, Token};
use crate::problem::Problem;

impl<'t> Scanner<'t> {
    pub(super) fn fetch_quoted(&mut self, single: bool) -> Result<(), Problem> {
        self.save_key()?;
        self.simple_key_allowed = false;
        let value = self.scan_quoted(single)?;
        let style = if single { Style::SingleQuoted } else { Style::DoubleQuoted };
        self.tokens.push_back(Token::text(Kind::Scalar(style), self.start, value));
        Ok(())
    }

    fn scan_quoted(&mut self, single: bool) -> Result<Vec<u8>, Problem> {
        let quote = if single { b'\'' } else { b'"' };
        let mut out = Vec::new();
        self.skip();
        loop {
            self.need(4)?;
            if self.column == 0 && self.is_document_indicator() {
                return Err(self.problem("found unexpected document indicator"));
            }
            if self.at(0) == 0 {
                return Err(self.problem("found unexpected end of stream"));
            }
            let escaped_break = self.scan_quoted_word(single, &mut out)?;
            self.need(1)?;
            if self.at(0) == quote {
                self.skip();
                return Ok(out);
            }
            self.scan_quoted_space(escaped_break, &mut out)?;
        }
    }

    /// Scans up to a blank, a break or the closing quote; reports whether an escaped line break ended it.
    fn scan_quoted_word(&mut self, single: bool, out: &mut Vec<u8>) -> Result<bool, Problem> {
        while !self.is_blankz(0) {
            match self.at(0) {
                b'\'' if single && self.at(1) == b'\'' => {
                    out.push(b'\'');
                    self.skip();
                    self.skip();
                }
                b'\'' if single => break,
                b'"' if !single => break,
                b'\\' if !single && self.is_break(1) => {
                    self.need(3)?;
                    self.skip();
                    self.skip_break();
                    return Ok(true);
                }
                b'\\' if !single => self.scan_escape(out)?,
                _ => {
                    let start = self.pos;
                    self.skip();
                    out.extend_from_slice(&self.text[start..self.pos]);
                }
            }
            self.need(2)?;
        }
        Ok(false)
    }

    fn scan_escape(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        let escape = self.at(1);
        let Some(meaning) = escaped(escape) else {
            return Err(self.problem("found unknown escape character"));
        };
        self.skip();
        self.skip();
        let digits = match meaning {
            Escape::Text(text) => {
                out.extend_from_slice(text.as_bytes());
                return Ok(());
            }
            Escape::Digits(digits) => digits,
        };
        self.need(digits)?;
        let mut value = 0u64;
        for i in 0..digits {
            let Some(digit) = char::from(self.at(i)).to_digit(16) else {
                return Err(self.problem("did not find expected hexdecimal number"));
            };
            value = value << 4 | u64::from(digit);
        }
        let Some(c) = u32::try_from(value).ok().and_then(char::from_u32) else {
            return Err(self.problem("found invalid Unicode character escape code"));
        };
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        for _ in 0..digits {
            self.skip();
        }
        Ok(())
    }

    /// Eats the blanks and breaks between two words, and appends what they fold to.
    fn scan_quoted_space(&mut self, escaped_break: bool, out: &mut Vec<u8>) -> Result<(), Problem> {
        let blanks = out.len();
        let mut fold = escaped_break.then(<[Vec<u8>; 2]>::default);
        let mut folded = false;
        while self.is_blank(0) || self.is_break(0) {
            if self.is_blank(0) {
                if fold.is_none() {
                    out.push(self.at(0));
                }
                self.skip();
            } else {
                self.need(2)?;
                match &mut fold {
                    None => {
                        out.truncate(blanks);
                        folded = true;
                        self.read_break(&mut fold.insert(Default::default())[0]);
                    }
                    Some([_, more]) => self.read_break(more),
                }
            }
            self.need(1)?;
        }
        match fold {
            Some(fold) if folded => append_fold(out, &fold),
            Some([_, more]) => out.extend_from_slice(&more),
            None => {}
        }
        Ok(())
    }
}

/// What a backslash and a character mean in double quotes.
pub(crate) enum Escape {
    Text(&'static str),
    /// So many hexadecimal digits follow.
    Digits(usize),
}

pub(crate) fn escaped(escape: u8) -> Option<Escape> {
    Some(Escape::Text(match escape {
        b'0' => "\0",
        b'a' => "\x07",
        b'b' => "\x08",
        b't' | b'\t' => "\t",
        b'n' => "\n",
        b'v' => "\x0B",
        b'f' => "\x0C",
        b'r' => "\r",
        b'e' => "\x1B",
        b' ' => " ",
        b'"' => "\"",
        b'\'' => "'",
        b'\\' => "\\",
        b'N' => "\u{85}",
        b'_' => "\u{A0}",
        b'L' => "\u{2028}",
        b'P' => "\u{2029}",
        b'x' => return Some(Escape::Digits(2)),
        b'u' => return Some(Escape::Digits(4)),
        b'U' => return Some(Escape::Digits(8)),
        _ => return None,
    }))
}

//! Texts in quotes.

use super::cursor::{Cursor, END, Fault, Read, is_line_end, quoted};
use crate::{Str, strings};

impl<'a> Cursor<'a> {
    /// Reads a text of one line behind its opening quote.
    pub fn basic(&mut self) -> Read<Str> {
        self.begin();
        let mut escaped = false;
        loop {
            match self.next()? {
                END => return self.fail("unexpected EOF; expected '\"'"),
                c if is_line_end(c) => return self.fail_before("strings cannot contain newlines"),
                '\\' => {
                    escaped = true;
                    self.escape()?;
                }
                '"' => break,
                _ => {}
            }
        }
        let body = self.quoted_piece(1);
        if escaped { unescape(body, self.line) } else { Ok(Str::from(body)) }
    }

    /// Reads a text of one line without escapes, behind its opening quote.
    pub fn literal(&mut self) -> Read<Str> {
        self.begin();
        loop {
            match self.next()? {
                END => return self.fail("unexpected EOF; expected \"'\""),
                c if is_line_end(c) => return self.fail_before("strings cannot contain newlines"),
                '\'' => return Ok(Str::from(self.quoted_piece(1))),
                _ => {}
            }
        }
    }

    /// Reads a text of several lines behind its three opening quotes.
    pub fn long_basic(&mut self) -> Read<Str> {
        self.begin();
        loop {
            match self.next()? {
                END => return self.fail("unexpected EOF; expected '\"\"\"'"),
                '\\' if is_line_end(self.peek()?) => {
                    self.next()?;
                }
                '\\' => self.escape()?,
                '"' if self.closes('"')? => break,
                _ => {}
            }
        }
        let body = without_escaped_lines(without_first_line_end(self.quoted_piece(3)));
        unescape(&body, self.line)
    }

    /// Reads a text of several lines without escapes, behind its three opening quotes.
    pub fn long_literal(&mut self) -> Read<Str> {
        self.begin();
        loop {
            match self.next()? {
                END => return self.fail("unexpected EOF; expected \"'''\""),
                '\'' if self.closes('\'')? => break,
                _ => {}
            }
        }
        Ok(Str::from(without_first_line_end(self.quoted_piece(3))))
    }

    /// Returns the piece without its closing quotes, and begins a new one.
    fn quoted_piece(&mut self, quotes: usize) -> &'a [u8] {
        let piece = self.piece();
        self.begin();
        &piece[..piece.len().saturating_sub(quotes)]
    }

    /// Reports whether a quote is the first of the closing three; one or two more may stand in front of them.
    fn closes(&mut self, quote: char) -> Read<bool> {
        if !self.accept(quote)? {
            return Ok(false);
        }
        if !self.accept(quote)? {
            self.back();
            return Ok(false);
        }
        if self.peek()? != quote {
            return Ok(true);
        }
        if quote == '\'' && self.piece().ends_with(b"'''''") {
            return self.fail("unexpected \"''''''\"");
        }
        if quote == '"' && self.piece().ends_with(b"\"\"\"\"\"") && !self.piece().ends_with(b"\\\"\"\"\"\"") {
            return self.fail("unexpected '\"\"\"\"\"\"'");
        }
        self.back();
        self.back();
        Ok(false)
    }

    /// Steps over what follows a backslash.
    fn escape(&mut self) -> Read<()> {
        match self.next()? {
            'e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\' => Ok(()),
            'x' => self.hex_digits(2, "two", 'x'),
            'u' => self.hex_digits(4, "four", 'u'),
            'U' => self.hex_digits(8, "eight", 'U'),
            other => self.fail_or_before(format!("invalid escape in string '\\{other}'")),
        }
    }

    fn hex_digits(&mut self, count: usize, number: &str, kind: char) -> Read<()> {
        for _ in 0..count {
            if !self.next()?.is_ascii_hexdigit() {
                let got = quoted(self.piece());
                return self
                    .fail(format!("expected {number} hexadecimal digits after '\\{kind}', but got {got} instead"));
            }
        }
        Ok(())
    }
}

fn without_first_line_end(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\n").or_else(|| text.strip_prefix(b"\r\n")).unwrap_or(text)
}

/// Takes out each backslash at the end of a line with the white space behind it.
fn without_escaped_lines(mut text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    while let Some(at) = text.iter().position(|byte| *byte == b'\\') {
        let rest = &text[at + 1..];
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let spaces = rest.iter().position(|byte| !is_space(byte)).unwrap_or(rest.len());
        let keep = match rest.first() {
            Some(b'\\') => at + 2,
            _ if rest[..spaces].contains(&b'\n') => {
                out.extend_from_slice(&text[..at]);
                text = &rest[spaces..];
                continue;
            }
            _ => at + 1,
        };
        out.extend_from_slice(&text[..keep]);
        text = &text[keep..];
    }
    out.extend_from_slice(text);
    out
}

/// Replaces the escapes, which the cursor has checked but for `\ ` and for numbers that are no characters.
fn unescape(mut text: &[u8], line: i64) -> Read<Str> {
    let mut out = Vec::with_capacity(text.len());
    while let Some(at) = text.iter().position(|byte| *byte == b'\\') {
        out.extend_from_slice(&text[..at]);
        let kind = text.get(at + 1).copied().unwrap_or(b'\\');
        let rest = text.get(at + 2..).unwrap_or_default();
        let digits = match kind {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        match kind {
            b' ' | b'\t' => {
                let message = format!("invalid escape: '\\{}'", char::from(kind));
                return Err(Fault { line, message });
            }
            b'b' => out.push(8),
            b't' => out.push(b'\t'),
            b'n' => out.push(b'\n'),
            b'f' => out.push(12),
            b'r' => out.push(b'\r'),
            b'e' => out.push(0x1b),
            b'x' | b'u' | b'U' => strings::append_rune(&mut out, number(rest, digits, line)?),
            other => out.push(other),
        }
        text = &rest[digits.min(rest.len())..];
    }
    out.extend_from_slice(text);
    Ok(Str::from(out))
}

fn number(rest: &[u8], digits: usize, line: i64) -> Read<u32> {
    let text = String::from_utf8_lossy(rest.get(..digits).unwrap_or(rest));
    match u32::from_str_radix(&text, 16) {
        Ok(rune) if strings::valid_rune(rune) => Ok(rune),
        _ => Err(Fault { line, message: format!("Escaped character '\\u{text}' is not valid UTF-8.") }),
    }
}

//! The place in the text that is read: one character at a time, with its line.

use crate::{GoError, strconv, strings};

/// What is wrong, and in which line.
pub struct Fault {
    pub line: i64,
    pub message: String,
}

pub type Read<T> = Result<T, Fault>;

impl Fault {
    /// Makes the whole text; `last_key` is empty when no key was read yet.
    pub fn error(self, last_key: &str) -> GoError {
        let Fault { line, message } = self;
        match last_key {
            "" => GoError::new(format!("toml: line {line}: {message}")),
            key => GoError::new(format!("toml: line {line} (last key {}): {message}", quoted(key.as_bytes()))),
        }
    }
}

/// What `next` returns at the end; a NUL in the text is a fault.
pub const END: char = '\0';

pub struct Cursor<'a> {
    text: &'a [u8],
    pos: usize,
    /// Where the piece that is read began.
    start: usize,
    pub line: i64,
    /// Whether the last step was one beyond the end.
    at_end: bool,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Cursor { text, pos: 0, start: 0, line: 1, at_end: false }
    }

    /// Steps over a character.
    ///
    /// # Errors
    /// A control character, a `\r` without `\n`, bytes that are not UTF-8.
    pub fn next(&mut self) -> Read<char> {
        let Some(&byte) = self.text.get(self.pos) else {
            self.at_end = true;
            return Ok(END);
        };
        if byte >= 0x80 {
            return self.next_wide(byte);
        }
        match byte {
            b'\n' => self.line += 1,
            b'\r' if self.text.get(self.pos + 1) != Some(&b'\n') => return self.control(byte),
            b'\t' | b'\r' => {}
            0..b' ' | 0x7f => return self.control(byte),
            _ => {}
        }
        self.pos += 1;
        Ok(char::from(byte))
    }

    fn next_wide(&mut self, byte: u8) -> Read<char> {
        let (rune, width) = strings::decode_rune(&self.text[self.pos..]);
        match char::from_u32(rune) {
            Some(rune) if width > 1 => {
                self.pos += width;
                Ok(rune)
            }
            _ => Err(Fault { line: self.line, message: format!("invalid UTF-8 byte: 0x{byte:02x}") }),
        }
    }

    fn control(&self, byte: u8) -> Read<char> {
        let message = format!("TOML files cannot contain control characters: '0x{byte:02x}'");
        Err(Fault { line: self.line, message })
    }

    /// Takes the last step back.
    pub fn back(&mut self) {
        if self.at_end {
            self.at_end = false;
            return;
        }
        self.pos = self.pos.saturating_sub(1);
        while self.pos > 0 && self.text[self.pos] & 0xc0 == 0x80 {
            self.pos -= 1;
        }
        if self.text.get(self.pos) == Some(&b'\n') {
            self.line -= 1;
        }
    }

    pub fn peek(&mut self) -> Read<char> {
        let next = self.next()?;
        self.back();
        Ok(next)
    }

    /// Steps over a character if it is the wanted one.
    pub fn accept(&mut self, wanted: char) -> Read<bool> {
        let found = self.next()? == wanted;
        if !found {
            self.back();
        }
        Ok(found)
    }

    /// Steps over what a rule takes and begins a new piece behind it.
    pub fn skip(&mut self, rule: fn(char) -> bool) -> Read<()> {
        self.pass(rule)?;
        self.begin();
        Ok(())
    }

    /// Steps over what a rule takes.
    pub fn pass(&mut self, rule: impl Fn(char) -> bool) -> Read<()> {
        while rule(self.next()?) {}
        self.back();
        Ok(())
    }

    /// Steps over a comment up to the end of its line.
    pub fn comment(&mut self) -> Read<()> {
        self.pass(|c| !is_line_end(c) && c != END)
    }

    /// Begins a new piece.
    pub fn begin(&mut self) {
        self.start = self.pos;
    }

    /// Returns the piece that is read.
    pub fn piece(&self) -> &'a [u8] {
        &self.text[self.start..self.pos]
    }

    /// A fault here; at the end of a text whose last line has ended, in that line.
    pub fn fail<T>(&self, message: impl Into<String>) -> Read<T> {
        let ended = self.at_end && self.text.last() == Some(&b'\n');
        Err(Fault { line: self.line - i64::from(ended), message: message.into() })
    }

    /// A fault in the line before: the line end was stepped over.
    pub fn fail_before<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Fault { line: self.line - 1, message: message.into() })
    }

    /// A fault here that counts the end of the text as a line end, whether or not one is there.
    pub fn fail_or_before<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Fault { line: self.line - i64::from(self.at_end), message: message.into() })
    }
}

pub fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

pub fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r')
}

pub fn is_space(c: char) -> bool {
    is_blank(c) || is_line_end(c)
}

pub fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// Quotes a character as `%q` does.
pub fn shown(c: char) -> String {
    String::from_utf8_lossy(&strconv::quote_rune(c as u32)).into_owned()
}

/// Quotes a text as `%q` does.
pub fn quoted(text: &[u8]) -> String {
    String::from_utf8_lossy(&strconv::quote(text)).into_owned()
}

//! Reads JSON as it comes, and keeps only what is asked for: records and lists of them are mostly what nobody wants.

use std::fmt;
use std::io::{self, Read};

use gostd::{Value, json};
use memchr::memchr2;

/// Objects and arrays inside each other; Go's limit too.
const DEPTH_LIMIT: usize = 10_000;

/// Why a text could not be read.
#[derive(Debug)]
pub enum StreamError {
    Read(io::Error),
    /// It is not JSON, or not of the form that was expected; what was expected.
    Malformed(&'static str),
    /// A text is longer than somebody allowed.
    TooLong,
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StreamError::Read(_) => f.write_str("cannot read JSON"),
            StreamError::Malformed(expected) => write!(f, "JSON: expected {expected}"),
            StreamError::TooLong => f.write_str("a text in the JSON is too long"),
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StreamError::Read(error) => Some(error),
            _ => None,
        }
    }
}

type Result<T> = std::result::Result<T, StreamError>;

/// Whether to read on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    On,
    Stop,
}

/// A position in a JSON text. What is behind the values asked for is never checked, nor is the inside of skipped ones
/// beyond its brackets and strings.
pub struct Lexer<'b, R> {
    input: R,
    buffer: &'b mut [u8],
    at: usize,
    end: usize,
}

impl<'b, R: Read> Lexer<'b, R> {
    /// Starts to read; the buffer is for one piece of the text, and may be used again afterwards.
    pub fn new(input: R, buffer: &'b mut [u8]) -> Self {
        Lexer { input, buffer, at: 0, end: 0 }
    }

    /// Calls `each` with the lexer at the value of every member, which it must read or skip. Null has no members.
    ///
    /// # Errors
    /// Where the text is no object; those of `each`.
    pub fn members(&mut self, mut each: impl FnMut(&mut Self, &[u8]) -> Result<Flow>) -> Result<Flow> {
        if !self.open(b'{', "an object")? {
            return Ok(Flow::On);
        }
        if self.closes(b'}')? {
            return Ok(Flow::On);
        }
        let mut key = Vec::new();
        loop {
            self.expect(b'"', "a key")?;
            key.clear();
            self.rest_of_string(&mut key, 1 << 20)?;
            self.expect(b':', "a colon")?;
            if each(self, &key)? == Flow::Stop {
                return Ok(Flow::Stop);
            }
            if !self.another(b'}')? {
                return Ok(Flow::On);
            }
        }
    }

    /// Calls `each` with the lexer at every element. Null has no elements.
    ///
    /// # Errors
    /// Where the text is no array; those of `each`.
    pub fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Result<Flow>) -> Result<Flow> {
        if !self.open(b'[', "an array")? || self.closes(b']')? {
            return Ok(Flow::On);
        }
        loop {
            if each(self)? == Flow::Stop {
                return Ok(Flow::Stop);
            }
            if !self.another(b']')? {
                return Ok(Flow::On);
            }
        }
    }

    /// Reads a string; null is an empty one.
    ///
    /// # Errors
    /// [`StreamError::TooLong`] beyond `limit` bytes.
    pub fn text(&mut self, limit: usize) -> Result<String> {
        let mut out = Vec::new();
        self.bytes(&mut out, limit)?;
        Ok(String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    /// Reads a string into a buffer that is used again; null is an empty one.
    ///
    /// # Errors
    /// As [`Lexer::text`].
    pub fn bytes(&mut self, out: &mut Vec<u8>, limit: usize) -> Result<()> {
        out.clear();
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.rest_of_string(out, limit)
            }
            b'n' => self.skip(),
            _ => Err(StreamError::Malformed("a string")),
        }
    }

    /// Reads an integer; null is 0.
    ///
    /// # Errors
    /// For another value, and for one beyond 64 bits.
    pub fn integer(&mut self) -> Result<i64> {
        if self.peek()? == b'n' {
            self.skip()?;
            return Ok(0);
        }
        let mut digits = String::new();
        while let Some(byte) = self.byte()?.filter(|b| matches!(b, b'-' | b'0'..=b'9')) {
            digits.push(char::from(byte));
            if digits.len() > 20 {
                break;
            }
            self.at += 1;
        }
        digits.parse().map_err(|_| StreamError::Malformed("an integer"))
    }

    /// Reports whether the value here is null.
    ///
    /// # Errors
    /// When the text ends.
    pub fn is_null(&mut self) -> Result<bool> {
        self.peek().map(|byte| byte == b'n')
    }

    /// Reads over a value.
    ///
    /// # Errors
    /// Where it does not end, or is nested too deeply.
    pub fn skip(&mut self) -> Result<()> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    self.skip_string()?;
                }
                b'{' | b'[' => {
                    self.at += 1;
                    depth += 1;
                }
                b'}' | b']' if depth > 0 => {
                    self.at += 1;
                    depth -= 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.skip_word()?,
                _ => return Err(StreamError::Malformed("a value")),
            }
            if depth == 0 {
                return Ok(());
            }
            if depth > DEPTH_LIMIT {
                return Err(StreamError::Malformed("no more than 10000 nested values"));
            }
        }
    }

    /// Reads on to the end of the text, where nothing may follow.
    ///
    /// # Errors
    /// Where something does.
    pub fn end(&mut self) -> Result<()> {
        while let Some(byte) = self.byte()? {
            if !byte.is_ascii_whitespace() {
                return Err(StreamError::Malformed("the end"));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn skip_word(&mut self) -> Result<()> {
        while self.byte()?.is_some_and(|b| matches!(b, b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E')) {
            self.at += 1;
        }
        Ok(())
    }

    fn skip_string(&mut self) -> Result<()> {
        loop {
            let found = memchr2(b'"', b'\\', self.ahead()?);
            let Some(found) = found else {
                self.at = self.end;
                continue;
            };
            let byte = self.buffer.get(self.at + found).copied();
            self.at += found + 1;
            if byte == Some(b'"') {
                return Ok(());
            }
            self.ahead()?;
            self.at += 1;
        }
    }

    /// Reads what follows the quote at the start of a string.
    fn rest_of_string(&mut self, out: &mut Vec<u8>, limit: usize) -> Result<()> {
        let mut escaped = false;
        loop {
            let ahead = self.ahead()?;
            let found = memchr2(b'"', b'\\', ahead).unwrap_or(ahead.len());
            if out.len() + found > limit {
                return Err(StreamError::TooLong);
            }
            out.extend_from_slice(ahead.get(..found).unwrap_or_default());
            let stop = ahead.get(found).copied();
            self.at += found;
            match stop {
                None => {}
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(_) => {
                    escaped = true;
                    self.at += 1;
                    let escape = self.ahead()?.first().copied().unwrap_or_default();
                    self.at += 1;
                    out.extend_from_slice(&[b'\\', escape]);
                }
            }
        }
        if escaped { unescape(out) } else { Ok(()) }
    }

    /// Goes into an object or array; false for null.
    fn open(&mut self, bracket: u8, what: &'static str) -> Result<bool> {
        match self.peek()? {
            byte if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            b'n' => self.skip().map(|()| false),
            _ => Err(StreamError::Malformed(what)),
        }
    }

    fn closes(&mut self, bracket: u8) -> Result<bool> {
        let closes = self.peek()? == bracket;
        self.at += usize::from(closes);
        Ok(closes)
    }

    fn another(&mut self, bracket: u8) -> Result<bool> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => Ok(true),
            _ if byte == bracket => Ok(false),
            _ => Err(StreamError::Malformed("a comma or the end")),
        }
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Result<()> {
        if self.peek()? != byte {
            return Err(StreamError::Malformed(what));
        }
        self.at += 1;
        Ok(())
    }

    /// Returns the next byte that is not blank.
    fn peek(&mut self) -> Result<u8> {
        loop {
            match self.byte()? {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(byte) => return Ok(byte),
                None => return Err(end()),
            }
        }
    }

    fn byte(&mut self) -> Result<Option<u8>> {
        if self.at >= self.end {
            self.fill()?;
        }
        Ok(self.buffer.get(self.at..self.end).and_then(|ahead| ahead.first().copied()))
    }

    /// Returns what was read and not looked at yet, at least one byte.
    fn ahead(&mut self) -> Result<&[u8]> {
        if self.at >= self.end {
            self.fill()?;
        }
        let ahead = self.buffer.get(self.at..self.end).unwrap_or_default();
        if ahead.is_empty() { Err(end()) } else { Ok(ahead) }
    }

    fn fill(&mut self) -> Result<()> {
        self.at = 0;
        self.end = 0;
        loop {
            match self.input.read(self.buffer) {
                Ok(read) => {
                    self.end = read;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StreamError::Read(error)),
            }
        }
    }
}

fn end() -> StreamError {
    StreamError::Read(io::Error::new(io::ErrorKind::UnexpectedEof, "unexpected end of JSON input"))
}

fn unescape(text: &mut Vec<u8>) -> Result<()> {
    let quoted = [b"\"", text.as_slice(), b"\""].concat();
    match json::decode(&quoted) {
        Ok(Value::Str(plain)) => {
            text.clear();
            text.extend_from_slice(&plain);
            Ok(())
        }
        _ => Err(StreamError::Malformed("a string")),
    }
}

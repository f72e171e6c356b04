//! Splits a template into tokens (Go 1.27 `text/template/parse/lex.go`).

use gostd::strconv;
use gostd::strings::decode_rune;
use gostd::unicode::is_print;
use memchr::memmem::Finder;

use crate::characters::{
    EOF, describe, has_left_trim, has_right_trim, is_alphanumeric, is_space, is_terminator, is_word, leading_space,
    trim_right,
};
use crate::token::{Kind, Token};

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";
/// A dash and the space before or after it.
const TRIM_MARKER: usize = 2;

/// Cuts a text of less than 4 GiB.
pub struct Lexer<'a> {
    input: &'a [u8],
    left: Finder<'static>,
    pos: usize,
    start: usize,
    paren_depth: usize,
    inside_action: bool,
    /// The text of the error token, once there is one.
    pub error: String,
    failed: bool,
}

impl<'a> Lexer<'a> {
    pub fn new(input: &'a [u8]) -> Self {
        Lexer {
            input,
            left: Finder::new(LEFT),
            pos: 0,
            start: 0,
            paren_depth: 0,
            inside_action: false,
            error: String::new(),
            failed: false,
        }
    }

    pub fn next_token(&mut self) -> Token {
        if self.failed {
            return self.token(Kind::Eof, self.pos, self.pos);
        }
        if self.inside_action { self.inside() } else { self.text() }
    }

    fn token(&self, kind: Kind, start: usize, end: usize) -> Token {
        Token { kind, start: start as u32, end: end as u32 }
    }

    fn emit(&mut self, kind: Kind) -> Token {
        let token = self.token(kind, self.start, self.pos);
        self.start = self.pos;
        token
    }

    fn fail(&mut self, message: impl Into<String>) -> Token {
        self.error = message.into();
        self.failed = true;
        self.token(Kind::Error, self.start, self.start)
    }

    fn rest(&self) -> &'a [u8] {
        &self.input[self.pos..]
    }

    /// Returns the next character without moving, and its length.
    fn peek(&self) -> (u32, usize) {
        match self.rest() {
            [] => (EOF, 0),
            [byte, ..] if *byte < 0x80 => (u32::from(*byte), 1),
            rest => decode_rune(rest),
        }
    }

    fn next(&mut self) -> u32 {
        let (rune, length) = self.peek();
        self.pos += length;
        rune
    }

    fn text(&mut self) -> Token {
        loop {
            let Some(delim) = self.left.find(self.rest()).map(|at| self.pos + at) else {
                self.pos = self.input.len();
                return self.emit(if self.pos > self.start { Kind::Text } else { Kind::Eof });
            };
            let trim = has_left_trim(&self.input[delim + LEFT.len()..]);
            let text_end = if trim { self.start + trim_right(&self.input[self.start..delim]) } else { delim };
            if text_end > self.start {
                let token = self.token(Kind::Text, self.start, text_end);
                self.pos = delim;
                self.start = delim;
                return token;
            }
            self.pos = delim;
            self.start = delim;
            if let Some(token) = self.left_delim(trim) {
                return token;
            }
        }
    }

    /// Reads `{{`; a comment is skipped and gives no token.
    fn left_delim(&mut self, trim: bool) -> Option<Token> {
        self.pos += LEFT.len();
        let marker = if trim { TRIM_MARKER } else { 0 };
        if self.input[self.pos + marker..].starts_with(b"/*") {
            self.pos += marker;
            self.start = self.pos;
            return self.comment();
        }
        let token = self.emit(Kind::LeftDelim);
        self.inside_action = true;
        self.pos += marker;
        self.start = self.pos;
        self.paren_depth = 0;
        Some(token)
    }

    fn comment(&mut self) -> Option<Token> {
        self.pos += 2;
        let Some(at) = memchr::memmem::find(self.rest(), b"*/") else { return Some(self.fail("unclosed comment")) };
        self.pos += at + 2;
        let Some(trim) = self.right_delim_ahead() else {
            return Some(self.fail("comment ends before closing delimiter"));
        };
        self.pos += RIGHT.len() + if trim { TRIM_MARKER } else { 0 };
        if trim {
            self.pos += leading_space(self.rest());
        }
        self.start = self.pos;
        None
    }

    /// Returns whether the right delimiter comes with a trim marker; `None` when it is not next.
    fn right_delim_ahead(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_trim(rest) && rest[TRIM_MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn right_delim(&mut self) -> Token {
        let trim = self.right_delim_ahead() == Some(true);
        if trim {
            self.pos += TRIM_MARKER;
            self.start = self.pos;
        }
        self.pos += RIGHT.len();
        let token = self.emit(Kind::RightDelim);
        if trim {
            self.pos += leading_space(self.rest());
            self.start = self.pos;
        }
        self.inside_action = false;
        token
    }

    fn inside(&mut self) -> Token {
        let Some(byte) = self.input.get(self.pos).copied() else { return self.fail("unclosed action") };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b'}' if self.right_delim_ahead().is_some() => {
                if self.paren_depth == 0 {
                    self.right_delim()
                } else {
                    self.fail("unclosed left paren")
                }
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.space(),
            b'.' if self.input.get(self.pos + 1).is_some_and(|next| !next.is_ascii_digit()) => {
                self.pos += 1;
                self.field_or_variable(Kind::Field)
            }
            b'.' | b'+' | b'-' | b'0'..=b'9' => self.number(),
            _ if is_word(byte) => self.identifier(),
            _ => self.other(),
        }
    }

    fn other(&mut self) -> Token {
        let (rune, length) = self.peek();
        let Some(char) = char::from_u32(rune) else { return self.fail("unclosed action") };
        if is_alphanumeric(rune) {
            return self.identifier();
        }
        self.pos += length;
        self.symbol(char)
    }

    fn symbol(&mut self, char: char) -> Token {
        match char {
            '=' => self.emit(Kind::Assign),
            ':' if self.next() != u32::from('=') => self.fail("expected :="),
            ':' => self.emit(Kind::Declare),
            '|' => self.emit(Kind::Pipe),
            '"' => self.quoted(b'"', Kind::String, "unterminated quoted string"),
            '`' => self.raw(),
            '$' => self.field_or_variable(Kind::Variable),
            '\'' => self.quoted(b'\'', Kind::CharConstant, "unterminated character constant"),
            '(' => {
                self.paren_depth += 1;
                self.emit(Kind::LeftParen)
            }
            ')' if self.paren_depth == 0 => self.fail("unexpected right paren"),
            ')' => {
                self.paren_depth -= 1;
                self.emit(Kind::RightParen)
            }
            c if c.is_ascii() && is_print(c as u32) => self.emit(Kind::Char),
            c => self.fail(format!("unrecognized character in action: {}", describe(c as u32))),
        }
    }

    fn space(&mut self) -> Token {
        let mut count = 0;
        while self.input.get(self.pos).is_some_and(is_space) {
            self.pos += 1;
            count += 1;
        }
        // The last space may belong to a trim marker.
        let marked = self.input.get(self.pos) == Some(&b'-');
        if marked && self.input[self.pos + 1..].starts_with(RIGHT) {
            self.pos -= 1;
            if count == 1 {
                return self.right_delim();
            }
        }
        self.emit(Kind::Space)
    }

    fn alphanumeric_run(&mut self) {
        loop {
            while self.input.get(self.pos).is_some_and(|byte| is_word(*byte)) {
                self.pos += 1;
            }
            if self.input.get(self.pos).is_none_or(u8::is_ascii) {
                return;
            }
            let (rune, length) = self.peek();
            if !is_alphanumeric(rune) {
                return;
            }
            self.pos += length;
        }
    }

    fn identifier(&mut self) -> Token {
        self.alphanumeric_run();
        if !self.at_terminator() {
            return self.bad_character();
        }
        let word = &self.input[self.start..self.pos];
        match word {
            b"true" | b"false" => self.emit(Kind::Bool),
            _ => self.emit(Kind::keyword(word).unwrap_or(Kind::Identifier)),
        }
    }

    fn field_or_variable(&mut self, kind: Kind) -> Token {
        if self.at_terminator() {
            return self.emit(if kind == Kind::Variable { Kind::Variable } else { Kind::Dot });
        }
        self.alphanumeric_run();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.emit(kind)
    }

    fn bad_character(&mut self) -> Token {
        let (rune, _) = self.peek();
        self.fail(format!("bad character {}", describe(rune)))
    }

    fn at_terminator(&self) -> bool {
        match self.input.get(self.pos) {
            None => true,
            Some(byte) => is_terminator(*byte) || (*byte == b'}' && self.input.get(self.pos + 1) == Some(&b'}')),
        }
    }

    fn quoted(&mut self, quote: u8, kind: Kind, unterminated: &str) -> Token {
        loop {
            match self.rest() {
                [] | [b'\n', ..] | [b'\\'] | [b'\\', b'\n', ..] => return self.fail(unterminated),
                [b'\\', ..] => self.pos += 2,
                [byte, ..] => {
                    self.pos += 1;
                    if *byte == quote {
                        return self.emit(kind);
                    }
                }
            }
        }
    }

    fn raw(&mut self) -> Token {
        match self.rest().iter().position(|b| *b == b'`') {
            Some(at) => {
                self.pos += at + 1;
                self.emit(Kind::RawString)
            }
            None => self.fail("unterminated raw quoted string"),
        }
    }

    fn number(&mut self) -> Token {
        if !self.scan_number() {
            return self.bad_number();
        }
        if !matches!(self.rest().first(), Some(b'+' | b'-')) {
            return self.emit(Kind::Number);
        }
        // Only a complex number has a sign within.
        if !self.scan_number() || self.input[self.pos - 1] != b'i' {
            return self.bad_number();
        }
        self.emit(Kind::Complex)
    }

    fn bad_number(&mut self) -> Token {
        let quoted = strconv::quote(&self.input[self.start..self.pos]);
        self.fail(format!("bad number syntax: {}", String::from_utf8_lossy(&quoted)))
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let found = self.rest().first().is_some_and(|b| valid.contains(b));
        self.pos += usize::from(found);
        found
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let mut digits: &[u8] = b"0123456789_";
        if self.accept(b"0") {
            if self.accept(b"xX") {
                digits = b"0123456789abcdefABCDEF_";
            } else if self.accept(b"oO") {
                digits = b"01234567_";
            } else if self.accept(b"bB") {
                digits = b"01_";
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        let exponent: &[u8] = match digits.len() {
            11 => b"eE",
            23 => b"pP",
            _ => b"",
        };
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        let (rune, length) = self.peek();
        if is_alphanumeric(rune) {
            self.pos += length;
            return false;
        }
        true
    }
}

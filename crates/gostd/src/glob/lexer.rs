//! Tokens of a pattern: follows `syntax/lexer`.

use std::collections::VecDeque;

use crate::GoError;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Text(String),
    Any,
    Super,
    Single,
    Not,
    Separator,
    RangeOpen,
    RangeClose,
    RangeLow(char),
    RangeHigh(char),
    TermsOpen,
    TermsClose,
}

/// The end of the pattern, and what a NUL in it is taken for.
const END: char = '\0';

pub(super) struct Lexer<'p> {
    pattern: &'p str,
    position: usize,
    tokens: VecDeque<Token>,
    /// Open braces.
    level: usize,
    /// The character that was read last, and whether it was put back.
    last: char,
    last_width: usize,
    put_back: bool,
    error: Option<&'static str>,
}

impl<'p> Lexer<'p> {
    pub(super) fn new(pattern: &'p str) -> Lexer<'p> {
        Lexer {
            pattern,
            position: 0,
            tokens: VecDeque::new(),
            level: 0,
            last: END,
            last_width: 0,
            put_back: false,
            error: None,
        }
    }

    /// Takes the next token. The last error of an item counts, and makes its tokens void.
    pub(super) fn next(&mut self) -> Result<Token, GoError> {
        loop {
            if let Some(error) = self.error {
                return Err(GoError::new(error));
            }
            if let Some(token) = self.tokens.pop_front() {
                return Ok(token);
            }
            self.item();
        }
    }

    fn peek(&mut self) -> (char, usize) {
        match self.pattern.get(self.position..).and_then(|rest| rest.chars().next()) {
            None => (END, 0),
            Some('\u{FFFD}') => {
                self.error = Some("could not read rune");
                (END, 0)
            }
            Some(c) => (c, c.len_utf8()),
        }
    }

    fn read(&mut self) -> char {
        if self.put_back {
            self.put_back = false;
        } else {
            (self.last, self.last_width) = self.peek();
        }
        self.position += self.last_width;
        self.last
    }

    fn unread(&mut self) {
        if self.put_back {
            self.error = Some("could not unread rune");
            return;
        }
        self.position = self.position.saturating_sub(self.last_width);
        self.put_back = true;
    }

    fn item(&mut self) {
        let token = match self.read() {
            END => Token::End,
            '{' => {
                self.level += 1;
                Token::TermsOpen
            }
            ',' if self.level > 0 => Token::Separator,
            '}' if self.level > 0 => {
                self.level -= 1;
                Token::TermsClose
            }
            '[' => {
                self.tokens.push_back(Token::RangeOpen);
                return self.range();
            }
            '?' => Token::Single,
            '*' if self.read() == '*' => Token::Super,
            '*' => {
                self.unread();
                Token::Any
            }
            _ => {
                self.unread();
                return self.text(if self.level > 0 { "?*[{}," } else { "?*[{" });
            }
        };
        self.tokens.push_back(token);
    }

    /// Takes what stands between `[` and `]`.
    fn range(&mut self) {
        let (mut want_high, mut want_close, mut seen_not) = (false, false, false);
        loop {
            let c = self.read();
            if c == END {
                self.error = Some("unexpected end of input");
                return;
            }
            if want_close {
                match c {
                    ']' => self.tokens.push_back(Token::RangeClose),
                    _ => self.error = Some("expected close range character"),
                }
                return;
            }
            if want_high {
                self.tokens.push_back(Token::RangeHigh(c));
                want_close = true;
            } else if !seen_not && c == '!' {
                self.tokens.push_back(Token::Not);
                seen_not = true;
            } else if let ('-', width) = self.peek() {
                self.position += width;
                self.tokens.push_back(Token::RangeLow(c));
                want_high = true;
            } else {
                self.unread();
                self.text("]");
                want_close = true;
            }
        }
    }

    /// Takes text up to one of the breakers; a backslash makes the next character plain.
    fn text(&mut self, breakers: &str) {
        let mut text = String::new();
        let mut escaped = false;
        loop {
            let c = self.read();
            if c == END {
                break;
            }
            if !escaped && c == '\\' {
                escaped = true;
                continue;
            }
            if !escaped && breakers.contains(c) {
                self.unread();
                break;
            }
            escaped = false;
            text.push(c);
        }
        if !text.is_empty() {
            self.tokens.push_back(Token::Text(text));
        }
    }
}

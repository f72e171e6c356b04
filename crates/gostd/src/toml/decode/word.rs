//! Numbers, booleans and times: how far they reach, as loosely as the original takes them before it looks closer.

use super::cursor::{Cursor, END, Read, quoted, shown};
use super::scalar;
use crate::{Value, unicode};

/// What a word looks like.
enum Kind {
    Integer,
    Float,
    Time,
}

impl Cursor<'_> {
    /// Reads a value whose first character, which is no bracket, brace or quote, is stepped over.
    pub fn word(&mut self, first: char) -> Read<Value> {
        let kind = match first {
            '0' => self.based()?,
            '1'..='9' => self.number_or_time()?,
            '-' | '+' => self.signed()?,
            '.' => return self.fail("floats must start with a digit, not '.'"),
            'i' | 'n' if self.infinity_or_nan()? => Kind::Float,
            c if unicode::is_letter(c as u32) => return self.boolean(),
            END => return self.fail("unexpected EOF; expected value"),
            '\n' => return self.fail_before(format!("expected value but found {} instead", shown('\n'))),
            c => return self.fail(format!("expected value but found {} instead", shown(c))),
        };
        let word = String::from_utf8_lossy(self.piece());
        self.begin();
        match kind {
            Kind::Integer => scalar::integer(&word, self.line),
            Kind::Float => scalar::float(&word, self.line),
            Kind::Time => scalar::time(word.trim_matches(' '), self.line),
        }
    }

    /// Takes `nnf` and `inan` too, which fail later.
    fn infinity_or_nan(&mut self) -> Read<bool> {
        Ok((self.accept('n')? && self.accept('f')?) || (self.accept('a')? && self.accept('n')?))
    }

    /// Steps back by one character first, which after `in` or `na` is not the first: the original names the rest only.
    fn boolean(&mut self) -> Read<Value> {
        self.back();
        let before = self.piece().len();
        self.pass(|c| unicode::is_letter(c as u32))?;
        let word = &self.piece()[before..];
        let value = match word {
            b"true" => true,
            b"false" => false,
            _ => return self.fail(format!("expected value but found {} instead", quoted(word))),
        };
        self.begin();
        Ok(Value::Bool(value))
    }

    fn number_or_time(&mut self) -> Read<Kind> {
        loop {
            match self.next()? {
                '0'..='9' => {}
                '-' | ':' => return self.time(),
                '_' => return self.decimal(),
                '.' | 'e' | 'E' => return self.float(),
                _ => return self.end(Kind::Integer),
            }
        }
    }

    fn end(&mut self, kind: Kind) -> Read<Kind> {
        self.back();
        Ok(kind)
    }

    fn time(&mut self) -> Read<Kind> {
        self.pass(|c| matches!(c, '0'..='9' | '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+'))?;
        Ok(Kind::Time)
    }

    fn float(&mut self) -> Read<Kind> {
        self.pass(|c| matches!(c, '0'..='9' | '_' | '.' | '-' | '+' | 'e' | 'E'))?;
        Ok(Kind::Float)
    }

    fn decimal(&mut self) -> Read<Kind> {
        loop {
            match self.next()? {
                '0'..='9' | '_' => {}
                '.' | 'e' | 'E' => return self.float(),
                _ => return self.end(Kind::Integer),
            }
        }
    }

    /// Reads on behind a zero.
    fn based(&mut self) -> Read<Kind> {
        match self.next()? {
            '0'..='9' => self.number_or_time(),
            '_' => self.decimal(),
            '.' | 'e' | 'E' => self.float(),
            'b' => self.digits(2, "a binary"),
            'o' => self.digits(8, "an octal"),
            'x' => self.digits(16, "a hexadecimal"),
            _ => self.end(Kind::Integer),
        }
    }

    fn digits(&mut self, base: u32, name: &str) -> Read<Kind> {
        let first = self.peek()?;
        if !first.is_digit(base) {
            let read = String::from_utf8_lossy(self.piece());
            return self.fail(format!("not {name} number: '{read}{first}'"));
        }
        self.pass(|c| c.is_digit(base) || c == '_')?;
        Ok(Kind::Integer)
    }

    /// Reads on behind a sign.
    fn signed(&mut self) -> Read<Kind> {
        match self.next()? {
            'i' => self.letters('n', 'f'),
            'n' => self.letters('a', 'n'),
            '.' => self.fail("floats must start with a digit, not '.'"),
            '0' if matches!(self.peek()?, 'b' | 'o' | 'x') => {
                let (read, base) = (String::from_utf8_lossy(self.piece()), self.peek()?);
                self.fail(format!("cannot use sign with non-decimal numbers: '{read}{base}'"))
            }
            '0'..='9' => self.decimal(),
            other => self.fail(format!("expected a digit but got {}", shown(other))),
        }
    }

    fn letters(&mut self, second: char, third: char) -> Read<Kind> {
        if self.accept(second)? && self.accept(third)? {
            return Ok(Kind::Float);
        }
        self.fail(format!("invalid float: '{}'", String::from_utf8_lossy(self.piece())))
    }
}

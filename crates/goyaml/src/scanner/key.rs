//! Simple keys: places where a token may turn out to be a mapping key when a `:` follows.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::{Kind, Mark, Scanner, Token};
use crate::problem::Problem;

/// go-yaml accepts a simple key only when its `:` is at most so many characters after its start.
const MAX_KEY_CHARS: usize = 1024;

#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// The place is one where only a key may stand.
    required: bool,
    /// Number of the token, counted from the text's first.
    token: usize,
    start: Mark,
    column: usize,
}

/// One possible key per flow level, and the level of each by its token, so that no look-up walks the levels.
pub(super) struct Keys {
    levels: Vec<SimpleKey>,
    by_token: HashMap<usize, usize, BuildHasherDefault<SameHasher>>,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { levels: vec![SimpleKey::default()], by_token: HashMap::default() }
    }
}

/// Token numbers spread well enough as they are.
#[derive(Default)]
pub(super) struct SameHasher(u64);

impl Hasher for SameHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0 << 8 | u64::from(*b);
        }
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl<'t> Scanner<'t> {
    /// Reports whether a token is a possible key whose `:` may still come.
    pub(super) fn is_open_key(&mut self, token: usize) -> Result<bool, Problem> {
        match self.keys.by_token.get(&token) {
            Some(&level) => self.is_valid_key(level),
            None => Ok(false),
        }
    }

    fn is_valid_key(&mut self, level: usize) -> Result<bool, Problem> {
        let Some(key) = self.keys.levels.get_mut(level) else { return Ok(false) };
        if !key.possible {
            return Ok(false);
        }
        if key.start.line == self.line && key.start.index + MAX_KEY_CHARS >= self.index {
            return Ok(true);
        }
        if key.required {
            return Err(Problem::scanner(self.line, NO_COLON).within(key.start.line));
        }
        key.possible = false;
        Ok(false)
    }

    /// Notes that a key may start here, where one may.
    pub(super) fn save_key(&mut self) -> Result<(), Problem> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && self.indent == self.column as isize,
            token: self.next_token(),
            start: self.here(),
            column: self.column,
        };
        self.remove_key()?;
        if let Some(last) = self.keys.levels.last_mut() {
            *last = key;
        }
        self.keys.by_token.insert(key.token, self.keys.levels.len() - 1);
        Ok(())
    }

    /// Forgets the possible key of this flow level.
    pub(super) fn remove_key(&mut self) -> Result<(), Problem> {
        let line = self.line;
        let Some(key) = self.keys.levels.last_mut().filter(|key| key.possible) else { return Ok(()) };
        if key.required {
            return Err(Problem::scanner(line, NO_COLON).within(key.start.line));
        }
        key.possible = false;
        let token = key.token;
        self.keys.by_token.remove(&token);
        Ok(())
    }

    pub(super) fn push_key_level(&mut self) {
        let (token, start) = (self.next_token(), self.here());
        self.keys.levels.push(SimpleKey { token, start, ..SimpleKey::default() });
    }

    /// Leaves a flow level. go-yaml forgets here the key that starts with the bracket too when the level had none.
    pub(super) fn pop_key_level(&mut self) {
        if let Some(key) = self.keys.levels.pop() {
            self.keys.by_token.remove(&key.token);
        }
    }

    /// Turns the possible key of this flow level, if there is one, into a key: its tokens go before it.
    pub(super) fn use_key(&mut self) -> Result<bool, Problem> {
        let level = self.keys.levels.len() - 1;
        if !self.is_valid_key(level)? {
            return Ok(false);
        }
        let key = self.keys.levels[level];
        self.insert_token(key.token, Token::mark(Kind::Key, key.start));
        self.roll_indent(key.column, Some(key.token), Kind::BlockMappingStart, key.start)?;
        self.keys.levels[level].possible = false;
        self.keys.by_token.remove(&key.token);
        Ok(true)
    }

    /// The line of the last key of this flow level, which go-yaml names where something is nested too deeply.
    pub(super) fn key_line(&self) -> usize {
        self.keys.levels.last().map_or(0, |key| key.start.line)
    }

    fn next_token(&self) -> usize {
        self.taken + self.tokens.len()
    }

    /// Inserts before the token of this number; when that one is taken already, go-yaml appends.
    pub(super) fn insert_token(&mut self, number: usize, token: Token<'t>) {
        match number.checked_sub(self.taken) {
            Some(i) if i <= self.tokens.len() => self.tokens.insert(i, token),
            _ => self.tokens.push_back(token),
        }
    }
}

const NO_COLON: &str = "could not find expected ':'";

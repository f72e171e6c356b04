//! Regular expressions of schemas: Go's RE2, each compiled once.

use std::collections::HashMap;
use std::rc::Rc;

use gostd::GoError;
use gostd::regexp::Regexp;

/// A schema whose patterns are longer altogether is refused.
const TOTAL_BYTES: usize = 4 << 20;

pub struct Pattern {
    pub text: Rc<str>,
    regexp: Regexp,
}

impl Pattern {
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.regexp.is_match(text)
    }
}

/// The patterns of one schema.
#[derive(Default)]
pub struct Patterns {
    known: HashMap<Rc<str>, Rc<Pattern>>,
    bytes: usize,
}

impl Patterns {
    /// Returns a pattern, compiled now or before.
    ///
    /// # Errors
    /// As `regexp.Compile`, and when the patterns become too many.
    pub fn get(&mut self, text: &str) -> Result<Rc<Pattern>, GoError> {
        if let Some(pattern) = self.known.get(text) {
            return Ok(pattern.clone());
        }
        self.bytes += text.len();
        if self.bytes > TOTAL_BYTES {
            return Err(GoError::new("the patterns of the schema are longer than 4 MiB altogether"));
        }
        let name: Rc<str> = text.into();
        let pattern = Rc::new(Pattern { text: name.clone(), regexp: Regexp::new(text.as_bytes())? });
        self.known.insert(name, pattern.clone());
        Ok(pattern)
    }
}

/// Checks a text as `regexp.Compile` does.
///
/// # Errors
/// As `regexp.Compile`.
pub fn check(text: &[u8]) -> Result<(), GoError> {
    Regexp::new(text).map(drop)
}

//! gobwas/glob 0.2.3: the patterns of `.Files.Glob`, with what is odd about them.
//!
//! The library joins the parts of a pattern into matchers for common forms, and some of these do not match what the
//! parts would; so the same matchers are built here ([`compile`]) and run by the same rules ([`matching`], [`find`]).

mod compile;
mod find;
mod glue;
mod lexer;
mod matcher;
mod matching;
mod reduce;
mod tree;

use crate::GoError;
use matcher::Matcher;

/// A compiled pattern.
#[derive(Debug)]
pub struct Glob {
    matcher: Matcher,
}

impl Glob {
    /// Compiles a pattern: `*` and `?` stop at separators, `**` does not; `[abc]`, `[!a-z]`, `{a,b}` and `\c` as usual.
    ///
    /// # Errors
    /// Go's text (`unexpected end of input`, `could not parse range`, …), or that a limit of ours is passed.
    pub fn new(pattern: &str, separators: &[char]) -> Result<Glob, GoError> {
        let tree = tree::parse(pattern)?;
        Ok(Glob { matcher: compile::compile(&tree, separators) })
    }

    /// Tells whether the whole text matches; false where [`Glob::matches`] fails.
    pub fn is_match(&self, text: &str) -> bool {
        self.matches(text.as_bytes()).unwrap_or(false)
    }

    /// Tells whether the whole text matches.
    ///
    /// # Errors
    /// Where the Go library panics, the text of its panic; and when a match would take too long.
    pub fn matches(&self, text: &[u8]) -> Result<bool, GoError> {
        matching::run(&self.matcher, text)
    }
}

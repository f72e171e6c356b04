//! Indentation of block collections: the tokens that open and close them.

use super::{Kind, Mark, Scanner, Token};
use crate::problem::Problem;

/// go-yaml's limit for open block collections, and for open flow collections.
pub(super) const MAX_DEPTH: usize = 10_000;
pub(super) const TOO_DEEP: &str = "exceeded max depth of 10000";

impl Scanner<'_> {
    /// Opens a block collection when the column is deeper than the innermost one's; its token goes before the token of
    /// the given number, or last.
    pub(super) fn roll_indent(
        &mut self,
        column: usize,
        before: Option<usize>,
        kind: Kind,
        start: Mark,
    ) -> Result<(), Problem> {
        if self.flow_level > 0 || self.indent >= column as isize {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column as isize;
        if self.indents.len() > MAX_DEPTH {
            return Err(Problem::scanner(self.line, TOO_DEEP).within(self.key_line()));
        }
        let token = Token::mark(kind, start);
        match before {
            Some(number) => self.insert_token(number, token),
            None => self.tokens.push_back(token),
        }
        Ok(())
    }

    /// Closes the block collections that are deeper than a column. `gap` is where the search for the next token began.
    #[inline]
    pub(super) fn unroll_indent(&mut self, column: isize, gap: Mark) {
        if self.flow_level == 0 && self.indent > column {
            self.end_blocks(column, gap);
        }
    }

    fn end_blocks(&mut self, column: isize, gap: Mark) {
        let mut ends = self.block_ends(gap);
        while self.indent > column {
            self.tokens.push_back(Token::mark(Kind::BlockEnd, ends.at(self.indent)));
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }
}

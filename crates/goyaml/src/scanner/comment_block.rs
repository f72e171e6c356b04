//! Lines of comments between two tokens: which belong to what is above them, and which to what is below.
//!
//! Follows `yaml_parser_scan_comments` of go-yaml v3, with its way of counting lines: one too low after the first line.

use super::comment::{Comment, CommentKind, LOOK_AHEAD};
use super::{Kind, Mark, Scanner};
use crate::problem::Problem;

/// The comments since the last token that have not been given to anything.
struct Block {
    text: Vec<u8>,
    start: Mark,
    /// Column of the first line, first = 1.
    start_column: usize,
    /// Where the look-out for these comments began.
    looked_from: usize,
    /// What a foot comment is the foot of.
    token: usize,
    after_value: bool,
    /// Indentation of the collection they are in.
    indent: usize,
    /// The line right below the content before.
    foot_line: Option<usize>,
    /// No empty line has been seen.
    first_empty: bool,
    after_empty: bool,
    line: usize,
    column: usize,
}

/// What a look at a character tells.
#[derive(PartialEq)]
enum Look {
    On,
    Comment,
    End,
}

impl Scanner<'_> {
    /// Skips the comments from a `#` on, up to the next token or line break; keeps them where that is asked for.
    pub(super) fn skip_comments(&mut self, gap: Mark) -> Result<(), Problem> {
        if self.comments.is_none() {
            return self.skip_line_rest();
        }
        let mut block = self.new_block(gap);
        let mut ahead = 0;
        while ahead < LOOK_AHEAD {
            self.need(ahead + 1)?;
            match self.look(&mut block, ahead) {
                Look::On => {}
                Look::End => break,
                Look::Comment => {
                    self.read_comment(&mut block, ahead)?;
                    // The break behind the comment is not looked at: it is no empty line.
                    ahead = 0;
                }
            }
            ahead += 1;
        }
        if !block.text.is_empty() {
            let looked_at = block.looked_from..(self.index + ahead).saturating_sub(1);
            let Block { text, start, start_column: column, .. } = block;
            self.keep(Comment { kind: CommentKind::Head, text, token: start.index, start, column, looked_at });
        }
        Ok(())
    }

    fn new_block(&self, gap: Mark) -> Block {
        let before = |back: usize| self.tokens.len().checked_sub(back).and_then(|i| self.tokens.get(i));
        let token = match before(1) {
            Some(token) if token.kind == Kind::FlowEntry => before(2).or(Some(token)),
            token => token,
        };
        let breaks = self.breaks_behind();
        let behind_content = usize::from(breaks == 0 && self.column > 1);
        Block {
            text: Vec::new(),
            start: Mark::default(),
            start_column: 0,
            looked_from: gap.index,
            token: token.map_or(0, |token| token.start.index),
            after_value: token.is_some_and(|token| token.kind == Kind::Value),
            indent: self.indent.max(0) as usize,
            foot_line: (gap.line > 0).then(|| (self.line + 1 + behind_content).saturating_sub(breaks)),
            first_empty: breaks <= 1,
            after_empty: false,
            line: self.line,
            column: self.column,
        }
    }

    /// Looks at one byte; gives comments away where it shows that they are a foot.
    fn look(&mut self, block: &mut Block, ahead: usize) -> Look {
        block.column += 1;
        if self.is_blank(ahead) {
            return Look::On;
        }
        let b = self.at(ahead);
        let closes_flow = self.flow_level > 0 && matches!(b, b']' | b'}');
        if closes_flow || self.is_breakz(ahead) {
            self.end_of_line(block, ahead, closes_flow);
            if !self.is_break(ahead) {
                return Look::End;
            }
            (block.first_empty, block.after_empty) = (false, true);
            block.column = 0;
            block.line += 1;
            return Look::On;
        }
        let dedented = block.column <= block.indent && block.column != block.start_column;
        if !block.text.is_empty() && dedented {
            self.give_foot(block, ahead);
        }
        if b == b'#' { Look::Comment } else { Look::End }
    }

    /// An empty line, a closing bracket or the end of the text.
    fn end_of_line(&mut self, block: &mut Block, ahead: usize, closes_flow: bool) {
        if block.text.is_empty() || (block.after_empty && !closes_flow) {
            return;
        }
        let dedented = block.start_column <= block.indent;
        let below = Some(block.start.line) == block.foot_line && !block.after_value;
        if closes_flow || (block.first_empty && (below || dedented)) {
            if dedented {
                // It has nothing to do with the token before.
                block.token = block.start.index;
            }
            self.give_foot(block, ahead);
        } else if self.at(ahead) != 0 {
            block.text.push(b'\n');
        }
    }

    fn give_foot(&mut self, block: &mut Block, ahead: usize) {
        let here = self.index + ahead;
        self.keep(Comment {
            kind: CommentKind::Foot,
            text: std::mem::take(&mut block.text),
            token: block.token,
            start: block.start,
            column: block.start_column,
            looked_at: block.looked_from..here,
        });
        block.looked_from = here;
        block.token = here;
    }

    /// Reads a comment, up to the break behind it.
    fn read_comment(&mut self, block: &mut Block, ahead: usize) -> Result<(), Problem> {
        let index = self.index + ahead;
        if block.text.is_empty() {
            block.start = Mark { line: block.line, index };
            block.start_column = block.column;
        } else {
            block.text.push(b'\n');
        }
        while self.index < index && self.at(0) != 0 {
            if self.is_break(0) {
                self.need(2)?;
                self.skip_break();
            } else {
                self.skip();
            }
        }
        let from = self.pos;
        self.skip_line_rest()?;
        block.text.extend_from_slice(&self.text[from..self.pos]);
        block.after_empty = false;
        block.column = 0;
        block.line = self.line;
        Ok(())
    }
}

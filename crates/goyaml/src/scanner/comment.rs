//! Comments that wait for the token they belong to, as go-yaml v3 places them. Blocks of comment lines between two
//! tokens are in [`super::comment_block`].

use std::collections::{BTreeMap, VecDeque};

use super::{Kind, Mark, Scanner};
use crate::problem::Problem;

/// Blanks that go-yaml looks through for a comment.
pub(super) const LOOK_AHEAD: usize = 512;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CommentKind {
    /// Above what it belongs to.
    Head,
    /// At the end of its line.
    Line,
    /// Below what it belongs to.
    Foot,
}

pub(super) struct Comment {
    pub kind: CommentKind,
    pub text: Vec<u8>,
    /// The comment belongs to the first token that starts here or later.
    pub token: usize,
    pub start: Mark,
    /// Where the comment stands, first = 1; of no use for those at the end of a line.
    pub column: usize,
    /// What was looked at to find the comment; 0 for those at the end of a line.
    pub looked_at: std::ops::Range<usize>,
}

#[derive(Default)]
pub(super) struct Queue(pub(super) VecDeque<Comment>);

/// Where the ends of blocks are put: before the comments that are as deep as the block.
pub(super) struct BlockEnds {
    /// The first comment of each column, among those that follow one another up to the next token.
    columns: BTreeMap<usize, Mark>,
    last: Mark,
}

impl BlockEnds {
    /// The place for the end of a block with this indentation; to be asked from the deepest on.
    pub fn at(&mut self, indent: isize) -> Mark {
        let column = (indent + 1).max(0) as usize;
        self.last = self.columns.get(&column).copied().unwrap_or(self.last);
        self.last
    }
}

impl Scanner<'_> {
    /// Takes the next comment that belongs to the first token of the queue or to what stands before it.
    pub fn take_comment(&mut self) -> Option<(CommentKind, Vec<u8>)> {
        let token = self.tokens.front()?;
        let queue = &mut self.comments.as_mut()?.0;
        let next = queue.front()?;
        // The head of what comes after a block waits for it.
        if token.start.index < next.token || (token.kind == Kind::BlockEnd && next.kind == CommentKind::Head) {
            return None;
        }
        queue.pop_front().map(|comment| (comment.kind, comment.text))
    }

    /// The place of the token that a comment on the rest of this line belongs to, before the token that starts with `b`
    /// is scanned.
    pub(super) fn commented_token(&self, b: u8) -> Mark {
        let closes_another = if self.flow_level > 0 { b == b',' } else { b == b':' };
        self.tokens.back().filter(|_| closes_another).map_or(self.start, |token| token.start)
    }

    /// Keeps the comment that follows on this line, if there is one.
    pub(super) fn note_line_comment(&mut self, token: Mark) -> Result<(), Problem> {
        if self.comments.is_none() || self.breaks_behind() > 0 {
            return Ok(());
        }
        let mut blanks = 0;
        self.need(1)?;
        while blanks < LOOK_AHEAD && self.is_blank(blanks) {
            blanks += 1;
            self.need(blanks + 1)?;
        }
        if blanks == LOOK_AHEAD || self.at(blanks) != b'#' {
            return Ok(());
        }
        for _ in 0..blanks {
            self.skip();
        }
        let (start, from) = (self.here(), self.pos);
        self.skip_line_rest()?;
        let text = self.text[from..self.pos].to_vec();
        self.keep(Comment { kind: CommentKind::Line, text, token: token.index, start, column: 0, looked_at: 0..0 });
        Ok(())
    }

    /// Makes the comment behind the first `-` of a list a head comment: of its entry where that comes on the next line.
    pub(super) fn lift_entry_comment(&mut self) {
        let (line, at_break) = (self.line, self.is_break(0));
        let Some(queue) = self.comments.as_mut().filter(|_| !at_break) else { return };
        let Some(comment) = queue.0.back_mut().filter(|comment| comment.kind == CommentKind::Line) else { return };
        let kind = |back: usize| self.tokens.len().checked_sub(back).and_then(|i| self.tokens.get(i)).map(|t| t.kind);
        if kind(2) != Some(Kind::BlockSequenceStart) || kind(1) != Some(Kind::BlockEntry) {
            return;
        }
        comment.kind = CommentKind::Head;
        if comment.start.line + 1 == line {
            comment.token = self.index;
        }
    }

    pub(super) fn keep(&mut self, comment: Comment) {
        if let Some(queue) = &mut self.comments {
            queue.0.push_back(comment);
        }
    }

    /// Prepares to end blocks, after the comments since `gap` have been read.
    pub(super) fn block_ends(&self, gap: Mark) -> BlockEnds {
        let Some(queue) = &self.comments else { return BlockEnds { columns: BTreeMap::new(), last: self.here() } };
        let last = Mark { line: gap.line, index: gap.index.saturating_sub(1) };
        let mut columns = BTreeMap::new();
        let mut connected_from = last.index;
        for comment in queue.0.iter().rev() {
            if comment.looked_at.end < connected_from {
                break;
            }
            columns.insert(comment.column, comment.start);
            connected_from = comment.looked_at.start;
        }
        BlockEnds { columns, last }
    }

    /// Counts the line breaks since the last character that was no blank.
    pub(super) fn breaks_behind(&self) -> usize {
        let mut rest = self.text.get(..self.pos).unwrap_or_default();
        let mut breaks = 0;
        loop {
            rest = match rest {
                [rest @ .., b' ' | b'\t'] => rest,
                [rest @ .., b'\r', b'\n']
                | [rest @ .., b'\r' | b'\n']
                | [rest @ .., 0xC2, 0x85]
                | [rest @ .., 0xE2, 0x80, 0xA8 | 0xA9] => {
                    breaks += 1;
                    rest
                }
                _ => return breaks,
            };
        }
    }
}

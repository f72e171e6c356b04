//! Comments: the registers they wait in, and how they are written.

use gostd::{GoError, limits};

use super::Writer;
use super::analyze::{Piece, pieces};
use super::part::Part;
use crate::node::Kind;

/// More text than this is an error: a few bytes of deeply nested input can ask for very much indentation.
const MAX_BYTES: usize = 256 << 20;

/// Comments that have been heard of and are not written yet.
#[derive(Default)]
pub struct Registers {
    pub head: Vec<u8>,
    pub line: Vec<u8>,
    pub foot: Vec<u8>,
    /// The foot of the entry before, which comes when all its content has been written.
    pub tail: Vec<u8>,
    /// The line comment of a key, which is written behind its value.
    pub key_line: Vec<u8>,
}

impl Registers {
    /// Reports comments that are to be written behind a value.
    pub fn follow(&self) -> bool {
        !(self.line.is_empty() && self.foot.is_empty() && self.tail.is_empty())
    }
}

/// Replaces a register, if there is a comment.
pub fn set(register: &mut Vec<u8>, comment: &[u8]) {
    if !comment.is_empty() {
        register.clear();
        register.extend_from_slice(comment);
    }
}

impl Writer {
    /// Hears of the comments of a node that is about to be written, and of the foot of the entry before it.
    pub(super) fn register(&mut self, part: &Part<'_>, tail: &[u8]) -> Result<(), GoError> {
        if self.output.text.len() > MAX_BYTES {
            return Err(limits::exceeded(format!("yaml: the text is too large: it has more than {MAX_BYTES} bytes")));
        }
        let kind = part.node.kind;
        if matches!(kind, Kind::Scalar | Kind::Mapping) {
            set(&mut self.registers.tail, tail);
        }
        let Some(comments) = &part.node.comments else { return Ok(()) };
        set(&mut self.registers.head, &comments.head);
        if matches!(kind, Kind::Scalar | Kind::Alias) {
            self.register_end(part);
        }
        Ok(())
    }

    /// Hears of the comments that come behind a node.
    pub(super) fn register_end(&mut self, part: &Part<'_>) {
        let Some(comments) = &part.node.comments else { return };
        set(&mut self.registers.line, &comments.line);
        // The foot of a key is written after its value, as a tail.
        if !part.is_key {
            set(&mut self.registers.foot, &comments.foot);
        }
    }

    pub(super) fn write_head_comment(&mut self) {
        let tail = std::mem::take(&mut self.registers.tail);
        if !tail.is_empty() {
            self.output.write_indent();
            self.write_comment(&tail);
            self.output.foot_indent = Some(self.output.indent.unwrap_or(0));
        }
        let head = std::mem::take(&mut self.registers.head);
        if !head.is_empty() {
            self.output.write_indent();
            self.write_comment(&head);
        }
    }

    /// Writes the comment at the end of a line; reports whether there was one.
    pub(super) fn write_line_comment(&mut self) -> bool {
        let line = std::mem::take(&mut self.registers.line);
        if line.is_empty() {
            return false;
        }
        if !self.output.whitespace {
            self.output.put(b' ');
        }
        self.write_comment(&line);
        true
    }

    pub(super) fn write_foot_comment(&mut self) {
        let foot = std::mem::take(&mut self.registers.foot);
        if !foot.is_empty() {
            self.output.write_indent();
            self.write_comment(&foot);
            self.output.foot_indent = Some(self.output.indent.unwrap_or(0));
        }
    }

    fn write_comment(&mut self, comment: &[u8]) {
        let output = &mut self.output;
        let mut after_break = false;
        for piece in pieces(comment) {
            match piece {
                Piece::Break(text) => output.put_text_break(text),
                Piece::Run(text) => {
                    if after_break {
                        output.write_indent();
                    }
                    if !text.starts_with(b"#") {
                        output.put_text(b"# ");
                    }
                    output.put_text(text);
                    output.indention = false;
                }
            }
            after_break = matches!(piece, Piece::Break(_));
        }
        if !after_break {
            output.put_break();
        }
        output.whitespace = true;
    }
}

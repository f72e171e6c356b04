//! From nodes to text, as go-yaml v3's encoder and emitter write them with an indentation of 2 and lines of any length.
//!
//! Comments wait in registers until a place comes that writes them, and stay there where none comes: the emitter of
//! go-yaml works so, and forgets nothing between documents.

mod analyze;
mod block;
mod comment;
mod flow;
mod output;
mod part;
mod quoted;
mod scalar;

use gostd::GoError;

use crate::node::Document;
use output::Output;
use part::{Part, Place};

/// Whether the `- ` of a list in a mapping counts as its indentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SequenceIndent {
    #[default]
    Compact,
    Wide,
}

/// Writes documents one after another into a stream.
#[derive(Default)]
pub struct Writer {
    output: Output,
    registers: comment::Registers,
    started: bool,
    sequences: SequenceIndent,
    /// Open collections in brackets.
    flow_level: usize,
}

impl Writer {
    /// Starts a stream.
    pub fn new() -> Self {
        Writer::default()
    }

    /// Appends a document; `---` goes before all but the first.
    ///
    /// # Errors
    /// More text than the limit of 256 MiB.
    pub fn document(&mut self, document: &Document, sequences: SequenceIndent) -> Result<(), GoError> {
        self.sequences = sequences;
        comment::set(&mut self.registers.head, &document.head);
        if self.started {
            self.output.write_indent();
            self.output.write_indicator(b"---", false);
            self.output.write_indent();
        }
        self.started = true;
        if !self.registers.head.is_empty() {
            self.write_head_comment();
            self.output.put_break();
        }
        let root = Part::new(&document.root);
        self.register(&root, &[])?;
        self.write_head_comment();
        self.start(&root, Place::Root);
        self.write_line_comment();
        self.write_foot_comment();
        self.content(&root, Place::Root)?;
        self.end_document(&document.foot);
        Ok(())
    }

    fn end_document(&mut self, foot: &[u8]) {
        comment::set(&mut self.registers.foot, foot);
        self.output.foot_indent = Some(0);
        self.write_foot_comment();
        self.output.foot_indent = None;
        self.output.write_indent();
    }

    /// The text so far.
    pub fn into_text(self) -> Vec<u8> {
        self.output.text
    }

    /// The bytes so far.
    pub fn len(&self) -> usize {
        self.output.text.len()
    }

    /// Reports whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.output.text.is_empty()
    }

    /// Writes what a collection holds; nothing for others. Goes as deep as the nodes do.
    fn content(&mut self, part: &Part<'_>, place: Place) -> Result<(), GoError> {
        use crate::node::Kind::{Mapping, Sequence};
        let node = part.node;
        let in_brackets = self.flow_level > 0 || node.form.flow || node.content.is_empty();
        match (node.kind, in_brackets) {
            (Sequence, true) => self.flow_sequence(part),
            (Sequence, false) => self.block_sequence(part, place),
            (Mapping, true) => self.flow_mapping(part),
            (Mapping, false) => self.block_mapping(part),
            _ => Ok(()),
        }
    }
}

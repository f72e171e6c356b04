//! Collections in brackets.

use gostd::GoError;

use super::Writer;
use super::output::INDENT;
use super::part::{Part, Place};
use crate::node::Node;

impl Writer {
    pub(super) fn flow_sequence(&mut self, part: &Part<'_>) -> Result<(), GoError> {
        let before = self.open_bracket(b"[");
        let mut parted = true;
        for node in &part.node.content {
            let entry = Part::new(node);
            self.register(&entry, &[])?;
            self.part_entries(parted);
            parted = self.registers.follow();
            self.start(&entry, Place::Entry);
            self.write_following_comments();
            self.content(&entry, Place::Entry)?;
        }
        self.register_end(part);
        self.flow_level -= 1;
        self.output.indent = before;
        if self.output.column == 0 {
            self.output.write_indent();
        }
        self.close_bracket(b"]");
        Ok(())
    }

    pub(super) fn flow_mapping(&mut self, part: &Part<'_>) -> Result<(), GoError> {
        let before = self.open_bracket(b"{");
        let mut parted = true;
        let mut tail: &[u8] = &[];
        for (key, value) in part.node.entries() {
            let simple = self.flow_key(key, tail, parted)?;
            tail = key.foot();
            parted = self.flow_value(value, simple)?;
        }
        super::comment::set(&mut self.registers.tail, tail);
        self.register_end(part);
        let registers = &self.registers;
        let commented = !(registers.head.is_empty() && registers.foot.is_empty() && registers.tail.is_empty());
        if commented && !parted {
            self.output.write_tight(b",");
        }
        self.write_head_comment();
        self.flow_level -= 1;
        self.output.indent = before;
        self.close_bracket(b"}");
        Ok(())
    }

    fn open_bracket(&mut self, bracket: &[u8]) -> Option<usize> {
        self.output.write_indicator(bracket, false);
        self.output.whitespace = true;
        self.flow_level += 1;
        self.output.deepen(INDENT, INDENT)
    }

    fn close_bracket(&mut self, bracket: &[u8]) {
        self.output.write_tight(bracket);
        self.write_line_comment();
        self.write_foot_comment();
    }

    /// Writes what stands before an entry; `parted` where no comma is needed.
    fn part_entries(&mut self, parted: bool) {
        if !parted {
            self.output.write_tight(b",");
        }
        self.write_head_comment();
        if self.output.column == 0 {
            self.output.write_indent();
        }
    }

    /// Writes the comments behind a value, after the comma that they would hide.
    fn write_following_comments(&mut self) {
        if self.registers.follow() {
            self.output.write_tight(b",");
        }
        self.write_line_comment();
        self.write_foot_comment();
    }

    /// Writes a key; reports whether it stands without a `?`.
    fn flow_key(&mut self, node: &Node, tail: &[u8], parted: bool) -> Result<bool, GoError> {
        let key = Part::key(node);
        self.register(&key, tail)?;
        self.part_entries(parted);
        let simple = key.is_simple_key();
        let place = if simple { Place::SimpleKey } else { Place::Mapping };
        if !simple {
            self.output.write_indicator(b"?", false);
        }
        self.start(&key, place);
        self.content(&key, place)?;
        Ok(simple)
    }

    /// Writes a value; reports whether a comma stands behind it already.
    fn flow_value(&mut self, node: &Node, simple: bool) -> Result<bool, GoError> {
        let value = Part::new(node);
        self.register(&value, &[])?;
        if simple {
            self.output.write_tight(b":");
        } else {
            self.output.write_indicator(b":", false);
        }
        let parted = self.registers.follow();
        self.start(&value, Place::Mapping);
        self.write_following_comments();
        self.content(&value, Place::Mapping)?;
        Ok(parted)
    }
}

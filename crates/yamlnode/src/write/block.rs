//! Collections by indentation.

use gostd::GoError;

use super::output::INDENT;
use super::part::{Part, Place};
use super::{SequenceIndent, Writer};
use crate::node::{Kind, Node};

impl Writer {
    pub(super) fn block_sequence(&mut self, part: &Part<'_>, place: Place) -> Result<(), GoError> {
        let output = &mut self.output;
        let in_mapping = matches!(place, Place::Mapping | Place::SimpleKey);
        let compact =
            in_mapping && (output.column == 0 || !output.indention) && self.sequences == SequenceIndent::Compact;
        let before = output.deepen(0, if compact { 0 } else { INDENT });
        for node in &part.node.content {
            let entry = Part::new(node);
            self.register(&entry, &[])?;
            self.write_head_comment();
            self.output.write_indent();
            self.output.write_indicator(b"-", true);
            self.start(&entry, Place::Entry);
            self.write_line_comment();
            self.write_foot_comment();
            self.content(&entry, Place::Entry)?;
        }
        self.register_end(part);
        self.output.indent = before;
        Ok(())
    }

    pub(super) fn block_mapping(&mut self, part: &Part<'_>) -> Result<(), GoError> {
        let before = self.output.deepen(0, INDENT);
        let mut tail: &[u8] = &[];
        for (key, value) in part.node.entries() {
            let simple = self.block_key(key, tail)?;
            tail = key.foot();
            self.block_value(value, simple)?;
        }
        super::comment::set(&mut self.registers.tail, tail);
        self.register_end(part);
        self.write_head_comment();
        self.output.indent = before;
        Ok(())
    }

    /// Writes a key; reports whether it stands without a `?`.
    fn block_key(&mut self, node: &Node, tail: &[u8]) -> Result<bool, GoError> {
        let key = Part::key(node);
        self.register(&key, tail)?;
        self.write_head_comment();
        self.output.write_indent();
        if !self.registers.line.is_empty() {
            self.registers.key_line = std::mem::take(&mut self.registers.line);
        }
        let simple = key.is_simple_key();
        let place = if simple { Place::SimpleKey } else { Place::Mapping };
        if !simple {
            self.output.write_indicator(b"?", true);
        }
        self.start(&key, place);
        self.content(&key, place)?;
        Ok(simple)
    }

    fn block_value(&mut self, node: &Node, simple: bool) -> Result<(), GoError> {
        let value = Part::new(node);
        self.register(&value, &[])?;
        if simple {
            self.output.write_tight(b":");
        } else {
            self.output.write_indent();
            self.output.write_indicator(b":", true);
        }
        self.write_key_comment(node);
        self.start(&value, Place::Mapping);
        self.write_line_comment();
        self.write_foot_comment();
        self.content(&value, Place::Mapping)
    }

    /// Places the line comment of a key: behind a scalar, unless that has its own, or before an indented collection.
    fn write_key_comment(&mut self, value: &Node) {
        if self.registers.key_line.is_empty() {
            return;
        }
        match value.kind {
            Kind::Scalar if self.registers.line.is_empty() => {
                self.registers.line = std::mem::take(&mut self.registers.key_line);
            }
            Kind::Sequence | Kind::Mapping if !value.form.flow => {
                let line = std::mem::take(&mut self.registers.line);
                self.registers.line = std::mem::take(&mut self.registers.key_line);
                self.write_line_comment();
                self.registers.line = line;
            }
            _ => {}
        }
    }
}

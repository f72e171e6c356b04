//! The tokens of one or three characters: document markers, brackets, `,`, `-`, `?`, `:`, and the stream's end.

use super::indent::{MAX_DEPTH, TOO_DEEP};
use super::{Kind, Scanner};
use crate::problem::Problem;

impl Scanner<'_> {
    pub(super) fn fetch_stream_end(&mut self) -> Result<(), Problem> {
        if self.column != 0 {
            self.column = 0;
            self.line += 1;
        }
        self.start = self.here();
        self.unroll_indent(-1, self.start);
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.push(Kind::StreamEnd);
        Ok(())
    }

    pub(super) fn fetch_document_indicator(&mut self, kind: Kind) -> Result<(), Problem> {
        self.unroll_indent(-1, self.here());
        self.remove_key()?;
        self.simple_key_allowed = false;
        self.push(kind);
        for _ in 0..3 {
            self.skip();
        }
        Ok(())
    }

    pub(super) fn fetch_flow_start(&mut self, kind: Kind) -> Result<(), Problem> {
        self.save_key()?;
        self.push_key_level();
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return Err(Problem::scanner(self.line, TOO_DEEP).within(self.key_line()));
        }
        self.simple_key_allowed = true;
        self.push(kind);
        self.skip();
        Ok(())
    }

    pub(super) fn fetch_flow_end(&mut self, kind: Kind) -> Result<(), Problem> {
        self.remove_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            self.pop_key_level();
        }
        self.simple_key_allowed = false;
        self.push(kind);
        self.skip();
        Ok(())
    }

    pub(super) fn fetch_flow_entry(&mut self) -> Result<(), Problem> {
        self.remove_key()?;
        self.simple_key_allowed = true;
        self.push(Kind::FlowEntry);
        self.skip();
        Ok(())
    }

    /// In a flow collection the parser reports the `-`: it knows the context.
    pub(super) fn fetch_block_entry(&mut self) -> Result<(), Problem> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.problem("block sequence entries are not allowed in this context"));
            }
            self.roll_indent(self.column, None, Kind::BlockSequenceStart, self.start)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = true;
        self.push(Kind::BlockEntry);
        self.skip();
        Ok(())
    }

    pub(super) fn fetch_key(&mut self) -> Result<(), Problem> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.problem("mapping keys are not allowed in this context"));
            }
            self.roll_indent(self.column, None, Kind::BlockMappingStart, self.start)?;
        }
        self.remove_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push(Kind::Key);
        self.skip();
        Ok(())
    }

    pub(super) fn fetch_value(&mut self) -> Result<(), Problem> {
        if self.use_key()? {
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.problem("mapping values are not allowed in this context"));
                }
                self.roll_indent(self.column, None, Kind::BlockMappingStart, self.start)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push(Kind::Value);
        self.skip();
        Ok(())
    }
}

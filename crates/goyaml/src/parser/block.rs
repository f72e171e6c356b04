//! Block sequences and mappings.

use super::{Event, Parser, State, node::Context};
use crate::problem::Problem;
use crate::scanner::Kind;

impl<'t> Parser<'t> {
    pub(super) fn block_sequence_first(&mut self) -> Result<Event<'t>, Problem> {
        self.open_collection();
        self.block_sequence_entry()
    }

    pub(super) fn block_sequence_entry(&mut self) -> Result<Event<'t>, Problem> {
        let (kind, line) = self.peek()?;
        match kind {
            Kind::BlockEntry => {
                self.take_entry();
                match self.peek()?.0 {
                    Kind::BlockEntry | Kind::BlockEnd => self.empty_then(line, State::BlockSequenceEntry),
                    _ => self.node_then(Context::Block, State::BlockSequenceEntry),
                }
            }
            Kind::BlockEnd => {
                self.take();
                self.close_collection();
                Ok(Event::SequenceEnd)
            }
            _ => Err(self.problem(line, "did not find expected '-' indicator")),
        }
    }

    pub(super) fn indentless_entry(&mut self) -> Result<Event<'t>, Problem> {
        let (kind, line) = self.peek()?;
        if kind != Kind::BlockEntry {
            self.pop_state();
            return Ok(Event::SequenceEnd);
        }
        self.take_entry();
        match self.peek()?.0 {
            Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd => {
                self.empty_then(line, State::IndentlessEntry)
            }
            _ => self.node_then(Context::Block, State::IndentlessEntry),
        }
    }

    pub(super) fn block_mapping_first(&mut self) -> Result<Event<'t>, Problem> {
        self.open_collection();
        self.block_mapping_key()
    }

    pub(super) fn block_mapping_key(&mut self) -> Result<Event<'t>, Problem> {
        let (kind, line) = self.peek()?;
        match kind {
            Kind::Key => {
                self.take();
                match self.peek()?.0 {
                    Kind::Key | Kind::Value | Kind::BlockEnd => self.empty_then(line, State::BlockMappingValue),
                    _ => self.node_then(Context::BlockOrIndentless, State::BlockMappingValue),
                }
            }
            Kind::BlockEnd => {
                self.take();
                self.close_collection();
                self.give_comments();
                Ok(Event::MappingEnd)
            }
            _ => Err(self.problem(line, "did not find expected key")),
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event<'t>, Problem> {
        let (kind, line) = self.peek()?;
        if kind != Kind::Value {
            return self.empty_then(line, State::BlockMappingKey);
        }
        self.take();
        match self.peek()?.0 {
            Kind::Key | Kind::Value | Kind::BlockEnd => self.empty_then(line, State::BlockMappingKey),
            _ => self.node_then(Context::BlockOrIndentless, State::BlockMappingKey),
        }
    }
}

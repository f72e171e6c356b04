//! Flow sequences, flow mappings, and the pairs `key: value` inside flow sequences.

use super::{Event, Parser, Properties, State, node::Context};
use crate::problem::Problem;
use crate::scanner::Kind;

impl<'t> Parser<'t> {
    pub(super) fn flow_sequence_first(&mut self) -> Result<Event<'t>, Problem> {
        self.open_collection();
        let first = self.peek()?;
        self.flow_sequence_item(first)
    }

    pub(super) fn flow_sequence_entry(&mut self) -> Result<Event<'t>, Problem> {
        let mut next = self.peek()?;
        if next.0 == Kind::FlowEntry {
            self.take();
            next = self.peek()?;
        } else if next.0 != Kind::FlowSequenceEnd {
            return Err(self.problem(next.1, "did not find expected ',' or ']'"));
        }
        self.flow_sequence_item(next)
    }

    fn flow_sequence_item(&mut self, (kind, line): (Kind, usize)) -> Result<Event<'t>, Problem> {
        match kind {
            Kind::Key => {
                self.take();
                self.state = State::FlowPairKey;
                self.note_brackets();
                Ok(Event::MappingStart(Properties { line, ..Properties::default() }))
            }
            Kind::FlowSequenceEnd => {
                self.give_comments();
                self.take();
                self.close_collection();
                Ok(Event::SequenceEnd)
            }
            _ => self.node_then(Context::Flow, State::FlowSequenceEntry),
        }
    }

    /// A left-out key takes the token after it along, as go-yaml does.
    pub(super) fn flow_pair_key(&mut self) -> Result<Event<'t>, Problem> {
        match self.peek()? {
            (Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd, line) => {
                self.take();
                self.empty_then(line, State::FlowPairValue)
            }
            _ => self.node_then(Context::Flow, State::FlowPairValue),
        }
    }

    pub(super) fn flow_pair_value(&mut self) -> Result<Event<'t>, Problem> {
        let (kind, line) = self.peek()?;
        if kind == Kind::Value {
            self.take();
            if !matches!(self.peek()?.0, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                return self.node_then(Context::Flow, State::FlowPairEnd);
            }
        }
        self.empty_then(line, State::FlowPairEnd)
    }

    pub(super) fn flow_pair_end(&mut self) -> Result<Event<'t>, Problem> {
        self.peek()?;
        self.state = State::FlowSequenceEntry;
        Ok(Event::MappingEnd)
    }

    pub(super) fn flow_mapping_first(&mut self) -> Result<Event<'t>, Problem> {
        self.open_collection();
        let first = self.peek()?;
        self.flow_mapping_item(first)
    }

    pub(super) fn flow_mapping_key(&mut self) -> Result<Event<'t>, Problem> {
        let mut next = self.peek()?;
        if next.0 == Kind::FlowEntry {
            self.take();
            next = self.peek()?;
        } else if next.0 != Kind::FlowMappingEnd {
            return Err(self.problem(next.1, "did not find expected ',' or '}'"));
        }
        self.flow_mapping_item(next)
    }

    fn flow_mapping_item(&mut self, (kind, _): (Kind, usize)) -> Result<Event<'t>, Problem> {
        match kind {
            Kind::Key => {
                self.take();
                match self.peek()? {
                    (Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd, line) => {
                        self.empty_then(line, State::FlowMappingValue)
                    }
                    _ => self.node_then(Context::Flow, State::FlowMappingValue),
                }
            }
            Kind::FlowMappingEnd => {
                self.give_comments();
                self.take();
                self.close_collection();
                Ok(Event::MappingEnd)
            }
            _ => self.node_then(Context::Flow, State::FlowMappingEmptyValue),
        }
    }

    pub(super) fn flow_mapping_value(&mut self) -> Result<Event<'t>, Problem> {
        let (mut kind, mut line) = self.peek()?;
        if kind == Kind::Value {
            self.take();
            (kind, line) = self.peek()?;
            if !matches!(kind, Kind::FlowEntry | Kind::FlowMappingEnd) {
                return self.node_then(Context::Flow, State::FlowMappingKey);
            }
        }
        self.empty_then(line, State::FlowMappingKey)
    }

    pub(super) fn flow_mapping_empty_value(&mut self) -> Result<Event<'t>, Problem> {
        let (_, line) = self.peek()?;
        self.empty_then(line, State::FlowMappingKey)
    }
}

//! One node: its properties, and how its content starts.

use std::borrow::Cow;

use super::{Event, Parser, Properties, Scalar, State};
use crate::problem::Problem;
use crate::scanner::{Kind, Style};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Block,
    /// A value of a block mapping, where a sequence need not be indented.
    BlockOrIndentless,
    Flow,
}

impl<'t> Parser<'t> {
    pub(super) fn node(&mut self, context: Context) -> Result<Event<'t>, Problem> {
        let (kind, line) = self.peek()?;
        if kind == Kind::Alias {
            self.pop_state();
            self.give_comments();
            return Ok(Event::Alias { name: self.take().value, line });
        }
        let properties = self.properties(line)?;
        let start = line;
        let (kind, line) = self.peek()?;
        let in_block = context != Context::Flow;
        let collection = match kind {
            Kind::BlockEntry if context == Context::BlockOrIndentless => State::IndentlessEntry,
            Kind::Scalar(style) => return Ok(self.scalar(properties, style)),
            Kind::FlowSequenceStart => State::FlowSequenceFirst,
            Kind::FlowMappingStart => State::FlowMappingFirst,
            Kind::BlockSequenceStart if in_block => State::BlockSequenceFirst,
            Kind::BlockMappingStart if in_block => State::BlockMappingFirst,
            _ if properties.anchor.is_some() || !properties.tag.is_empty() => {
                self.pop_state();
                let implicit = properties.tag.is_empty();
                return Ok(Event::Scalar(Scalar {
                    properties,
                    value: Cow::Borrowed(&[]),
                    implicit,
                    style: Style::Plain,
                }));
            }
            _ => return Err(Problem::parser(line, "did not find expected node content").within(start)),
        };
        self.state = collection;
        self.give_start_comments(kind);
        Ok(match collection {
            State::FlowMappingFirst | State::BlockMappingFirst => Event::MappingStart(properties),
            _ => Event::SequenceStart(properties),
        })
    }

    fn scalar(&mut self, properties: Properties<'t>, style: Style) -> Event<'t> {
        let implicit = match &*properties.tag {
            b"" => style == Style::Plain,
            tag => tag == b"!",
        };
        self.pop_state();
        self.give_comments();
        Event::Scalar(Scalar { properties, value: self.take().value, implicit, style })
    }

    /// Parses an anchor, a tag, or both in any order.
    fn properties(&mut self, line: usize) -> Result<Properties<'t>, Problem> {
        let mut properties = Properties { line, ..Properties::default() };
        let mut tag = None;
        let first = self.peek()?.0;
        if first == Kind::Anchor {
            properties.anchor = Some(self.take().value);
        }
        let (kind, tag_line) = self.peek()?;
        if kind == Kind::Tag {
            tag = Some((self.take(), tag_line));
        }
        if first == Kind::Tag && self.peek()?.0 == Kind::Anchor {
            properties.anchor = Some(self.take().value);
        }
        // go-yaml reads the token after the properties before it looks the handle up.
        self.peek()?;
        if let Some((token, line)) = tag {
            let tag = self.whole_tag(&token.value, token.suffix, line);
            properties.tag = tag.map_err(|problem| problem.within(properties.line))?;
        }
        Ok(properties)
    }

    fn whole_tag(&self, handle: &[u8], suffix: Vec<u8>, line: usize) -> Result<Vec<u8>, Problem> {
        if handle.is_empty() {
            return Ok(suffix);
        }
        let prefix = self.tag_directives.get(handle);
        let tag = prefix.map(|prefix| [&**prefix, &*suffix].concat()).unwrap_or_default();
        if tag.is_empty() {
            return Err(Problem::parser(line, "found undefined tag handle"));
        }
        Ok(tag)
    }
}

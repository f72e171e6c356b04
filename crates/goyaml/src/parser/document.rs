//! Documents, their markers and directives.

use super::{Event, Parser, State, node::Context};
use crate::problem::Problem;
use crate::scanner::Kind;

impl<'t> Parser<'t> {
    pub(super) fn document_start(&mut self, implicit: bool) -> Result<Event<'t>, Problem> {
        let (mut kind, _) = self.peek()?;
        while !implicit && kind == Kind::DocumentEnd {
            self.take();
            kind = self.peek()?.0;
        }
        match kind {
            Kind::StreamEnd => {
                self.take();
                self.state = State::End;
                return Ok(Event::StreamEnd);
            }
            Kind::VersionDirective | Kind::TagDirective | Kind::DocumentStart => self.explicit_start()?,
            _ if implicit => {
                self.directives()?;
                self.state = State::BlockNode;
                self.give_document_head();
            }
            _ => self.explicit_start()?,
        }
        self.states.push(State::DocumentEnd);
        Ok(Event::DocumentStart)
    }

    fn explicit_start(&mut self) -> Result<(), Problem> {
        self.directives()?;
        let (kind, line) = self.peek()?;
        if kind != Kind::DocumentStart {
            return Err(Problem::parser(line, "did not find expected <document start>"));
        }
        self.take();
        self.state = State::DocumentContent;
        Ok(())
    }

    pub(super) fn document_content(&mut self) -> Result<Event<'t>, Problem> {
        use Kind::{DocumentEnd, DocumentStart, StreamEnd, TagDirective, VersionDirective};
        match self.peek()? {
            (VersionDirective | TagDirective | DocumentStart | DocumentEnd | StreamEnd, line) => {
                self.pop_state();
                Ok(super::empty_scalar(line))
            }
            _ => self.node(Context::Block),
        }
    }

    pub(super) fn document_end(&mut self) -> Result<Event<'t>, Problem> {
        if self.peek()?.0 == Kind::DocumentEnd {
            self.take();
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        self.give_document_foot();
        Ok(Event::DocumentEnd)
    }

    fn directives(&mut self) -> Result<(), Problem> {
        let mut versioned = false;
        loop {
            let (kind, line) = self.peek()?;
            match kind {
                Kind::VersionDirective if versioned => {
                    return Err(Problem::parser(line, "found duplicate %YAML directive"));
                }
                Kind::VersionDirective => {
                    versioned = true;
                    if self.take().suffix.is_empty() {
                        return Err(Problem::parser(line, "found incompatible YAML document"));
                    }
                }
                Kind::TagDirective => {
                    let token = self.take();
                    if self.tag_directives.insert(token.value.into_owned(), token.suffix).is_some() {
                        return Err(Problem::parser(line, "found duplicate %TAG directive"));
                    }
                }
                _ => break,
            }
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            self.tag_directives.entry(handle.into()).or_insert_with(|| prefix.into());
        }
        Ok(())
    }
}

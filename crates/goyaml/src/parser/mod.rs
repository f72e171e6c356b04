//! Tokens to events: go-yaml v2's grammar, with its error texts. The document's tree is the composer's work.

mod block;
mod comment;
mod document;
mod flow;
mod node;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::problem::Problem;
use crate::reader::Source;
use crate::scanner::{Kind, Scanner, Style, Token};
use comment::Pending;

pub use comment::Comments;

/// A step of a stream.
pub enum Event<'t> {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias { name: Cow<'t, [u8]>, line: usize },
    Scalar(Scalar<'t>),
    SequenceStart(Properties<'t>),
    SequenceEnd,
    MappingStart(Properties<'t>),
    MappingEnd,
}

/// A text, with what is written before it.
pub struct Scalar<'t> {
    pub properties: Properties<'t>,
    pub value: Cow<'t, [u8]>,
    /// Without quotes and tag, or with the tag `!`: what it is depends on its text.
    pub implicit: bool,
    pub style: Style,
}

/// What may stand before a node, and where the node starts.
#[derive(Default)]
pub struct Properties<'t> {
    pub anchor: Option<Cow<'t, [u8]>>,
    /// The whole tag, empty without one.
    pub tag: Vec<u8>,
    /// First line = 0.
    pub line: usize,
}

#[derive(Clone, Copy)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirst,
    BlockSequenceEntry,
    IndentlessEntry,
    BlockMappingFirst,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequenceEntry,
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirst,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

pub(crate) struct Parser<'t> {
    scanner: Scanner<'t>,
    state: State,
    /// What to go on with after the current node.
    states: Vec<State>,
    /// Prefixes by their handles.
    tag_directives: HashMap<Vec<u8>, Vec<u8>>,
    /// The lines where the open collections start.
    starts: Vec<usize>,
    /// Comments that the next event takes; there only when they are kept.
    pending: Option<Box<Pending>>,
}

impl<'t> Parser<'t> {
    /// Starts to parse; fails where the stream cannot be read at all.
    pub fn new(source: &'t mut Source<'_>) -> Result<Self, Problem> {
        Parser::over(Scanner::new(source))
    }

    /// Starts to parse as version 3 does, with comments.
    pub fn with_comments(source: &'t mut Source<'_>) -> Result<Self, Problem> {
        let mut parser = Parser::over(Scanner::with_comments(source))?;
        parser.pending = Some(Box::default());
        Ok(parser)
    }

    fn over(mut scanner: Scanner<'t>) -> Result<Self, Problem> {
        scanner.peek()?;
        scanner.take();
        Ok(Parser {
            scanner,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            tag_directives: HashMap::new(),
            starts: Vec::new(),
            pending: None,
        })
    }

    pub fn next(&mut self) -> Result<Event<'t>, Problem> {
        match self.state {
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(node::Context::Block),
            State::BlockSequenceFirst => self.block_sequence_first(),
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessEntry => self.indentless_entry(),
            State::BlockMappingFirst => self.block_mapping_first(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirst => self.flow_sequence_first(),
            State::FlowSequenceEntry => self.flow_sequence_entry(),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => self.flow_pair_end(),
            State::FlowMappingFirst => self.flow_mapping_first(),
            State::FlowMappingKey => self.flow_mapping_key(),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => self.flow_mapping_empty_value(),
            State::End => Ok(Event::StreamEnd),
        }
    }

    #[inline]
    fn peek(&mut self) -> Result<(Kind, usize), Problem> {
        let token = self.scanner.peek()?;
        if self.pending.is_some() {
            self.gather_comments();
        }
        Ok(token)
    }

    fn take(&mut self) -> Token<'t> {
        self.scanner.take()
    }

    /// Parses a node, and goes on with a state after it.
    fn node_then(&mut self, context: node::Context, then: State) -> Result<Event<'t>, Problem> {
        self.states.push(then);
        self.node(context)
    }

    /// Gives the empty scalar of a left-out node, and goes on with a state.
    fn empty_then(&mut self, line: usize, then: State) -> Result<Event<'t>, Problem> {
        self.state = then;
        Ok(empty_scalar(line))
    }

    /// Takes the token that opens a collection, which has been looked at.
    fn open_collection(&mut self) {
        let token = self.take();
        self.starts.push(token.start.line);
    }

    fn close_collection(&mut self) {
        self.starts.pop();
        self.pop_state();
    }

    /// What is wrong with the innermost collection.
    fn problem(&self, line: usize, text: &'static str) -> Problem {
        Problem::parser(line, text).within(self.starts.last().copied().unwrap_or_default())
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }
}

fn empty_scalar<'t>(line: usize) -> Event<'t> {
    let properties = Properties { line, ..Properties::default() };
    Event::Scalar(Scalar { properties, value: Cow::Borrowed(&[]), implicit: true, style: Style::Plain })
}

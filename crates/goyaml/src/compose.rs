//! Events to a tree of nodes: only the first document of a stream, as go-yaml's `Unmarshal` reads it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::parser::{Event, Parser, Properties};
use crate::problem::Problem;
use crate::reader::Source;
use crate::resolve::Tag;

/// Index of a node in its document.
pub(crate) type Id = usize;

pub(crate) struct Node<'t> {
    pub content: Content<'t>,
    /// Where the node or its properties start, first = 0.
    pub line: usize,
    /// The next node of the same collection; in a mapping keys and values take turns.
    pub next: Option<Id>,
}

pub(crate) enum Content<'t> {
    Scalar { tag: Tag, value: Cow<'t, [u8]>, implicit: bool },
    Sequence { first: Option<Id> },
    Mapping { first: Option<Id> },
    Alias { name: Cow<'t, [u8]>, target: Id },
}

/// The nodes of a document; the first one is the root. Empty when the stream has no document.
#[derive(Default)]
pub(crate) struct Document<'t> {
    pub nodes: Vec<Node<'t>>,
}

impl Document<'_> {
    /// Returns the nodes that follow one another from the given one on.
    pub fn list(&self, first: Option<Id>) -> impl Iterator<Item = Id> {
        std::iter::successors(first, |id| self.nodes[*id].next)
    }
}

/// More nodes than this are no values that anybody wrote; each takes 64 bytes before it is a value.
const MAX_NODES: usize = 1_000_000;

/// Parses the first document.
///
/// # Errors
/// What go-yaml reports until it has seen the first token after the document.
pub(crate) fn compose<'t>(source: &'t mut Source<'_>) -> Result<Document<'t>, Problem> {
    let mut parser = Parser::new(source)?;
    let mut composer = Composer::default();
    if let Event::StreamEnd = parser.next()? {
        return Ok(Document::default());
    }
    loop {
        match parser.next()? {
            Event::Alias { name, line } => composer.alias(name, line)?,
            Event::Scalar(scalar) => {
                let tag = Tag::new(&scalar.properties.tag);
                let content = Content::Scalar { tag, value: scalar.value, implicit: scalar.implicit };
                composer.add(content, scalar.properties);
            }
            Event::SequenceStart(properties) => composer.open(Content::Sequence { first: None }, properties),
            Event::MappingStart(properties) => composer.open(Content::Mapping { first: None }, properties),
            Event::SequenceEnd | Event::MappingEnd => {
                composer.open.pop();
            }
            Event::DocumentStart | Event::DocumentEnd | Event::StreamEnd => break,
        }
        if composer.document.nodes.len() > MAX_NODES {
            return Err(Problem::too_large(format!("the document is too large: it has more than {MAX_NODES} nodes")));
        }
    }
    Ok(composer.document)
}

#[derive(Default)]
struct Composer<'t> {
    document: Document<'t>,
    anchors: HashMap<Cow<'t, [u8]>, Id>,
    /// The open collections, each with its last node so far.
    open: Vec<(Id, Option<Id>)>,
}

impl<'t> Composer<'t> {
    fn alias(&mut self, name: Cow<'t, [u8]>, line: usize) -> Result<(), Problem> {
        let Some(&target) = self.anchors.get(&name) else {
            let name = String::from_utf8_lossy(&name);
            return Err(Problem::plain(format!("unknown anchor '{name}' referenced")));
        };
        self.add(Content::Alias { name, target }, Properties { line, ..Properties::default() });
        Ok(())
    }

    fn open(&mut self, content: Content<'t>, properties: Properties<'t>) {
        let id = self.add(content, properties);
        self.open.push((id, None));
    }

    fn add(&mut self, content: Content<'t>, properties: Properties<'t>) -> Id {
        let id = self.document.nodes.len();
        self.document.nodes.push(Node { content, line: properties.line, next: None });
        if let Some((parent, last)) = self.open.last_mut() {
            match last.replace(id) {
                Some(last) => self.document.nodes[last].next = Some(id),
                None => {
                    if let Content::Sequence { first } | Content::Mapping { first } =
                        &mut self.document.nodes[*parent].content
                    {
                        *first = Some(id);
                    }
                }
            }
        }
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, id);
        }
        id
    }
}

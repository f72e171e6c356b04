//! From text to nodes. Follows the parser in go-yaml v3's `decode.go`: which comment goes to which node.

use std::borrow::Cow;
use std::collections::HashSet;

use gostd::{GoError, limits};
use goyaml::events::{Comments, Event, Events, Properties, Scalar, Step, Style, with_events};

use crate::node::{Document, Form, Kind, Node};

/// More nodes than this are no document that anybody wrote; each takes about 150 bytes.
const MAX_NODES: usize = 1_000_000;

const LONG_TAG: &[u8] = b"tag:yaml.org,2002:";

/// Reads the first document of a text; none where the text has only comments and blanks.
///
/// # Errors
/// What go-yaml v3 says about the text up to the first tokens after the document, as `yaml: line 3: did not find
/// expected key`.
pub fn read(text: &[u8]) -> Result<Option<Document>, GoError> {
    with_events(text, |events| Reader { events, anchors: HashSet::new(), nodes: 0 }.document())
}

struct Reader<'e, 't> {
    events: &'e mut Events<'t>,
    anchors: HashSet<Vec<u8>>,
    nodes: usize,
}

impl<'t> Reader<'_, 't> {
    fn document(&mut self) -> Result<Option<Document>, GoError> {
        let start = self.events.next()?;
        if !matches!(start.event, Event::DocumentStart) {
            return Ok(None);
        }
        let first = self.events.next()?;
        let root = self.node(first)?.unwrap_or_default();
        let end = self.events.next()?.comments;
        let head = start.comments.map(|comments| comments.head).unwrap_or_default();
        let foot = end.map(|comments| comments.foot).unwrap_or_default();
        Ok(Some(Document { head, root, foot }))
    }

    /// Reads the node that a step begins; none at the end of a collection. The scanner limits how deep this goes.
    fn node(&mut self, step: Step<'t>) -> Result<Option<Node>, GoError> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let text = format!("yaml: the document is too large: it has more than {MAX_NODES} nodes");
            return Err(limits::exceeded(text));
        }
        let mut node = match step.event {
            Event::Alias { name, line } => self.alias(name.into_owned(), line)?,
            Event::Scalar(scalar) => self.scalar(scalar),
            Event::SequenceStart(properties) => self.sequence(properties, step.flow)?,
            Event::MappingStart(properties) => self.mapping(properties, step.flow)?,
            _ => return Ok(None),
        };
        match node.kind {
            Kind::Sequence | Kind::Mapping => give_head(&mut node, step.comments),
            _ => node.comments = step.comments,
        }
        Ok(Some(node))
    }

    fn alias(&mut self, value: Vec<u8>, line: usize) -> Result<Node, GoError> {
        if !self.anchors.contains(&value) {
            let name = String::from_utf8_lossy(&value);
            return Err(GoError::new(format!("yaml: unknown anchor '{name}' referenced")));
        }
        Ok(Node { value, line: line + 1, ..Node::new(Kind::Alias) })
    }

    fn scalar(&mut self, scalar: Scalar<'t>) -> Node {
        let Scalar { properties, value, style, .. } = scalar;
        let default = match style {
            Style::Plain if *value == *b"<<" => "!!merge",
            Style::Plain => goyaml::implicit_tag(&value),
            _ => "!!str",
        };
        let mut node = self.start(Kind::Scalar, default, properties);
        node.form.scalar = style;
        node.value = value.into_owned();
        node
    }

    /// Begins a node with what stands before its content.
    fn start(&mut self, kind: Kind, default_tag: &'static str, properties: Properties<'t>) -> Node {
        let tagged = !matches!(&*properties.tag, b"" | b"!");
        let tag = if tagged { short(properties.tag) } else { Cow::Borrowed(default_tag.as_bytes()) };
        let anchor = properties.anchor.unwrap_or_default().into_owned();
        if !anchor.is_empty() {
            self.anchors.insert(anchor.clone());
        }
        let form = Form { tagged, ..Form::default() };
        Node { tag, anchor, form, line: properties.line + 1, ..Node::new(kind) }
    }

    fn sequence(&mut self, properties: Properties<'t>, flow: bool) -> Result<Node, GoError> {
        let mut node = self.start(Kind::Sequence, "!!seq", properties);
        node.form.flow = flow;
        loop {
            let step = self.events.next()?;
            if matches!(step.event, Event::SequenceEnd) {
                give_end(&mut node, step.comments);
                return Ok(node);
            }
            node.content.extend(self.node(step)?);
        }
    }

    fn mapping(&mut self, properties: Properties<'t>, flow: bool) -> Result<Node, GoError> {
        let mut node = self.start(Kind::Mapping, "!!map", properties);
        node.form.flow = flow;
        loop {
            let step = self.events.next()?;
            if matches!(step.event, Event::MappingEnd) {
                give_end(&mut node, step.comments);
                break;
            }
            let mut key = self.node(step)?.unwrap_or_default();
            if !node.form.flow && !key.foot().is_empty() {
                give_to_last_key(&mut node, &mut key);
            }
            let step = self.events.next()?;
            let mut value = self.node(step)?.unwrap_or_default();
            if key.foot().is_empty() && !value.foot().is_empty() {
                key.comments_mut().foot = value.take_foot();
            }
            node.content.extend([key, value]);
        }
        if !node.form.flow && !node.foot().is_empty() && node.content.len() > 1 {
            let foot = node.take_foot();
            let last = node.content.len() - 2;
            node.content[last].comments_mut().foot = foot;
        }
        Ok(node)
    }
}

/// A foot comment before a key is the foot of the entry before it.
fn give_to_last_key(node: &mut Node, key: &mut Node) {
    if let Some(last) = node.content.len().checked_sub(2).and_then(|last| node.content.get_mut(last)) {
        last.comments_mut().foot = key.take_foot();
    }
}

/// A collection has the head comment of its start …
fn give_head(node: &mut Node, start: Option<Box<Comments>>) {
    if let Some(start) = start.filter(|start| !start.head.is_empty()) {
        node.comments_mut().head = start.head;
    }
}

/// … and the other comments of its end.
fn give_end(node: &mut Node, end: Option<Box<Comments>>) {
    node.comments = end.map(|end| Box::new(Comments { head: Vec::new(), ..*end }));
}

fn short(tag: Vec<u8>) -> Cow<'static, [u8]> {
    match tag.strip_prefix(LONG_TAG) {
        Some(name) => Cow::Owned([b"!!", name].concat()),
        None => Cow::Owned(tag),
    }
}

//! Nodes: the values of a document with the way in which they are written.

use std::borrow::Cow;

use goyaml::events::{Comments, Style};

/// A document: one node, and the comments that belong to none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub head: Vec<u8>,
    pub root: Node,
    pub foot: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Scalar,
    Sequence,
    /// Its content is keys and values in turns.
    Mapping,
    Alias,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// With its tag.
    pub tagged: bool,
    /// In brackets.
    pub flow: bool,
    pub scalar: Style,
}

/// A value with its tag, anchor, comments and form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub kind: Kind,
    pub form: Form,
    /// In its short form, as `!!str` or `!own`; empty for an alias and where the text is to decide.
    pub tag: Cow<'static, [u8]>,
    /// The text of a scalar, the name of an alias.
    pub value: Vec<u8>,
    /// Empty without one.
    pub anchor: Vec<u8>,
    pub content: Vec<Node>,
    /// Where it was read, first line = 1; 0 of one that was made.
    pub line: usize,
    pub comments: Option<Box<Comments>>,
}

impl Node {
    /// Makes a node without a tag.
    pub fn new(kind: Kind) -> Self {
        Node { kind, ..Node::default() }
    }

    /// Makes a scalar that is written without quotes where it can be.
    pub fn plain(value: &[u8]) -> Self {
        Node { value: value.to_vec(), ..Node::default() }
    }

    /// Makes a text, as `SetString` of go-yaml, which is written in a given style.
    pub fn text(value: &[u8], scalar: Style) -> Self {
        let form = Form { scalar, ..Form::default() };
        Node { tag: Cow::Borrowed(b"!!str"), form, ..Node::plain(value) }
    }

    /// Reports whether its tag says that it is null.
    pub fn is_null(&self) -> bool {
        *self.tag == *b"!!null"
    }

    /// The keys and values of a mapping; none of other nodes.
    pub fn entries(&self) -> impl Iterator<Item = (&Node, &Node)> {
        let content = if self.kind == Kind::Mapping { &self.content[..] } else { &[] };
        content.chunks_exact(2).map(|pair| (&pair[0], &pair[1]))
    }

    /// The value of the first key of a mapping that has this text.
    pub fn field(&self, name: &[u8]) -> Option<&Node> {
        self.entries().find(|(key, _)| key.value == name).map(|(_, value)| value)
    }

    /// The value of the first key of a mapping that has this text.
    pub fn field_mut(&mut self, name: &[u8]) -> Option<&mut Node> {
        let index = self.entries().position(|(key, _)| key.value == name)?;
        self.content.get_mut(2 * index + 1)
    }

    pub(crate) fn comments_mut(&mut self) -> &mut Comments {
        self.comments.get_or_insert_default()
    }

    pub(crate) fn take_foot(&mut self) -> Vec<u8> {
        self.comments.as_mut().map(|comments| std::mem::take(&mut comments.foot)).unwrap_or_default()
    }

    pub(crate) fn foot(&self) -> &[u8] {
        self.comments.as_ref().map_or(&[], |comments| &comments.foot)
    }
}

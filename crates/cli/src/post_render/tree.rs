//! A YAML document as a tree that keeps its comments and the style of every value.

use gostd::GoError;

/// What can stand in a document; `flow` collections are those in brackets.
#[derive(Clone)]
pub enum Node {
    Scalar { style: Style, value: String },
    Map { flow: bool, entries: Vec<Entry> },
    List { flow: bool, entries: Vec<Entry> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Alias,
    Single,
    Double,
    Literal,
    Folded,
}

/// A member of a mapping, or of a list if it has no key.
#[derive(Clone)]
pub struct Entry {
    /// Comments above it; an empty one is a blank line.
    pub head: Vec<String>,
    pub key: Option<(Style, String)>,
    pub anchor: Option<String>,
    pub node: Node,
    /// The comment at the end of its first line.
    pub line: Option<String>,
    /// Comments below it, which a blank line parts from what follows.
    pub foot: Vec<String>,
}

/// A document with the comments around it.
#[derive(Clone)]
pub struct Document {
    pub root: Entry,
}

impl Node {
    pub fn plain(value: &str) -> Self {
        Node::Scalar { style: Style::Plain, value: value.to_owned() }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Node::Scalar { style: Style::Plain, value } if matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The members; scalars have none.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Node::Scalar { .. } => &[],
            Node::Map { entries, .. } | Node::List { entries, .. } => entries,
        }
    }

    /// The value of a field of a mapping.
    pub fn field(&self, name: &str) -> Option<&Node> {
        let Node::Map { entries, .. } = self else { return None };
        entries.iter().find(|entry| entry.is(name)).map(|entry| &entry.node)
    }

    pub fn field_mut(&mut self, name: &str) -> Option<&mut Node> {
        let Node::Map { entries, .. } = self else { return None };
        entries.iter_mut().find(|entry| entry.is(name)).map(|entry| &mut entry.node)
    }

    /// The text of a scalar.
    pub fn text(&self) -> &str {
        match self {
            Node::Scalar { value, .. } => value,
            _ => "",
        }
    }
}

impl Entry {
    pub fn new(key: Option<(Style, String)>, node: Node) -> Self {
        Entry { head: Vec::new(), key, anchor: None, node, line: None, foot: Vec::new() }
    }

    pub fn named(key: &str, node: Node) -> Self {
        Entry::new(Some((Style::Plain, key.to_owned())), node)
    }

    pub fn is(&self, name: &str) -> bool {
        self.key.as_ref().is_some_and(|(_, key)| key == name)
    }
}

/// The error for YAML that is valid, and whose text Helm would write in a way that is not known here.
pub fn unbuilt(what: &str) -> GoError {
    GoError::new(format!(
        "{what} in what goes through a post-renderer is not built yet in this version of Pilothouse; use helm for it"
    ))
}

//! Fields of nodes, as the filters of kyaml find, set and clear them (`yaml/fns.go`).

use gostd::GoError;
use yamlnode::{Document, Kind, Node, SequenceIndent, Style, Writer};

/// Fails where a node is neither null nor a mapping.
pub fn expect_mapping(node: &Node) -> Result<(), GoError> {
    if node.is_null() || node.kind == Kind::Mapping {
        return Ok(());
    }
    let kind = match node.kind {
        Kind::Scalar => "ScalarNode",
        Kind::Sequence => "SequenceNode",
        Kind::Mapping => "MappingNode",
        Kind::Alias => "AliasNode",
    };
    let mut writer = Writer::new();
    let document = Document { root: node.clone(), ..Document::default() };
    let content = writer.document(&document, SequenceIndent::Compact).map(|()| writer.into_text())?;
    let content = String::from_utf8_lossy(&content);
    Err(GoError::new(format!("wrong node kind: expected MappingNode but got {kind}: node contents:\n{content}")))
}

/// Finds what a path of fields leads to.
///
/// # Errors
/// Something on the way is no mapping.
pub fn find<'n>(root: &'n mut Node, path: &[&str]) -> Result<Option<&'n mut Node>, GoError> {
    let mut node = root;
    for name in path {
        expect_mapping(node)?;
        match node.field_mut(name.as_bytes()) {
            Some(field) => node = field,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

/// Finds what a path of fields leads to; mappings that are missing are made. Null has no fields, and gets none.
pub fn find_or_make<'n>(root: &'n mut Node, path: &[&str]) -> Result<Option<&'n mut Node>, GoError> {
    let mut node = root;
    for name in path {
        if node.is_null() {
            return Ok(None);
        }
        expect_mapping(node)?;
        if node.field(name.as_bytes()).is_none() {
            node.content.extend([Node::plain(name.as_bytes()), Node::new(Kind::Mapping)]);
        }
        match node.field_mut(name.as_bytes()) {
            Some(field) => node = field,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

/// Sets a field to a text, in the form of the old value if there is one, else in single quotes.
pub fn set(node: &mut Node, name: &str, value: &[u8]) -> Result<(), GoError> {
    expect_mapping(node)?;
    let mut text = Node::text(value, Style::SingleQuoted);
    match node.field_mut(name.as_bytes()) {
        Some(old) => {
            text.form = old.form;
            *old = text;
        }
        None => node.content.extend([Node::plain(name.as_bytes()), text]),
    }
    Ok(())
}

/// Removes the first field with this name.
pub fn clear(node: &mut Node, name: &str) -> Result<(), GoError> {
    clear_where(node, name, |_| true)
}

/// Removes the first field with this name that holds nothing: all scalars hold nothing.
pub fn clear_empty(node: &mut Node, name: &str) -> Result<(), GoError> {
    clear_where(node, name, |value| value.content.is_empty())
}

/// Null passes for a mapping, and keeps the fields that [`set`] gave it.
fn clear_where(node: &mut Node, name: &str, unwanted: impl Fn(&Node) -> bool) -> Result<(), GoError> {
    expect_mapping(node)?;
    let mut entries = node.content.chunks_exact(2);
    if let Some(index) = entries.position(|pair| pair[0].value == name.as_bytes() && unwanted(&pair[1])) {
        node.content.drain(2 * index..2 * index + 2);
    }
    Ok(())
}

/// Reports a node that kyaml takes for none: null and empty collections.
pub fn is_empty(node: &Node) -> bool {
    node.is_null() || (matches!(node.kind, Kind::Mapping | Kind::Sequence) && node.content.is_empty())
}

//! A node that is being written: its place, and how its tag and its text can be written.

use std::borrow::Cow;

use goyaml::events::Style;

use super::analyze::{Ways, analyze};
use crate::node::{Kind, Node};

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Root,
    /// An entry of a list.
    Entry,
    /// A value of a mapping, or a key behind a `?`.
    Mapping,
    SimpleKey,
}

pub struct Part<'n> {
    pub node: &'n Node,
    pub is_key: bool,
    /// How a tag is written: its handle, empty for one in angle brackets, and the rest.
    pub tag: Option<(&'static [u8], Cow<'n, [u8]>)>,
    /// Of scalars.
    pub ways: Option<Ways>,
    /// The text would not be read as a text without quotes.
    needs_quotes: bool,
}

/// A key may have so many bytes, with anchor and tag, to stand before its `:` without a `?`.
const MAX_SIMPLE_KEY_BYTES: usize = 128;

impl<'n> Part<'n> {
    pub fn new(node: &'n Node) -> Self {
        let (tagged, needs_quotes) = presentation(node);
        let tag = tagged.then(|| split_tag(&node.tag));
        let ways = (node.kind == Kind::Scalar).then(|| analyze(&node.value));
        Part { node, is_key: false, tag, ways, needs_quotes }
    }

    pub fn key(node: &'n Node) -> Self {
        Part { is_key: true, ..Part::new(node) }
    }

    /// Reports whether it can be a key without a `?`.
    pub fn is_simple_key(&self) -> bool {
        let node = self.node;
        let tag_bytes = self.tag.as_ref().map_or(0, |(handle, rest)| handle.len() + rest.len());
        match node.kind {
            Kind::Alias => node.value.len() <= MAX_SIMPLE_KEY_BYTES,
            Kind::Scalar if self.ways.is_some_and(|ways| ways.multiline) => false,
            Kind::Sequence | Kind::Mapping if !node.content.is_empty() => false,
            _ => node.anchor.len() + tag_bytes + node.value.len() <= MAX_SIMPLE_KEY_BYTES,
        }
    }

    /// Decides how a scalar is written (`yaml_emitter_select_scalar_style`).
    pub fn style(&self, place: Place, in_flow: bool) -> Style {
        let ways = self.ways.unwrap_or(Ways { multiline: false, ..analyze(b"") });
        let value = &self.node.value;
        let simple_key = place == Place::SimpleKey;
        let mut style = match self.node.form.scalar {
            Style::Plain if value.contains(&b'\n') => Style::Literal,
            Style::Plain if self.needs_quotes => Style::DoubleQuoted,
            style => style,
        };
        if simple_key && ways.multiline {
            style = Style::DoubleQuoted;
        }
        let plain = if in_flow { ways.flow_plain } else { ways.block_plain };
        if style == Style::Plain && (!plain || (value.is_empty() && (in_flow || simple_key))) {
            style = Style::SingleQuoted;
        }
        if style == Style::SingleQuoted && !ways.single_quoted {
            style = Style::DoubleQuoted;
        }
        if matches!(style, Style::Literal | Style::Folded) && (!ways.block || in_flow || simple_key) {
            style = Style::DoubleQuoted;
        }
        style
    }
}

/// Decides whether the tag is written, and whether quotes must say what it says.
fn presentation(node: &Node) -> (bool, bool) {
    if node.tag.is_empty() || node.form.tagged {
        return (!node.tag.is_empty(), false);
    }
    let is_text = *node.tag == *b"!!str";
    match node.kind {
        Kind::Mapping => (*node.tag != *b"!!map", false),
        Kind::Sequence => (*node.tag != *b"!!seq", false),
        Kind::Scalar if is_text && node.form.scalar != Style::Plain => (false, false),
        Kind::Scalar => {
            let differs = *node.tag != *goyaml::implicit_tag(&node.value).as_bytes();
            (differs && !is_text, differs && is_text)
        }
        Kind::Alias => (false, false),
    }
}

fn split_tag(tag: &[u8]) -> (&'static [u8], Cow<'_, [u8]>) {
    if let Some(rest) = tag.strip_prefix(b"!!") {
        return (b"!!", rest.into());
    }
    match tag.strip_prefix(b"!") {
        Some(rest) => (b"!", rest.into()),
        None => (b"", tag.into()),
    }
}

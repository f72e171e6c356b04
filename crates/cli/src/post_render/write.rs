//! Writes documents as kyaml does: two spaces per level, lists at the level of their key.

use gostd::GoError;

use super::scalar;
use super::tree::{Document, Entry, Node, Style, unbuilt};

/// Joins documents to a stream.
pub fn stream(documents: &[Document]) -> Result<String, GoError> {
    let mut out = String::new();
    for (index, document) in documents.iter().enumerate() {
        if index > 0 {
            out.push_str("---\n");
        }
        root(&mut out, &document.root)?;
    }
    Ok(out)
}

fn root(out: &mut String, root: &Entry) -> Result<(), GoError> {
    comments(out, &root.head, 0);
    if root.anchor.is_some() {
        return Err(unbuilt("an anchor of a whole document"));
    }
    match &root.node {
        node if is_block(node) => {
            entries(out, node, 0, false)?;
        }
        node => {
            flow(out, node)?;
            out.push('\n');
        }
    }
    if !root.foot.is_empty() {
        out.push('\n');
        comments(out, &root.foot, 0);
    }
    Ok(())
}

fn is_block(node: &Node) -> bool {
    matches!(node, Node::Map { flow: false, entries } | Node::List { flow: false, entries } if !entries.is_empty())
}

fn comments(out: &mut String, lines: &[String], indent: usize) {
    for line in lines {
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Where a comment below a value ended; a blank line parts it from what comes next in the same column.
type Foot = Option<usize>;

/// Writes the members of a collection; `inline` when a dash stands before the first one already.
fn entries(out: &mut String, node: &Node, indent: usize, inline: bool) -> Result<Foot, GoError> {
    let mut last = None;
    for (index, entry) in node.entries().iter().enumerate() {
        if last == Some(indent) {
            out.push('\n');
        }
        let first = inline && index == 0;
        if first && !entry.head.is_empty() {
            return Err(unbuilt("a comment between a dash and its value"));
        }
        comments(out, &entry.head, indent);
        if !first {
            out.push_str(&" ".repeat(indent));
        }
        last = match &entry.key {
            Some((style, key)) => member(out, entry, (*style, key), indent)?,
            None => item(out, entry, indent)?,
        };
        comments(out, &entry.foot, indent);
        if !entry.foot.is_empty() {
            last = Some(indent);
        }
    }
    Ok(last)
}

/// Go-yaml writes longer keys with a question mark.
const LONGEST_KEY: usize = 128;

fn member(out: &mut String, entry: &Entry, key: (Style, &str), indent: usize) -> Result<Foot, GoError> {
    if key.1.len() > LONGEST_KEY {
        return Err(unbuilt("a key of more than 128 bytes"));
    }
    scalar::push(out, key.0, key.1, false);
    out.push(':');
    if let Some(anchor) = &entry.anchor {
        out.push_str(" &");
        out.push_str(anchor);
    }
    if !is_block(&entry.node) {
        value(out, entry, indent)?;
        return Ok(None);
    }
    end_line(out, entry);
    let deeper = if matches!(entry.node, Node::List { .. }) { indent } else { indent + 2 };
    entries(out, &entry.node, deeper, false)
}

fn item(out: &mut String, entry: &Entry, indent: usize) -> Result<Foot, GoError> {
    out.push('-');
    if !is_block(&entry.node) {
        if let Some(anchor) = &entry.anchor {
            out.push_str(" &");
            out.push_str(anchor);
        }
        value(out, entry, indent)?;
        return Ok(None);
    }
    if entry.anchor.is_some() {
        return Err(unbuilt("an anchor of a collection in a list"));
    }
    if entry.line.is_some() {
        end_line(out, entry);
        return entries(out, &entry.node, indent + 2, false);
    }
    out.push(' ');
    entries(out, &entry.node, indent + 2, true)
}

fn value(out: &mut String, entry: &Entry, indent: usize) -> Result<(), GoError> {
    if let Node::Scalar { style: style @ (Style::Literal | Style::Folded), value } = &entry.node
        && scalar::block_fits(value)
    {
        block(out, entry, (*style, value), indent + 2);
        return Ok(());
    }
    if !matches!(&entry.node, Node::Scalar { style: Style::Plain, value } if value.is_empty()) {
        out.push(' ');
        match &entry.node {
            Node::Scalar { style, value } => scalar::push(out, *style, value, false),
            node => flow(out, node)?,
        }
    }
    end_line(out, entry);
    Ok(())
}

fn end_line(out: &mut String, entry: &Entry) {
    if let Some(comment) = &entry.line {
        out.push(' ');
        out.push_str(comment);
    }
    out.push('\n');
}

fn block(out: &mut String, entry: &Entry, (style, value): (Style, &str), indent: usize) {
    out.push_str(if style == Style::Literal { " |" } else { " >" });
    if value.starts_with([' ', '\n']) {
        out.push('2');
    }
    match value.strip_suffix('\n') {
        None => out.push('-'),
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => out.push('+'),
        Some(_) => {}
    }
    end_line(out, entry);
    let content = value.strip_suffix('\n').unwrap_or(value);
    let mut previous = false;
    for line in content.split('\n') {
        // A break between two folded lines would be read as a space.
        if style == Style::Folded && previous && !line.is_empty() {
            out.push('\n');
        }
        previous |= !line.is_empty();
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
        out.push('\n');
    }
    if style == Style::Folded && value.ends_with('\n') {
        out.push('\n');
    }
}

/// Writes a scalar or collection on the current line.
fn flow(out: &mut String, node: &Node) -> Result<(), GoError> {
    let (open, close) = match node {
        Node::Scalar { style, value } => {
            scalar::push(out, *style, value, true);
            return Ok(());
        }
        Node::Map { .. } => ('{', '}'),
        Node::List { .. } => ('[', ']'),
    };
    out.push(open);
    for (index, entry) in node.entries().iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        if let Some((style, key)) = &entry.key {
            if key.len() > LONGEST_KEY {
                return Err(unbuilt("a key of more than 128 bytes"));
            }
            scalar::push(out, *style, key, true);
            out.push_str(": ");
        }
        flow(out, &entry.node)?;
    }
    out.push(close);
    Ok(())
}

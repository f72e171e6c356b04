//! Streams of resources, as kyaml reads and writes them (`kio.ParseAll`, `kio.StringAll`).

use std::borrow::Cow;

use gostd::GoError;
use gostd::strings::trim_space;
use yamlnode::{Document, Node, SequenceIndent, Writer};

use crate::annotations;
use crate::fields::is_empty;

/// Where a resource stands in its stream, which kyaml notes while it has it.
const INDEX: [&str; 2] = ["config.kubernetes.io/index", "internal.config.kubernetes.io/index"];
const SEQUENCE_INDENT: &str = "internal.config.kubernetes.io/seqindent";
const PATHS: [&str; 2] = ["internal.config.kubernetes.io/path", "config.kubernetes.io/path"];

/// Reads the resources of a stream, and hands them on one by one; null is none. A `List` that is alone gives its items.
///
/// # Errors
/// A separator with something behind it (before any resource is handed on), text that is no YAML, a resource that is no
/// mapping; those of `take`.
pub fn read(stream: &[u8], mut take: impl FnMut(Document) -> Result<(), GoError>) -> Result<(), GoError> {
    let stream = unix_lines(stream);
    let texts = split(&stream)?;
    let mut index = 0;
    for text in &texts {
        let document = yamlnode::read(text)
            .map_err(|error| GoError::wrap(format!("MalformedYAMLError: {}", error.text), error))?;
        let Some(mut document) = document.filter(|document| !document.root.is_null()) else { continue };
        note_index(&mut document.root, index)?;
        match Some(&mut document.root).filter(|_| texts.len() == 1).and_then(items) {
            Some(items) => {
                for root in items {
                    take(Document { root, ..Document::default() })?;
                }
            }
            None => {
                take(document)?;
                index += 1;
            }
        }
    }
    Ok(())
}

fn unix_lines(stream: &[u8]) -> Cow<'_, [u8]> {
    if !stream.windows(2).any(|pair| pair == b"\r\n") {
        return Cow::Borrowed(stream);
    }
    let mut lines = Vec::with_capacity(stream.len());
    for (i, b) in stream.iter().enumerate() {
        if *b != b'\r' || stream.get(i + 1) != Some(&b'\n') {
            lines.push(*b);
        }
    }
    Cow::Owned(lines)
}

/// Splits a stream at the lines that begin with dashes, but for its first line and a last one without an end.
fn split(stream: &[u8]) -> Result<Vec<&[u8]>, GoError> {
    let mut texts = Vec::new();
    let (mut start, mut end) = (0, 0);
    // A line break parts either two lines or a document from a separator.
    let mut may_separate = false;
    for line in stream.split_inclusive(|b| *b == b'\n') {
        let separator = line.strip_prefix(b"---").filter(|_| may_separate && line.ends_with(b"\n"));
        may_separate = separator.is_none();
        if let Some(rest) = separator.map(trim_space) {
            if !rest.is_empty() && !rest.starts_with(b"#") {
                let line = String::from_utf8_lossy(trim_space(line)).into_owned();
                return Err(GoError::new(format!("invalid document separator: {line}")));
            }
            texts.push(&stream[start..end]);
            start = end + line.len();
        }
        end += line.len();
    }
    if !stream.is_empty() {
        texts.push(&stream[start..]);
    }
    Ok(texts)
}

fn note_index(root: &mut Node, index: usize) -> Result<(), GoError> {
    annotations::copy_renamed(root)?;
    for name in INDEX {
        annotations::put(root, name, index.to_string().as_bytes())?;
    }
    Ok(())
}

/// Takes the items out of a list; none of other resources.
fn items(root: &mut Node) -> Option<Vec<Node>> {
    let kind = root.field(b"kind").filter(|kind| !is_empty(kind))?;
    if !matches!(kind.value.as_slice(), b"List" | b"ResourceList") {
        return None;
    }
    match root.field_mut(b"items") {
        Some(items) => Some(std::mem::take(&mut items.content)),
        None => root.field(b"functionConfig").map(|_| Vec::new()),
    }
}

/// Resources on their way back into a stream.
#[derive(Default)]
pub struct Resources {
    writer: Writer,
    count: usize,
    /// The first one asks to be written as JSON, which is granted to one that is alone.
    json: bool,
}

impl Resources {
    /// Appends a resource without the notes of kyaml.
    ///
    /// # Errors
    /// Metadata or annotations that are no mapping; more text than 256 MiB.
    pub fn push(&mut self, mut document: Document) -> Result<(), GoError> {
        let root = &mut document.root;
        let path = PATHS.iter().map(|name| annotations::get(root, name)).find(|path| !path.is_empty());
        self.json |= self.count == 0 && path.is_some_and(|path| path.ends_with(b".json"));
        let sequences = match annotations::get_last(root, SEQUENCE_INDENT) {
            b"wide" => SequenceIndent::Wide,
            _ => SequenceIndent::Compact,
        };
        for name in [INDEX[1], INDEX[0], SEQUENCE_INDENT] {
            annotations::remove(root, name)?;
        }
        annotations::drop_empty(root)?;
        self.count += 1;
        match unwrapped(root) {
            Some(node) => self.writer.document(&Document { root: node, ..Document::default() }, sequences),
            None => self.writer.document(&document, sequences),
        }
    }

    /// The stream.
    ///
    /// # Errors
    /// JSON would have to be written.
    pub fn finish(self) -> Result<Vec<u8>, GoError> {
        if self.json && self.count == 1 {
            let text = "a resource with an annotation for kyaml that names a file with the ending .json, alone in what \
                        goes through a post-renderer, is not built yet in this version of Pilothouse; use helm for it";
            return Err(GoError::new(text));
        }
        Ok(self.writer.into_text())
    }
}

/// What kyaml put into a mapping because it cannot keep notes elsewhere.
fn unwrapped(root: &Node) -> Option<Node> {
    root.field(b"bareSeqNodeWrappingKey").filter(|node| !is_empty(node)).cloned()
}

//! The files of a chart as one stream for the post-renderer, and its output as files again.
//!
//! Follows `annotateAndMerge` and `splitAndDeannotate` (`pkg/action/action.go`) and the reader and writer of kyaml.

use std::collections::BTreeMap;
use std::rc::Rc;

use gostd::GoError;
use render::{Files, split_manifests};

use super::tree::{Document, Entry, Node, Style, unbuilt};
use super::{read, write};

/// Remembers where a document comes from while it is with the post-renderer.
const FILE_NAME: &str = "postrenderer.helm.sh/postrender-filename";

/// What kyaml keeps for itself and takes away when it writes.
const INTERNAL: [&str; 3] =
    ["config.kubernetes.io/index", "internal.config.kubernetes.io/index", "internal.config.kubernetes.io/seqindent"];

/// Joins all documents, each with the name of its file.
pub fn merge(files: &Files) -> Result<String, GoError> {
    let mut merged = Vec::new();
    for (path, content) in files {
        if path.rsplit('/').next().unwrap_or(path).starts_with('_') || render::manifest::is_blank(content) {
            continue;
        }
        for range in split_manifests(content) {
            let failed = |error: GoError| GoError::new(format!("parsing {path}: {}", error.text));
            for mut document in parse(&content[range]).map_err(failed)? {
                annotate(&mut document.root.node, path);
                merged.push(document);
            }
        }
    }
    write::stream(&merged)
}

/// Puts the documents of a stream back into their files; those without a name get one.
pub fn split(stream: &[u8]) -> Result<Files, GoError> {
    let failed = |error: GoError| GoError::new(format!("error parsing YAML: {}", error.text));
    let mut groups: BTreeMap<String, Vec<Document>> = BTreeMap::new();
    for (index, mut document) in parse(stream).map_err(failed)?.into_iter().enumerate() {
        let node = &mut document.root.node;
        let name = node.field("metadata").and_then(|m| m.field("annotations")).and_then(|a| a.field(FILE_NAME));
        let name = match name.map_or("", Node::text) {
            "" => format!("generated-by-postrender-{index}.yaml"),
            name => name.to_owned(),
        };
        clear(node, FILE_NAME);
        clear_empty(node);
        groups.entry(name).or_default().push(document);
    }
    let file = |(name, documents): (String, Vec<Document>)| {
        Ok((Rc::from(name.as_str()), Rc::new(write::stream(&documents)?.into_bytes())))
    };
    groups.into_iter().map(file).collect()
}

/// Reads all documents of a stream but those that are null (`kio.ParseAll`).
fn parse(stream: &[u8]) -> Result<Vec<Document>, GoError> {
    let text = std::str::from_utf8(stream).map_err(|_| unbuilt("text that is not UTF-8"))?.replace("\r\n", "\n");
    let texts = texts(&text)?;
    let mut documents = Vec::new();
    for text in &texts {
        let Some(mut document) = checked(text)? else { continue };
        let root = &mut document.root.node;
        if !matches!(root, Node::Map { .. }) {
            return Err(no_mapping(&document));
        }
        let list = matches!(root.field("kind").map_or("", Node::text), "List" | "ResourceList");
        match root.field("items") {
            Some(items) if list && texts.len() == 1 => documents.extend(items.entries().iter().map(item)),
            _ => {
                INTERNAL.iter().for_each(|name| clear(root, name));
                clear_empty(root);
                documents.push(document);
            }
        }
    }
    Ok(documents)
}

/// The words of kyaml, which only has to do with objects.
fn no_mapping(document: &Document) -> GoError {
    let kind = if matches!(document.root.node, Node::List { .. }) { "SequenceNode" } else { "ScalarNode" };
    let text = write::stream(std::slice::from_ref(document)).unwrap_or_default();
    GoError::new(format!("wrong node kind: expected MappingNode but got {kind}: node contents:\n{text}"))
}

fn item(entry: &Entry) -> Document {
    Document { root: Entry { foot: Vec::new(), ..entry.clone() } }
}

/// Splits a stream at lines that begin with dashes.
fn texts(stream: &str) -> Result<Vec<String>, GoError> {
    let mut texts = vec![String::new()];
    let mut first = true;
    for line in stream.split_inclusive('\n') {
        let separator = line.strip_prefix("---").filter(|_| !first && line.ends_with('\n'));
        first = separator.is_some();
        match separator {
            None => texts.last_mut().map(|text| text.push_str(line)).unwrap_or_default(),
            Some(rest) if rest.trim().is_empty() || rest.trim().starts_with('#') => texts.push(String::new()),
            Some(_) => return Err(GoError::new(format!("invalid document separator: {}", line.trim()))),
        }
    }
    Ok(texts)
}

/// Reads a document and makes sure that it is written with the same values.
fn checked(text: &str) -> Result<Option<Document>, GoError> {
    let value = goyaml::from_yaml(text.as_bytes()).map_err(|error| {
        let cause = error.text.strip_prefix("error converting YAML to JSON: ").unwrap_or(&error.text);
        GoError::new(format!("MalformedYAMLError: {cause}"))
    })?;
    let Some(document) = read::document(text)?.filter(|document| !document.root.node.is_null()) else {
        return if value.is_nil() { Ok(None) } else { Err(unbuilt("YAML of this form")) };
    };
    let written = write::stream(std::slice::from_ref(&document))?;
    let same = goyaml::from_yaml(written.as_bytes())
        .is_ok_and(|again| gostd::value::deep_equal(&value, &again).unwrap_or(false));
    if same { Ok(Some(document)) } else { Err(unbuilt("YAML of this form")) }
}

fn annotate(root: &mut Node, path: &str) {
    clear_empty(root);
    let value = Node::Scalar { style: Style::Single, value: path.to_owned() };
    let annotations = member(member(root, "metadata"), "annotations");
    if let Some(old) = annotations.field_mut(FILE_NAME) {
        *old = value;
    } else {
        push(annotations, Entry::named(FILE_NAME, value));
    }
}

/// The mapping with this name; a new one stands at the end.
fn member<'n>(node: &'n mut Node, name: &str) -> &'n mut Node {
    if node.field(name).is_none() {
        push(node, Entry::named(name, Node::Map { flow: false, entries: Vec::new() }));
    }
    let Node::Map { entries, .. } = node else { return node };
    let index = entries.iter().position(|entry| entry.is(name)).unwrap_or(0);
    &mut entries[index].node
}

fn push(node: &mut Node, entry: Entry) {
    if let Node::Map { entries, .. } = node {
        entries.push(entry);
    }
}

fn clear(root: &mut Node, annotation: &str) {
    if let Some(annotations) = root.field_mut("metadata").and_then(|metadata| metadata.field_mut("annotations")) {
        remove(annotations, |entry| entry.is(annotation));
    }
}

/// Removes annotations and metadata that have nothing in them.
fn clear_empty(root: &mut Node) {
    if let Some(metadata) = root.field_mut("metadata") {
        remove(metadata, |entry| entry.is("annotations") && entry.node.entries().is_empty());
    }
    remove(root, |entry| entry.is("metadata") && entry.node.entries().is_empty());
}

fn remove(node: &mut Node, unwanted: impl Fn(&Entry) -> bool) {
    if let Node::Map { entries, .. } = node {
        entries.retain(|entry| !unwanted(entry));
    }
}

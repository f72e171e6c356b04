//! Manifests: the documents of rendered files.

use std::ops::{Deref, Range};
use std::rc::Rc;

use gostd::strings::{trim_left_func, trim_space};
use gostd::unicode::is_space;

/// A part of a rendered file, shared with it.
#[derive(Clone)]
pub struct Text {
    file: Rc<Vec<u8>>,
    range: Range<usize>,
}

impl Text {
    /// Takes a whole file.
    pub fn whole(file: Rc<Vec<u8>>) -> Self {
        let range = 0..file.len();
        Text { file, range }
    }
}

impl Deref for Text {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.file[self.range.clone()]
    }
}

/// One object to install.
pub struct Manifest {
    /// The chart's path of the template, as `hello/templates/service.yaml`.
    pub path: Rc<str>,
    pub content: Text,
    pub kind: Vec<u8>,
    pub api_version: Vec<u8>,
}

/// Splits a text at every line that begins with `---`; returns the ranges of the documents that are not blank, without
/// the white space before them but with all that follows.
///
/// Follows `SplitManifests` of Helm 4.3.1 (`pkg/release/v1/util/manifest.go`, pattern `(?m)^---[ \t]*`): whatever stands
/// after the dashes on their line belongs to the next document.
pub fn split_manifests(text: &[u8]) -> Vec<Range<usize>> {
    let mut documents = Vec::new();
    let mut start = text.len() - trim_left_space(text).len();
    let mut search = start;
    loop {
        let separator = next_separator(text, search);
        let end = separator.unwrap_or(text.len());
        push_document(text, start..end, &mut documents);
        let Some(at) = separator else { return documents };
        let dashes = at + 3;
        let blanks = text[dashes..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        start = dashes + blanks;
        search = start;
    }
}

/// Returns where the next line that begins with `---` starts; `from` itself counts only as the start of a line.
fn next_separator(text: &[u8], from: usize) -> Option<usize> {
    let at_line_start = from == 0 || text[from - 1] == b'\n' || only_space_before(text, from);
    if at_line_start && text[from..].starts_with(b"---") {
        return Some(from);
    }
    memchr::memmem::find(&text[from..], b"\n---").map(|at| from + at + 1)
}

/// The text is trimmed before it is split, so its first visible byte starts a line for the pattern.
fn only_space_before(text: &[u8], from: usize) -> bool {
    text.len() - trim_left_space(text).len() == from
}

fn push_document(text: &[u8], range: Range<usize>, documents: &mut Vec<Range<usize>>) {
    let document = &text[range.clone()];
    let visible = trim_left_space(document);
    if !visible.is_empty() {
        documents.push(range.end - visible.len()..range.end);
    }
}

fn trim_left_space(text: &[u8]) -> &[u8] {
    trim_left_func(text, is_space)
}

/// Reports whether a rendered file is blank.
pub fn is_blank(text: &[u8]) -> bool {
    trim_space(text).is_empty()
}

/// Returns the documents of a rendered file.
pub(crate) fn documents(file: &Rc<Vec<u8>>) -> Vec<Text> {
    split_manifests(file).into_iter().map(|range| Text { file: file.clone(), range }).collect()
}

#[cfg(test)]
mod tests {
    use super::split_manifests;

    #[test]
    fn every_line_of_three_dashes_ends_a_document() {
        for (text, want) in [
            ("", &[][..]),
            ("a: 1\n", &["a: 1\n"]),
            ("---\na: 1\n---\nb: 2\n", &["a: 1\n", "b: 2\n"]),
            ("---apiVersion: v1\n", &["apiVersion: v1\n"]),
            ("--- # c\nx: 1", &["# c\nx: 1"]),
            ("a\n----\nb", &["a\n", "-\nb"]),
            ("a\n ---\nb", &["a\n ---\nb"]),
            ("a\n---\n---\n\n---\nb", &["a\n", "b"]),
            ("  \n---\na", &["a"]),
            (" ---\na", &["a"]),
            ("a: 1\n\n\n---\r\nb", &["a: 1\n\n\n", "b"]),
            ("------\n", &["---\n"]),
        ] {
            let got: Vec<_> = split_manifests(text.as_bytes()).into_iter().map(|r| &text[r]).collect();
            assert_eq!(got, want, "{text:?}");
        }
    }
}

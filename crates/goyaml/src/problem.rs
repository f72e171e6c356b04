//! What is wrong with a document, and the line that go-yaml tells for it.

use std::borrow::Cow;

use gostd::GoError;

/// A failed read of a YAML document, before it becomes an error text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    text: Cow<'static, str>,
    /// The line to print; 0 prints none.
    line: usize,
    /// Something is too large for us.
    exceeded: bool,
}

impl Problem {
    /// Makes a problem of a document that is too large.
    pub fn too_large(text: impl Into<Cow<'static, str>>) -> Self {
        Problem { exceeded: true, ..Problem::plain(text) }
    }

    /// Makes a problem whose text names no line: go-yaml's reader and its decoder know none.
    pub fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        Problem { text: text.into(), line: 0, exceeded: false }
    }

    /// Makes a problem of the scanner, found on `line` (first = 0). go-yaml counts from 1 here, but tells no first line.
    pub fn scanner(line: usize, text: impl Into<Cow<'static, str>>) -> Self {
        Problem { text: text.into(), line: if line == 0 { 0 } else { line + 1 }, exceeded: false }
    }

    /// Makes a problem of the parser, found on `line` (first = 0), which go-yaml prints as it is: one too low.
    pub fn parser(line: usize, text: impl Into<Cow<'static, str>>) -> Self {
        Problem { text: text.into(), line, exceeded: false }
    }
}

impl From<Problem> for GoError {
    fn from(problem: Problem) -> Self {
        match problem.line {
            0 if problem.exceeded => gostd::limits::exceeded(format!("yaml: {}", problem.text)),
            0 => GoError::new(format!("yaml: {}", problem.text)),
            line => GoError::new(format!("yaml: line {line}: {}", problem.text)),
        }
    }
}

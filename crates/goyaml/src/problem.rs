//! What is wrong with a document, and the line that go-yaml tells for it.

use std::borrow::Cow;

use gostd::GoError;

/// A failed read of a YAML document, before it becomes an error text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    text: Cow<'static, str>,
    /// The line to print; 0 prints none.
    line: usize,
    /// The line that version 3 prints instead, of what the problem is in; 0 is the same line.
    context: usize,
    scanner: bool,
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
        Problem { text: text.into(), line: 0, context: 0, scanner: false, exceeded: false }
    }

    /// Makes a problem of the scanner, found on `line` (first = 0). go-yaml counts from 1 here, but tells no first line.
    pub fn scanner(line: usize, text: impl Into<Cow<'static, str>>) -> Self {
        Problem { text: text.into(), line: if line == 0 { 0 } else { line + 1 }, scanner: true, ..Problem::plain("") }
    }

    /// Makes a problem of the parser, found on `line` (first = 0), which go-yaml prints as it is: one too low.
    pub fn parser(line: usize, text: impl Into<Cow<'static, str>>) -> Self {
        Problem { text: text.into(), line, ..Problem::plain("") }
    }

    /// Adds the line where that begins which the problem is in (first = 0).
    pub fn within(mut self, line: usize) -> Self {
        self.context = if line == 0 { 0 } else { line + usize::from(self.scanner) };
        self
    }

    /// The error of version 3.
    pub fn into_v3(mut self) -> GoError {
        if self.context != 0 {
            self.line = self.context;
        }
        self.into()
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

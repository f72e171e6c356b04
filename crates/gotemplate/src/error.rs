//! Where execution failed: what Go puts into the text, and what a diagnostic needs beyond it.

use std::rc::Rc;

use gostd::Str;

/// A text that templates were parsed from.
pub struct Source {
    /// The name given to `parse`: a file's path, or `gotpl` for `tpl`.
    pub name: String,
    pub text: Str,
}

impl Source {
    /// Returns line (from 1) and column (in bytes, from 0) of an offset, as Go counts them.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset.min(self.text.len())];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        (1 + before.iter().filter(|b| **b == b'\n').count(), before.len() - line_start)
    }
}

/// Attached to every [`GoError`](gostd::GoError) that the engine itself made (Go's `template.ExecError`).
pub struct ExecDetail {
    /// The name of the template that ran: a file's path or a definition's name.
    pub template: Str,
    pub source: Rc<Source>,
    /// Byte offset of the node that failed.
    pub offset: usize,
    /// The node as Go prints it.
    pub context: String,
    /// What stood where something else was needed, in words, where that helps.
    pub found: Option<String>,
}

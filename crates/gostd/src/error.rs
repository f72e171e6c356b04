//! A Go error value: its text, what it wraps, and whether template execution made it.

use std::fmt;
use std::rc::Rc;

use crate::value::{Object, Value};

/// A Go `error`: the text that `Error()` returns, and the chain that `errors.Unwrap` walks.
///
/// The text is complete, as in Go: it already contains the text of what it wraps.
#[derive(Clone)]
pub struct GoError {
    pub text: String,
    /// What `errors.Unwrap` returns.
    pub source: Option<Box<GoError>>,
    /// A payload that a higher layer attached (the template engine: where it happened), found by downcast.
    pub detail: Option<Rc<dyn std::any::Any>>,
}

impl GoError {
    /// Makes an error that wraps nothing, as `errors.New` does.
    pub fn new(text: impl Into<String>) -> Self {
        GoError { text: text.into(), source: None, detail: None }
    }

    /// Makes an error as `fmt.Errorf("…%w", source)` does; `text` is the whole text.
    pub fn wrap(text: impl Into<String>, source: GoError) -> Self {
        GoError { text: text.into(), source: Some(Box::new(source)), detail: None }
    }
}

impl fmt::Display for GoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for GoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GoError").field("text", &self.text).field("source", &self.source).finish_non_exhaustive()
    }
}

impl std::error::Error for GoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}

impl From<String> for GoError {
    fn from(text: String) -> Self {
        GoError::new(text)
    }
}

impl From<&str> for GoError {
    fn from(text: &str) -> Self {
        GoError::new(text)
    }
}

/// Go errors are values too: a template may print one or compare it with nil.
impl Object for GoError {
    fn go_type(&self) -> &'static str {
        "*errors.errorString"
    }

    fn display(&self) -> Option<String> {
        Some(self.text.clone())
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        vec![("s", "-", Value::from(self.text.clone()))]
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

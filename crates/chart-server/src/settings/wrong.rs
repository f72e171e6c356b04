//! Why a server cannot be started as it was asked to.

use std::fmt;

/// A setting that makes no sense, in words for the person who gave it.
#[derive(Debug)]
pub struct Wrong {
    text: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Wrong {
    pub fn new(text: impl Into<String>) -> Self {
        Wrong { text: text.into(), source: None }
    }

    /// Returns the error with what caused it.
    pub fn because(text: impl Into<String>, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Wrong { text: text.into(), source: Some(Box::new(source)) }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Wrong {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

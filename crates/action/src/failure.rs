//! Why an operation failed.

use gostd::GoError;
use release::Release;
use render::RenderError;

use crate::port::NotRecorded;

/// A failed operation, and the release as far as it came: `--debug` shows it.
pub struct Failed {
    pub fault: Fault,
    pub release: Option<Box<Release>>,
    /// What the user can do about it, in lines of our own after Helm's.
    pub hint: Option<String>,
}

/// What failed.
pub enum Fault {
    /// A template; has more to tell than its text.
    Template(Box<RenderError>),
    Other(GoError),
}

impl Fault {
    pub fn text(&self) -> &str {
        match self {
            Fault::Template(error) => &error.text,
            Fault::Other(error) => &error.text,
        }
    }
}

impl From<GoError> for Failed {
    fn from(error: GoError) -> Self {
        Failed { fault: Fault::Other(error), release: None, hint: None }
    }
}

impl From<String> for Failed {
    fn from(text: String) -> Self {
        GoError::new(text).into()
    }
}

impl From<&str> for Failed {
    fn from(text: &str) -> Self {
        GoError::new(text).into()
    }
}

impl From<NotRecorded> for Failed {
    fn from(error: NotRecorded) -> Self {
        error.error.into()
    }
}

impl Failed {
    /// Puts words before the text.
    pub fn within(mut self, words: &str) -> Self {
        let text = format!("{words}: {}", self.fault.text());
        self.fault = match self.fault {
            Fault::Template(error) => Fault::Template(Box::new(RenderError { text, ..*error })),
            Fault::Other(error) => Fault::Other(GoError::wrap(text, error)),
        };
        self
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn with(mut self, release: Release) -> Self {
        self.release = Some(Box::new(release));
        self
    }
}

/// Puts words before an error.
pub(crate) fn within(words: &str, error: GoError) -> GoError {
    GoError::wrap(format!("{words}: {}", error.text), error)
}

/// Joins errors as Helm does (`pkg/action/uninstall.go`, `joinErrors`); what the first has to explain is kept.
pub(crate) fn joined(errors: &[GoError], separator: &str) -> GoError {
    let texts: Vec<&str> = errors.iter().map(|error| error.text.as_str()).collect();
    let links = errors.iter().flat_map(|error| std::iter::successors(Some(error), |link| link.source.as_deref()));
    let detail = links.filter_map(|link| link.detail.clone()).next();
    GoError { detail, ..GoError::new(texts.join(separator)) }
}

//! What can go wrong with a cluster, with the texts that Helm and kubectl print.

use std::fmt;

use serde_json::Value;

/// The API server's own words: a `Status` object, or what stands for one.
///
/// Source: k8s.io/apimachinery pkg/api/errors.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The HTTP status code.
    pub code: u16,
    /// `NotFound`, `Conflict`, …; empty where the server gave none.
    pub reason: String,
    pub message: String,
    /// `details` of the status: causes, the kind and name, seconds to wait.
    pub details: Value,
}

impl ApiError {
    pub fn is_not_found(&self) -> bool {
        self.is("NotFound", 404)
    }

    /// Also says yes to a 409 of an unknown reason, but not to `AlreadyExists`.
    pub fn is_conflict(&self) -> bool {
        self.is("Conflict", 409)
    }

    pub fn is_already_exists(&self) -> bool {
        self.reason == "AlreadyExists"
    }

    pub fn is_forbidden(&self) -> bool {
        self.is("Forbidden", 403)
    }

    pub fn is_invalid(&self) -> bool {
        self.is("Invalid", 422)
    }

    fn is(&self, reason: &str, code: u16) -> bool {
        self.reason == reason || (matches!(self.reason.as_str(), "" | "Unknown") && self.code == code)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

/// A failure; its text is the whole text that Helm shows, causes included.
#[derive(Clone, Debug)]
pub enum Error {
    /// The server answered with an error.
    Api(ApiError),
    /// The kubeconfig or a setting is of no use.
    Config(String),
    /// No answer came: the text as Go's HTTP client has it.
    Transport(String),
    /// The caller's token was set.
    Cancelled,
    /// The time given ran out.
    TimedOut,
    /// Something else, in words.
    Plain(String),
    /// Words before the text of another failure.
    Context { text: String, source: Box<Error> },
    /// Several failures, with what stands between their texts.
    Several { errors: Vec<Error>, between: &'static str },
}

impl Error {
    pub fn plain(text: impl Into<String>) -> Self {
        Error::Plain(text.into())
    }

    /// Puts `TEXT: ` before the failure's text.
    pub fn context(text: impl Into<String>, source: Error) -> Self {
        Error::Context { text: text.into(), source: Box::new(source) }
    }

    /// Joins failures; none gives none, and one stays itself.
    pub(crate) fn several(mut errors: Vec<Error>, between: &'static str) -> Option<Self> {
        match errors.len() {
            0 | 1 => errors.pop(),
            _ => Some(Error::Several { errors, between }),
        }
    }

    /// Joins failures as `utilerrors.NewAggregate` does: `[a, b]`, each text once.
    pub(crate) fn aggregate(mut errors: Vec<Error>) -> Option<Self> {
        if errors.len() < 2 {
            return errors.pop();
        }
        let mut texts: Vec<String> = Vec::new();
        for text in errors.iter().map(Error::to_string) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        Some(match texts.as_slice() {
            [single] => Error::Plain(single.clone()),
            several => Error::Plain(format!("[{}]", several.join(", "))),
        })
    }

    /// Returns the server's answer behind this failure, the first where there are several.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Error::Api(error) => Some(error),
            Error::Context { source, .. } => source.api(),
            Error::Several { errors, .. } => errors.iter().find_map(Error::api),
            _ => None,
        }
    }

    pub fn is_not_found(&self) -> bool {
        self.api().is_some_and(ApiError::is_not_found)
    }

    pub fn is_conflict(&self) -> bool {
        self.api().is_some_and(ApiError::is_conflict)
    }

    /// Says whether the caller's token was the reason.
    pub fn is_cancelled(&self) -> bool {
        match self {
            Error::Cancelled => true,
            Error::Context { source, .. } => source.is_cancelled(),
            Error::Several { errors, .. } => errors.iter().any(Error::is_cancelled),
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Api(error) => error.fmt(f),
            Error::Config(text) | Error::Transport(text) | Error::Plain(text) => f.write_str(text),
            Error::Cancelled => f.write_str("context canceled"),
            Error::TimedOut => f.write_str("context deadline exceeded"),
            Error::Context { text, source } => write!(f, "{text}: {source}"),
            Error::Several { errors, between } => {
                for (index, error) in errors.iter().enumerate() {
                    if index > 0 {
                        f.write_str(between)?;
                    }
                    error.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Api(error) => Some(error),
            Error::Context { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Error::Api(error)
    }
}

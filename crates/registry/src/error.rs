//! What goes wrong with registries, in the words of Helm and of the library that it uses (oras.land/oras-go 2.6.2).

use std::fmt;

use gostd::GoError;

/// An error whose text is complete. Unlike [`GoError`] it crosses threads: parts of a chart travel at the same time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    pub text: String,
    pub kind: Kind,
}

/// What a caller may do about an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The registry does not have it.
    NotFound,
    /// Past one of our limits.
    Limit,
    /// A file of credentials that cannot be read.
    Credentials,
    Other,
}

impl Error {
    pub fn new(text: impl Into<String>) -> Self {
        Error { text: text.into(), kind: Kind::Other }
    }

    pub fn not_found(text: impl fmt::Display) -> Self {
        Error { text: format!("{text}: not found"), kind: Kind::NotFound }
    }

    pub fn limit(text: impl Into<String>) -> Self {
        Error { text: text.into(), kind: Kind::Limit }
    }

    /// Puts words before the text, as `fmt.Errorf("…: %w")` does.
    pub fn within(self, words: impl fmt::Display) -> Self {
        Error { text: format!("{words}: {}", self.text), kind: self.kind }
    }
}

/// Whose fault it is that a copy failed (`CopyErrorOrigin`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Source,
    Destination,
}

/// Says at which step a copy failed, as oras-go's `CopyError` does; for `map_err`.
pub fn step(name: &'static str, side: Side) -> impl Fn(Error) -> Error {
    let side = match side {
        Side::Source => "source",
        Side::Destination => "destination",
    };
    move |error| error.within(format_args!("failed to perform {name:?} on {side}"))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

impl From<GoError> for Error {
    fn from(error: GoError) -> Self {
        Error::new(error.text)
    }
}

impl From<Error> for GoError {
    fn from(error: Error) -> Self {
        GoError::new(error.text)
    }
}

//! What can go wrong with a store, sorted by what a server answers.

use std::{fmt, io};

use gostd::GoError;

/// Why the store did not do what it was asked.
#[derive(Debug)]
pub enum Error {
    /// There is no such thing (404).
    Unknown(Missing),
    /// It is there already and may not be replaced (409).
    Exists(String),
    /// What was sent is no chart, provenance, manifest, name or digest (400); the text is the reader's.
    Invalid(String),
    /// The digest is not that of the content (400).
    Mismatch,
    /// A manifest names blobs or manifests that the repository does not have (400): their digests.
    References(Vec<String>),
    /// A chunk does not follow the one before it (416): how many bytes there are.
    OutOfOrder(u64),
    /// More bytes than allowed (413).
    TooLarge { limit: u64 },
    /// The tenant may not have more (507).
    Quota(Quota),
    /// Another process works on the same thing, even after several attempts (503).
    Busy,
    /// A file of others is not what it was any more, and is looked at anew (503).
    Changed,
    /// The disk is full (507).
    Full(io::Error),
    /// The body that was being kept broke off (400).
    Body(io::Error),
    /// The blob store failed (500).
    Blobs { what: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// The rows failed (500).
    Rows { what: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
    /// The store cannot be opened as configured.
    Config(String),
}

/// What is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Repository,
    Manifest,
    Blob,
    Upload,
    Chart,
    Version,
    File,
}

/// A limit of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Packages and provenance files, as ChartMuseum counts them.
    Objects,
}

impl Error {
    /// Says that content is wrong.
    pub fn invalid(text: impl Into<String>) -> Self {
        Error::Invalid(text.into())
    }

    /// Says what Helm says of content.
    pub(crate) fn of_go(error: GoError) -> Self {
        Error::Invalid(error.text)
    }

    /// An error of the local disk, told apart by whether there is room.
    pub(crate) fn disk(what: impl Into<String>, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full(error),
            _ => Error::Blobs { what: what.into(), source: Box::new(error) },
        }
    }

    pub(crate) fn remote(what: impl Into<String>, error: object_store::Error) -> Self {
        Error::Blobs { what: what.into(), source: Box::new(error) }
    }

    pub(crate) fn rows(what: &'static str, error: sqlx::Error) -> Self {
        // 13 is SQLITE_FULL, 53100 PostgreSQL's disk_full.
        let code = error.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        match code.as_deref() {
            Some("13" | "53100") => Error::Full(io::Error::new(io::ErrorKind::StorageFull, error)),
            _ => Error::Rows { what, source: Box::new(error) },
        }
    }

    /// Rows that should be there, or hold something else, are not as this program writes them.
    pub(crate) fn torn(what: &'static str) -> Self {
        Error::Rows { what, source: "a row is not as expected".into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unknown(missing) => write!(f, "{missing} not found"),
            Error::Exists(what) => write!(f, "{what} already exists"),
            Error::Invalid(text) => f.write_str(text),
            Error::Mismatch => f.write_str("the content does not have the given digest"),
            Error::References(digests) => write!(f, "unknown to the repository: {}", digests.join(", ")),
            Error::OutOfOrder(size) => write!(f, "the next chunk starts at byte {size}"),
            Error::TooLarge { limit } => write!(f, "more than {limit} bytes"),
            Error::Quota(Quota::Objects) => f.write_str("repo has reached storage limit"),
            Error::Busy => f.write_str("another process is working on this, try again"),
            Error::Changed => f.write_str("the file was changed by hand and is being looked at, try again"),
            Error::Full(_) => f.write_str("the disk is full"),
            Error::Body(_) => f.write_str("the body could not be read"),
            Error::Blobs { what, .. } => f.write_str(what),
            Error::Rows { what, .. } => f.write_str(what),
            Error::Config(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Missing::Repository => "repository",
            Missing::Manifest => "manifest",
            Missing::Blob => "blob",
            Missing::Upload => "upload",
            Missing::Chart => "chart",
            Missing::Version => "chart version",
            Missing::File => "object",
        })
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Full(error) | Error::Body(error) => Some(error),
            Error::Blobs { source, .. } | Error::Rows { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}

//! Why a record could not be read or written, in Helm's words.

use std::fmt;

use gostd::GoError;

/// Errors of `pkg/storage/driver/driver.go`; the text of each is complete.
#[derive(Clone, Debug)]
pub enum StorageError {
    NotFound,
    Exists,
    InvalidKey,
    /// There are records of this release, but none is deployed.
    NoDeployed(String),
    Other(GoError),
}

impl StorageError {
    pub fn is_not_found(&self) -> bool {
        matches!(self, StorageError::NotFound)
    }

    pub fn is_no_deployed(&self) -> bool {
        matches!(self, StorageError::NoDeployed(_))
    }

    pub(crate) fn other(text: impl Into<String>) -> Self {
        StorageError::Other(GoError::new(text))
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StorageError::NotFound => f.write_str("release: not found"),
            StorageError::Exists => f.write_str("release: already exists"),
            StorageError::InvalidKey => f.write_str("release: invalid key"),
            StorageError::NoDeployed(name) => {
                let name = gostd::strconv::quote(name.as_bytes());
                write!(f, "{} has no deployed releases", String::from_utf8_lossy(&name))
            }
            StorageError::Other(error) => f.write_str(&error.text),
        }
    }
}

impl std::error::Error for StorageError {}

impl From<GoError> for StorageError {
    fn from(error: GoError) -> Self {
        StorageError::Other(error)
    }
}

impl From<StorageError> for GoError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Other(error) => error,
            plain => GoError::new(plain.to_string()),
        }
    }
}

//! What ends a command: the message for the user and the exit code.

use gostd::GoError;

/// A failed command.
pub struct Failure {
    /// The text after `Error: `; empty when everything was said already.
    pub message: String,
    pub exit_code: u8,
    /// More for a reader on a terminal or with `--explain`: source lines, the chain of includes.
    pub explanation: Option<String>,
}

impl Failure {
    pub fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), exit_code: 1, explanation: None }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure::new(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Failure::new(message)
    }
}

impl From<GoError> for Failure {
    fn from(error: GoError) -> Self {
        Failure::new(error.text)
    }
}

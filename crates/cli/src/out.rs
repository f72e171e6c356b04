//! Writing to stdout.

use std::io::{ErrorKind, Write};

use crate::failure::Failure;

/// Writes all bytes at once, without a second buffer.
///
/// # Errors
/// A closed pipe ends the command quietly with exit code 1; anything else is said.
pub fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure { message: String::new(), exit_code: 1, explanation: None },
        _ => Failure::new(format!("cannot write to stdout: {error}")),
    })
}

//! The texts of Go's `*fs.PathError`.

use std::io;
use std::path::Path;

use gostd::GoError;

/// Returns the error as Go prints it: `open /x: permission denied`.
pub fn path_error(operation: &str, path: &Path, error: &io::Error) -> GoError {
    GoError::new(format!("{operation} {}: {}", path.to_string_lossy(), reason(error)))
}

/// Returns Go's text of a system error: that of the C library, in lower case, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    match text.chars().next() {
        Some(first) => format!("{}{}", first.to_lowercase(), &text[first.len_utf8()..]),
        None => String::new(),
    }
}

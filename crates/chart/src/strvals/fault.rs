//! Why reading a key stopped.

use gostd::{GoError, Value};

/// The end of the text, which is no error, or an error.
pub enum Fault {
    End,
    Error(GoError),
}

impl Fault {
    pub fn new(text: impl Into<String>) -> Self {
        Fault::Error(GoError::new(text))
    }

    /// The error of a Go type assertion that fails, after `recover`.
    pub fn conversion(found: &Value, wanted: &str) -> Self {
        let found = if found.is_nil() { "nil" } else { found.go_type() };
        Fault::new(format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}"))
    }

    /// Puts a text before the error, as `%w` does: the end of the text stays recognised.
    pub fn within(self, text: &str) -> Self {
        match self {
            Fault::End => Fault::End,
            Fault::Error(error) => Fault::Error(GoError::wrap(format!("{text}: {}", error.text), error)),
        }
    }
}

/// Quotes as `%q` of a Go string.
pub fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

/// Quotes as `%q` of a slice of runes.
pub fn quoted_runes(text: &str) -> String {
    let runes: Vec<_> =
        text.chars().map(|c| String::from_utf8_lossy(&gostd::strconv::quote_rune(u32::from(c))).into_owned()).collect();
    format!("[{}]", runes.join(" "))
}

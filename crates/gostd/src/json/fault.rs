//! Texts of syntax errors.

use crate::GoError;
use crate::strconv::{append_quote, quote_rune};
use crate::strings::{decode_rune, rune_count, runes};
use crate::unicode::{REPLACEMENT, is_print, is_space};

/// Why a text is no JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// It stops too early.
    End,
    /// The values take too much memory.
    Heavy,
    Text(Box<str>),
}

impl Fault {
    /// `invalid character 'x' WHERE`.
    pub fn character(at: &[u8], place: &str) -> Self {
        let (_, width) = decode_rune(at);
        Fault::invalid("character", at.get(..width).unwrap_or_default(), place)
    }

    /// ``invalid escape sequence `\x` in string``.
    pub fn escape(text: &[u8]) -> Self {
        Fault::invalid("escape sequence", text, "in string")
    }

    pub fn depth() -> Self {
        Fault::Text("exceeded max depth".into())
    }

    fn invalid(label: &str, text: &[u8], place: &str) -> Self {
        Fault::Text(format!("invalid {label} {} {place}", shown(text)).into())
    }

    /// The error of `json.Unmarshal`.
    pub fn error(self) -> GoError {
        match self {
            Fault::End => GoError::new("unexpected end of JSON input"),
            Fault::Heavy => crate::limits::exceeded(crate::limits::TOO_HEAVY),
            Fault::Text(text) => GoError::new(text.into_string()),
        }
    }
}

/// Quotes wrong text: one character as a Go rune, more between backquotes if they can stand there.
fn shown(text: &[u8]) -> String {
    if rune_count(text) == 1 {
        return match decode_rune(text) {
            (REPLACEMENT, 1) => format!("'\\x{:x}'", text.first().copied().unwrap_or_default()),
            (rune, _) => String::from_utf8_lossy(&quote_rune(rune)).into_owned(),
        };
    }
    let backquote = u32::from(b'`');
    let awkward = |rune| rune == backquote || rune == REPLACEMENT || is_space(rune) || !is_print(rune);
    if runes(text).any(|(_, rune, _)| awkward(rune)) {
        let mut quoted = Vec::new();
        append_quote(&mut quoted, text);
        return String::from_utf8_lossy(&quoted).into_owned();
    }
    format!("`{}`", String::from_utf8_lossy(text))
}

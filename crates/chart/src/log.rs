//! What loading and values tell the user beside their result, and the text form of Go's `log/slog` that Helm prints.

use gostd::strconv::append_quote;
use gostd::strings::decode_rune;
use gostd::unicode::{is_print, is_space};

/// How serious a record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }
}

/// Where records go: a message and fields, each a key and the text of its value. The cli prints them to stderr as
/// [`append_record`] writes them; debug records only when asked.
pub trait Log {
    fn debug(&mut self, msg: &str, fields: &[(&str, &str)]);
    fn info(&mut self, msg: &str, fields: &[(&str, &str)]);
    fn warn(&mut self, msg: &str, fields: &[(&str, &str)]);
    fn error(&mut self, msg: &str, fields: &[(&str, &str)]);
}

/// A log that forgets.
pub struct Silent;

impl Log for Silent {
    fn debug(&mut self, _: &str, _: &[(&str, &str)]) {}
    fn info(&mut self, _: &str, _: &[(&str, &str)]) {}
    fn warn(&mut self, _: &str, _: &[(&str, &str)]) {}
    fn error(&mut self, _: &str, _: &[(&str, &str)]) {}
}

/// A log that keeps what Helm prints without `--debug`, a line each.
#[derive(Default)]
pub struct Lines(pub Vec<u8>);

impl Log for Lines {
    fn debug(&mut self, _: &str, _: &[(&str, &str)]) {}

    fn info(&mut self, msg: &str, fields: &[(&str, &str)]) {
        append_record(&mut self.0, Level::Info, msg, fields);
    }

    fn warn(&mut self, msg: &str, fields: &[(&str, &str)]) {
        append_record(&mut self.0, Level::Warn, msg, fields);
    }

    fn error(&mut self, msg: &str, fields: &[(&str, &str)]) {
        append_record(&mut self.0, Level::Error, msg, fields);
    }
}

/// Appends a record as a line: `level=WARN msg="returned non-bool value" path=a.enabled chart=a`.
///
/// Follows `slog.TextHandler` of Go 1.27 without the time, as Helm's `internal/logging` sets it up.
pub fn append_record(out: &mut Vec<u8>, level: Level, msg: &str, fields: &[(&str, &str)]) {
    out.extend_from_slice(b"level=");
    out.extend_from_slice(level.name().as_bytes());
    out.extend_from_slice(b" msg=");
    append_text(out, msg.as_bytes());
    for (key, value) in fields {
        out.push(b' ');
        append_text(out, key.as_bytes());
        out.push(b'=');
        append_text(out, value.as_bytes());
    }
    out.push(b'\n');
}

fn append_text(out: &mut Vec<u8>, text: &[u8]) {
    match needs_quotes(text) {
        true => append_quote(out, text),
        false => out.extend_from_slice(text),
    }
}

/// Everything that JSON would escape but the backslash, spaces, `=`, and what cannot be printed.
fn needs_quotes(text: &[u8]) -> bool {
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if first.is_ascii() {
            if matches!(first, 0..=b' ' | b'"' | b'=') {
                return true;
            }
            rest = tail;
            continue;
        }
        let (rune, size) = decode_rune(rest);
        if rune == 0xFFFD || is_space(rune) || !is_print(rune) {
            return true;
        }
        rest = rest.get(size..).unwrap_or_default();
    }
    text.is_empty()
}

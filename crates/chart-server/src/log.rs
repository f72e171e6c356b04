//! The log: a line for each thing that happened, in the form of ChartMuseum's (zap), on stderr.

use std::fmt::Display;
use std::io::Write;
use std::sync::Mutex;

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::settings::LogSettings;

/// How much a line matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// Where lines go.
pub struct Log {
    settings: LogSettings,
    out: Mutex<Box<dyn Write + Send>>,
}

impl Log {
    /// Writes to stderr.
    pub fn new(settings: LogSettings) -> Self {
        Log::to(settings, Box::new(std::io::stderr()))
    }

    /// Writes to somewhere else.
    pub fn to(settings: LogSettings, out: Box<dyn Write + Send>) -> Self {
        Log { settings, out: Mutex::new(out) }
    }

    pub fn settings(&self) -> LogSettings {
        self.settings
    }

    pub fn info(&self, message: &str, fields: &[(&str, Value)]) {
        self.line(Level::Info, message, fields);
    }

    pub fn warn(&self, message: &str, fields: &[(&str, Value)]) {
        self.line(Level::Warn, message, fields);
    }

    pub fn error(&self, message: &str, fields: &[(&str, Value)]) {
        self.line(Level::Error, message, fields);
    }

    /// Writes one line, whole. That it cannot be written is nothing a server can do something about.
    pub fn line(&self, level: Level, message: impl Display, fields: &[(&str, impl Serialize)]) {
        if level == Level::Debug && !self.settings.debug {
            return;
        }
        let line = Line { level, time: Timestamp::now(), message, fields };
        let text = if self.settings.json { line.json() } else { line.text() };
        if let Ok(mut out) = self.out.lock() {
            let _ = out.write_all(&text);
        }
    }
}

/// Bytes of most lines.
const LINE_BYTES: usize = 512;
/// Times have milliseconds, as `2026-01-31T12:00:00.250Z`.
const TIMES: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// What a line says. That it cannot be written to memory does not happen.
struct Line<'a, M, V> {
    level: Level,
    time: Timestamp,
    message: M,
    fields: &'a [(&'a str, V)],
}

impl<M: Display, V: Serialize> Line<'_, M, V> {
    fn json(&self) -> Vec<u8> {
        let mut line = Vec::with_capacity(LINE_BYTES);
        let _ = serde_json::to_writer(&mut line, &Object { line: self, is_whole: true });
        line.push(b'\n');
        line
    }

    fn text(&self) -> Vec<u8> {
        let mut line = Vec::with_capacity(LINE_BYTES);
        let _ = TIMES.print_timestamp(&self.time, &mut line);
        let _ = write!(line, "\t{}\t{}", self.level.word(), self.message);
        if !self.fields.is_empty() {
            line.push(b'\t');
            let _ = serde_json::to_writer(&mut line, &Object { line: self, is_whole: false });
        }
        line.push(b'\n');
        line
    }
}

/// The fields of a line, by their names, and before them what else is in it.
struct Object<'a, M, V> {
    line: &'a Line<'a, M, V>,
    is_whole: bool,
}

impl<M: Display, V: Serialize> Serialize for Object<'_, M, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Line { level, time, message, fields } = self.line;
        let mut map = serializer.serialize_map(None)?;
        if self.is_whole {
            map.serialize_entry("L", level.word())?;
            map.serialize_entry("T", &TIMES.timestamp_to_string(time))?;
            map.serialize_entry("M", &Words(message))?;
        }
        let mut sorted: Vec<&(&str, V)> = fields.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in sorted {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct Words<'a, M>(&'a M);

impl<M: Display> Serialize for Words<'_, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        }
    }
}

/// Returns an error with all that caused it, for the log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lines_are_text_or_json_and_never_broken() {
        let fields = [("statusCode", json!(200)), ("path", json!("/a\n/b\""))];
        let time = Timestamp::from_millisecond(1_000_000_000_250).expect("a time");
        let line = Line { level: Level::Info, time, message: "[1] \"Request\" served", fields: &fields };
        assert_eq!(
            String::from_utf8(line.text()).expect("text"),
            "2001-09-09T01:46:40.250Z\tINFO\t[1] \"Request\" served\t{\"path\":\"/a\\n/b\\\"\",\"statusCode\":200}\n"
        );
        assert_eq!(
            String::from_utf8(line.json()).expect("text"),
            "{\"L\":\"INFO\",\"T\":\"2001-09-09T01:46:40.250Z\",\"M\":\"[1] \\\"Request\\\" served\",\"path\":\"/a\\n/b\\\"\",\"statusCode\":200}\n"
        );
        let bare = Line::<_, Value> { level: Level::Warn, time, message: "Stopped", fields: &[] };
        assert_eq!(bare.text(), b"2001-09-09T01:46:40.250Z\tWARN\tStopped\n");
    }
}

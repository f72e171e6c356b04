//! The log: a line for each thing that happened, in the form of ChartMuseum's (zap), on stderr.

use std::io::Write;
use std::sync::Mutex;

use serde_json::{Map, Value, json};

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

    /// Writes one line, whole. That it cannot be written is nothing a server can do something about.
    pub fn line(&self, level: Level, message: &str, fields: &[(&str, Value)]) {
        if level == Level::Debug && !self.settings.debug {
            return;
        }
        let line = self.text(level, &now(), message, fields);
        if let Ok(mut out) = self.out.lock() {
            let _ = out.write_all(line.as_bytes());
        }
    }

    fn text(&self, level: Level, time: &str, message: &str, fields: &[(&str, Value)]) -> String {
        let mut object = Map::new();
        if self.settings.json {
            object.insert("L".into(), json!(level.word()));
            object.insert("T".into(), json!(time));
            object.insert("M".into(), json!(message));
        }
        object.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let object_text = Value::Object(object).to_string();
        match (self.settings.json, fields.is_empty()) {
            (true, _) => format!("{object_text}\n"),
            (false, true) => format!("{time}\t{}\t{message}\n", level.word()),
            (false, false) => format!("{time}\t{}\t{message}\t{object_text}\n", level.word()),
        }
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

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_text_or_json_and_never_broken() {
        let fields = [("path", json!("/a\n/b\"")), ("statusCode", json!(200))];
        let text = |json| {
            let settings = LogSettings { json, ..LogSettings::default() };
            Log::to(settings, Box::new(std::io::sink())).text(Level::Info, "T", "[1] Request served", &fields)
        };
        assert_eq!(text(false), "T\tINFO\t[1] Request served\t{\"path\":\"/a\\n/b\\\"\",\"statusCode\":200}\n");
        let line: Value = serde_json::from_str(&text(true)).expect("JSON");
        let expected = json!({"L": "INFO", "T": "T", "M": "[1] Request served", "path": "/a\n/b\"", "statusCode": 200});
        assert_eq!(line, expected);
    }
}

//! What a rule has to say.

use std::fmt;
use std::path::PathBuf;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Message {
    pub severity: Severity,
    /// The file or folder of the chart, as Helm names it; may be empty.
    pub path: String,
    pub text: String,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        write!(f, "[{severity}] {}: {}", self.path, self.text)
    }
}

/// Collects findings on one chart.
pub struct Linter {
    pub chart_dir: PathBuf,
    pub messages: Vec<Message>,
}

impl Linter {
    pub fn new(chart_dir: PathBuf) -> Self {
        Linter { chart_dir, messages: Vec::new() }
    }

    /// Notes the finding of a rule, if it has one; returns what the rule returned where it passed.
    pub fn rule<T>(&mut self, severity: Severity, path: &str, result: Result<T, String>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(text) => {
                self.messages.push(Message { severity, path: path.to_string(), text });
                None
            }
        }
    }
}

//! The log: lines on stderr in the form that Helm prints them.

use std::cell::Cell;
use std::io::Write;

use chart::log::{Level, Log, append_record};

thread_local! {
    static DEBUG: Cell<bool> = const { Cell::new(false) };
}

/// Decides whether debug lines are printed.
pub fn set_debug(debug: bool) {
    DEBUG.set(debug);
}

pub fn is_debug() -> bool {
    DEBUG.get()
}

/// Prints a warning.
pub fn warn(message: &str, fields: &[(&str, &str)]) {
    Stderr.warn(message, fields);
}

/// The log that commands hand to the libraries.
pub struct Stderr;

fn print(level: Level, message: &str, fields: &[(&str, &str)]) {
    let mut line = Vec::new();
    append_record(&mut line, level, message, fields);
    // There is nowhere left to say that stderr is closed.
    let _ = std::io::stderr().lock().write_all(&line);
}

impl Log for Stderr {
    fn debug(&mut self, message: &str, fields: &[(&str, &str)]) {
        if DEBUG.get() {
            print(Level::Debug, message, fields);
        }
    }

    fn info(&mut self, message: &str, fields: &[(&str, &str)]) {
        print(Level::Info, message, fields);
    }

    fn warn(&mut self, message: &str, fields: &[(&str, &str)]) {
        print(Level::Warn, message, fields);
    }

    fn error(&mut self, message: &str, fields: &[(&str, &str)]) {
        print(Level::Error, message, fields);
    }
}

//! Where a download tells what it does.

use std::io::Write;

use chart::log::Log;

/// The streams of a command.
pub struct Console<'a> {
    /// What Helm prints itself: progress of dependencies, warnings about signatures.
    pub out: &'a mut dyn Write,
    /// What the registry client prints: `Pulled: …`. Commands whose output is data send it to stderr.
    pub pulled: &'a mut dyn Write,
    pub log: &'a mut dyn Log,
}

impl Console<'_> {
    /// Prints a text; that nobody listens is no reason to stop half way.
    pub fn say(&mut self, text: &str) {
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }

    /// Passes on what a registry client printed.
    pub fn pulled(&mut self, text: &str) {
        let _ = self.pulled.write_all(text.as_bytes()).and_then(|()| self.pulled.flush());
    }
}

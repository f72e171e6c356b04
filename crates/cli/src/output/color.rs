//! Colours of statuses, names and headers (`internal/cli/output/color.go`).

use std::io::IsTerminal;

use crate::settings::Settings;

/// Whether to colour.
#[derive(Clone, Copy)]
pub struct Color(bool);

impl Color {
    /// As `--color` says; on a terminal if it does not.
    pub fn of(settings: &Settings) -> Self {
        Color(match settings.color_mode.as_str() {
            "always" => true,
            "never" => false,
            _ => std::io::stdout().is_terminal(),
        })
    }

    pub fn is_on(self) -> bool {
        self.0
    }

    pub fn header(self, text: &str) -> String {
        self.paint("1", "22", text)
    }

    pub fn namespace(self, text: &str) -> String {
        self.paint("36", "0", text)
    }

    pub fn status(self, text: &str) -> String {
        let code = match text {
            "deployed" => "32",
            "failed" | "unknown" => "31",
            "pending-install" | "pending-upgrade" | "pending-rollback" | "uninstalling" => "33",
            _ => return text.to_string(),
        };
        self.paint(code, "0", text)
    }

    fn paint(self, on: &str, off: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{on}m{text}\u{1b}[{off}m") } else { text.to_string() }
    }
}

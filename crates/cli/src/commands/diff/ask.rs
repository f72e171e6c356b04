//! `upgrade --diff`: shows what is about to change and asks.

use std::io::{BufRead, IsTerminal, Write};

use action::{Cluster, Preview};
use diff::Tense;

use super::report::{Report, check};
use super::subjects::{Found, found};
use crate::command::Invocation;
use crate::failure::Failure;
use crate::flags::Flag;
use crate::out;
use crate::output::Format;

/// The flags of an upgrade that shows what it changes.
pub static ASK: &[Flag] = &[
    Flag::bool("diff", "show what changes, and ask before it is done"),
    Flag::bool("yes", "with --diff, do not ask").short('y'),
];

/// What goes before an upgrade.
pub enum Review {
    /// It is not asked for.
    None,
    /// Changes are shown; nothing follows.
    Show,
    /// Changes are shown, and then made.
    ShowAndGo,
    /// Changes are shown, and made after a yes.
    Ask,
}

impl Review {
    /// Reads the flags.
    pub fn of(invocation: &Invocation, dry_run: action::DryRun) -> Self {
        let flags = &invocation.flags;
        match () {
            () if !flags.bool("diff") => Review::None,
            () if dry_run.is_dry() => Review::Show,
            () if flags.bool("yes") => Review::ShowAndGo,
            () => Review::Ask,
        }
    }

    pub fn is_wanted(&self) -> bool {
        !matches!(self, Review::None)
    }

    /// Shows what an operation is about to do, and asks.
    ///
    /// # Errors
    /// A no, nobody to ask, or objects that the server refuses: nothing was changed.
    pub fn pass(&self, invocation: &Invocation, cluster: &dyn Cluster, preview: &Preview) -> Result<(), Failure> {
        if !self.is_wanted() {
            return Ok(());
        }
        let report = Report::lines(invocation, Tense::Planned);
        let Found { subjects, notes } = found(cluster, preview, &invocation.flags)?;
        let changes = report.changes(subjects);
        let text = report.text(&changes, &notes);
        match Format::of(invocation) {
            Format::Table => out::write(text.as_bytes())?,
            // What programs read must stay alone.
            Format::Json | Format::Yaml => {
                // Where stderr is closed, nobody reads it.
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
        }
        check(&changes)?;
        match self {
            Review::Ask => ask(),
            _ => Ok(()),
        }
    }
}

/// More than any answer.
const MAX_ANSWER: u64 = 1024;

/// Asks on the terminal.
fn ask() -> Result<(), Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let text = "cannot ask whether to apply these changes: stdin is not a terminal. Nothing was changed; add --yes to apply without asking";
        return Err(text.into());
    }
    consent(stdin.lock(), std::io::stderr())
}

/// # Errors
/// Anything but a clear yes.
fn consent(from: impl BufRead, mut to: impl Write) -> Result<(), Failure> {
    // Where nobody sees the question, nobody answers.
    let _ = write!(to, "Apply these changes? [y/N] ").and_then(|()| to.flush());
    let mut answer = String::new();
    let read = from.take(MAX_ANSWER).read_line(&mut answer);
    let is_yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if read.is_ok() && is_yes { Ok(()) } else { Err("cancelled: nothing was changed".into()) }
}

#[cfg(test)]
mod tests {
    use super::consent;

    #[test]
    fn only_a_clear_yes_is_one() {
        let cases: [(&[u8], bool); 8] = [
            (b"y\n", true),
            (b"YES\r\n", true),
            (b" yes", true),
            (b"", false),
            (b"\n", false),
            (b"no\ny\n", false),
            (b"yo\n", false),
            (b"y\xff\n", false),
        ];
        for (answer, yes) in cases {
            let mut question = Vec::new();
            assert_eq!(consent(answer, &mut question).is_ok(), yes, "{answer:?}");
            assert_eq!(question, b"Apply these changes? [y/N] ");
        }
    }
}

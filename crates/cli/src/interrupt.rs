//! Ctrl-C: the first stops the operation, which is then recorded as failed; the second ends the process.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};

use cluster::on_interrupt;

use crate::failure::Failure;
use crate::progress;
use crate::session::Session;

/// 128 and the number of SIGINT, as shells say it.
const EXIT_CODE: i32 = 130;

/// The token is taken back when the operation has stopped: this stays.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Who says that a stop was asked for.
pub enum Says<'a> {
    /// Helm's line on stdout, with the first word of the command.
    Helm(&'a str),
    /// Helm would end without a word here.
    Ours,
}

/// Listens to Ctrl-C and to requests to end, from now on.
pub fn listen(session: &Session, says: Says<'_>) {
    let cancel = session.client.cancel().clone();
    let line = match says {
        Says::Helm(name) => Some(format!("Release {name} has been cancelled.\n")),
        Says::Ours => None,
    };
    let heard = on_interrupt(move |before| {
        if before > 0 {
            progress::beside(|| std::process::exit(EXIT_CODE));
        }
        progress::beside(|| {
            if let Some(line) = &line {
                let _ = crate::out::write(line.as_bytes());
            }
            if std::io::stderr().is_terminal() {
                eprintln!("stopping; once more ends at once, and leaves the release as it is");
            }
        });
        STOPPED.store(true, Ordering::SeqCst);
        cancel.cancel();
    });
    // Without, Ctrl-C ends the process, as any other.
    drop(heard);
}

/// What goes on where an operation stopped.
pub const SAME: &str = "the same command again";

/// Adds to the failure of an operation that was stopped what to run to go on.
pub fn told(failure: Failure, go_on: &str) -> Failure {
    match STOPPED.load(Ordering::SeqCst) {
        true => Failure { explanation: Some(format!("to go on, run {go_on}")), ..failure },
        false => failure,
    }
}

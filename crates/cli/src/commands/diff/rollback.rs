//! `diff rollback`: what a rollback would change.

use action::Rollback;
use diff::Tense;

use super::report::{LINES, Report, SHOW};
use super::subjects::{Found, found};
use crate::command::{Command, Invocation};
use crate::commands::operation::{self, failure};
use crate::commands::rollback;
use crate::failure::Failure;
use crate::log::Stderr;
use crate::session::{Session, Stored};

pub static COMMAND: Command = Command {
    short: "show what a rollback would change",
    long: "Compares the objects of a release as they are now with what the server says they would be after a rollback.",
    flags: &[rollback::FLAGS, operation::TAKE_OVER, SHOW, LINES],
    run: Some(run),
    ..rollback::COMMAND
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let report = Report::of(invocation, Tense::Planned)?;
    let rollback: Rollback = rollback::rollback(flags)?;
    let session = Session::open(invocation, &invocation.settings.namespace())?;
    let (live, records) = (session.live(), Stored::new(&session.records));
    let engine = operation::engine(&live, &records, flags);
    let preview = rollback.preview(&engine, &mut Stderr).map_err(|error| failure(error, flags))?;
    let Found { subjects, notes } = found(&live, &preview, flags)?;
    report.finish(subjects, &notes)
}

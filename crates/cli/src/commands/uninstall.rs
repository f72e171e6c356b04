//! `uninstall`: a release and its objects go.

use action::{Propagation, Uninstall};
use chart::log::Log;
use release::Status;

use super::operation::{self, failure};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::interrupt::{self, Says};
use crate::journal::Journal;
use crate::log::Stderr;
use crate::out;
use crate::session::{Session, Stored};

static FLAGS: &[Flag] = &[
    Flag::bool("dry-run", "only say what would be uninstalled"),
    Flag::bool("no-hooks", "leave hooks out"),
    Flag::bool("ignore-not-found", "a release that is not there is no error"),
    Flag::bool("keep-history", "keep the records of the release, marked as uninstalled"),
    Flag::new("cascade", Kind::String, "\"background\"", "what happens to dependents: background, orphan, foreground"),
    Flag::new("timeout", Kind::Duration, "5m0s", "time to wait for any single Kubernetes operation"),
    Flag::string("description", "description of the release"),
    Flag::new(
        "wait",
        Kind::WaitStrategy,
        "hookOnly",
        "wait until objects are gone: watcher (bare --wait), hookOnly, legacy",
    )
    .bare("watcher"),
    // Helm 2's way to forget a release; Helm 4 forgets it unless told to keep it.
    Flag::bool("purge", "").deprecated("releases are purged unless --keep-history is given"),
];

pub static COMMAND: Command = Command {
    name: "uninstall",
    aliases: &["del", "delete", "un"],
    suggest_for: &["remove", "rm"],
    operands: "RELEASE_NAME [...]",
    short: "uninstall a release",
    long: "Deletes the objects of releases, and their records.",
    args: Args::AtLeast(1),
    flags: &[FLAGS, operation::TAKE_OVER],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let waiting = operation::waiting(flags);
    let uninstall = Uninstall {
        description: flags.string("description").to_string(),
        propagation: propagation(flags)?,
        no_hooks: flags.bool("no-hooks"),
        dry_run: flags.bool("dry-run"),
        ignore_not_found: flags.bool("ignore-not-found"),
        keep_history: flags.bool("keep-history"),
        ..Uninstall::new(waiting)
    };
    let mut session = Session::open(invocation, &invocation.settings.namespace())?;
    session.hold("uninstall");
    let (live, records) = (session.live(), Stored::new(&session.records));
    let engine = operation::engine(&live, &records, flags);
    interrupt::listen(&session, Says::Ours);
    for name in &flags.args {
        let journal = Journal::of(invocation, "uninstall", name);
        if was_done(&session, name, &uninstall, &journal) {
            Stderr.warn("the uninstallation that was interrupted had come to its end", &[("release", name)]);
            out::write(format!("release \"{name}\" uninstalled\n").as_bytes())?;
            continue;
        }
        if !uninstall.dry_run {
            journal.note(0);
        }
        let removed = uninstall
            .run(&engine, name, &mut Stderr)
            .map_err(|error| interrupt::told(failure(error, flags), interrupt::SAME))?;
        if !removed.info.is_empty() {
            out::write(format!("{}\n", removed.info).as_bytes())?;
        }
        out::write(format!("release \"{name}\" uninstalled\n").as_bytes())?;
    }
    out::finish(b"")
}

/// Reports whether an interrupted run left nothing to do.
fn was_done(session: &Session, name: &str, uninstall: &Uninstall, journal: &Journal) -> bool {
    journal.left().is_some()
        && match session.records.last(name) {
            Ok(last) => uninstall.keep_history && last.info.status == Status::Uninstalled,
            Err(error) => error.is_not_found(),
        }
}

fn propagation(flags: &Parsed) -> Result<Propagation, Failure> {
    match flags.last("cascade").unwrap_or("background") {
        "background" => Ok(Propagation::Background),
        "foreground" => Ok(Propagation::Foreground),
        "orphan" => Ok(Propagation::Orphan),
        other => {
            let text =
                format!("invalid cascade value ({other}). Must be \"background\", \"foreground\", or \"orphan\"");
            Err(Failure::new(text))
        }
    }
}

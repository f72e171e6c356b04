//! `rollback`: a release goes back to an earlier revision.

use action::Rollback;
use chart::log::Log;
use release::Status;

use super::operation::{self, failure};
use super::upgrade::history_max;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::interrupt::{self, Says};
use crate::journal::Journal;
use crate::log::Stderr;
use crate::out;
use crate::session::{Session, Stored};

pub(super) static FLAGS: &[Flag] = &[
    Flag::string("description", "description of the new revision, of at most 256 characters"),
    Flag::bool("force-replace", "update objects by replacing them"),
    Flag::bool("force", "").deprecated("use --force-replace instead"),
    Flag::bool("force-conflicts", "server-side apply wins over other field managers"),
    Flag::new(
        "server-side",
        Kind::String,
        "\"auto\"",
        "objects are updated by the server: true, false, or auto for the way of the revision gone back to",
    ),
    Flag::bool("no-hooks", "leave hooks out"),
    Flag::new("timeout", Kind::Duration, "5m0s", "time to wait for any single Kubernetes operation"),
    Flag::bool("wait-for-jobs", "with --wait, wait for jobs to complete too"),
    Flag::bool("cleanup-on-fail", "delete new objects when the rollback fails"),
    Flag::new("history-max", Kind::Int, "10", "how many revisions are kept; 0 for all"),
    Flag::new("dry-run", Kind::String, "\"none\"", "change nothing: client, or server to ask the cluster")
        .bare("unset"),
    Flag::new(
        "wait",
        Kind::WaitStrategy,
        "hookOnly",
        "wait until objects are ready: watcher (bare --wait), hookOnly, legacy",
    )
    .bare("watcher"),
];

const DONE: &[u8] = b"Rollback was a success! Happy Helming!\n";

pub static COMMAND: Command = Command {
    name: "rollback",
    operands: "<RELEASE> [REVISION]",
    short: "roll back a release to a previous revision",
    long: "Brings the objects of a release back to what an earlier revision says; without one, to the one before the last.",
    args: Args::AtLeast(1),
    flags: &[FLAGS, operation::TAKE_OVER],
    exclusive: &[&["force-replace", "force-conflicts"], &["force", "force-conflicts"]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let rollback = rollback(flags)?;
    let mut session = Session::open(invocation, &invocation.settings.namespace())?;
    session.records.set_max_history(history_max(invocation));
    session.hold("rollback");
    let journal = Journal::of(invocation, "rollback", &flags.args[0]);
    if was_done(&session, &flags.args[0], journal.left()) {
        Stderr.warn("the rollback that was interrupted had come to its end", &[("release", &flags.args[0])]);
        journal.end();
        return out::finish(DONE);
    }
    let (live, records) = (session.live(), Stored::new(&session.records).noted(&journal));
    let engine = operation::engine(&live, &records, flags);
    interrupt::listen(&session, Says::Ours);
    rollback.run(&engine, &mut Stderr).map_err(|error| {
        let go_on = match error.release.as_ref().map(|release| release.info.rollback_revision) {
            // Without a revision, the next rollback would go back to where this one came from.
            Some(revision) => format!("helm rollback {} {revision} with the same flags", flags.args[0]),
            None => interrupt::SAME.to_string(),
        };
        interrupt::told(failure(error, flags), &go_on)
    })?;
    journal.end();
    out::finish(DONE)
}

/// Reports whether the revision that an interrupted run was about to write is the one that is deployed.
fn was_done(session: &Session, name: &str, revision: Option<i64>) -> bool {
    let done = |last: release::Release| {
        Some(last.version) == revision && last.info.status == Status::Deployed && last.info.rollback_revision > 0
    };
    revision.is_some() && session.records.last(name).is_ok_and(done)
}

/// What the flags say of a rollback.
pub(super) fn rollback(flags: &Parsed) -> Result<Rollback, Failure> {
    let waiting = operation::waiting(flags);
    let revision = match flags.args.get(1) {
        None => 0,
        Some(text) => gostd::strconv::atoi(text.as_bytes())
            .map_err(|error| Failure::new(format!("could not convert revision to a number: {}", error.text)))?,
    };
    let rollback = Rollback {
        revision,
        description: flags.string("description").to_string(),
        waiting,
        how: operation::how(flags),
        no_hooks: flags.bool("no-hooks"),
        cleanup_on_fail: flags.bool("cleanup-on-fail"),
        ..Rollback::new(&flags.args[0])
    };
    rollback.check().map_err(|error| failure(error, flags))?;
    Ok(Rollback { dry_run: operation::dry_run(flags)?, server_side: operation::server_side(flags), ..rollback })
}

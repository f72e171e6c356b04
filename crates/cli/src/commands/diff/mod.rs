//! `diff`: what an upgrade or a rollback would change, and what changed between revisions. Ours alone; the words and the
//! flags are those of the helm-diff plugin.

mod ask;
mod crds;
mod recorded;
mod records;
mod report;
mod rollback;
mod subjects;
mod upgrade;

use crate::command::{Args, Command};

pub use ask::{ASK, Review};
pub use report::LINES;
pub use upgrade::previewed;

pub static COMMAND: Command = Command {
    name: "diff",
    short: "show what an upgrade or a rollback would change",
    long: "Shows what an upgrade or a rollback would change on the cluster, and what changed between revisions and between releases. Nothing is changed.",
    args: Args::None,
    sub: &[&upgrade::COMMAND, &rollback::COMMAND, &records::REVISION, &records::RELEASE],
    ..Command::EMPTY
};

//! `search`: looks for charts.

mod hub;
mod repo;

use crate::command::Command;
use crate::flags::{Flag, Kind};

/// What is done with what was found.
static RESULTS: &[Flag] = &[
    Flag::new("max-col-width", Kind::Uint, "50", "how wide a column of the table may be"),
    Flag::bool("fail-on-no-result", "fail if nothing is found"),
];

pub static COMMAND: Command = Command {
    name: "search",
    operands: "[keyword]",
    short: "search for a keyword in charts",
    long: "Looks for charts in the repositories that were added, or in the Artifact Hub.",
    sub: &[&hub::COMMAND, &repo::COMMAND, &super::search_oci::COMMAND],
    ..Command::EMPTY
};

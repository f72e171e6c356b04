//! `search`: looks for charts.

mod hub;
mod repo;

use crate::command::Command;

pub static COMMAND: Command = Command {
    name: "search",
    operands: "[keyword]",
    short: "search for a keyword in charts",
    long: "Looks for charts in the repositories that were added, or in the Artifact Hub.",
    sub: &[&hub::COMMAND, &repo::COMMAND, &super::search_oci::COMMAND],
    ..Command::EMPTY
};

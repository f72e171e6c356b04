//! `dependency`: what a chart needs, and whether it is there.

mod glob;
mod list;

use std::path::Path;

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;

use super::unbuilt;

pub static COMMAND: Command = Command {
    name: "dependency",
    aliases: &["dep", "dependencies"],
    operands: "update|build|list",
    short: "a chart's dependencies",
    long: "Shows the charts that a chart needs, and fetches them into its folder charts/.",
    args: Args::None,
    // In Helm's order: suggestions are listed in it.
    sub: &[&list::COMMAND, &unbuilt::DEPENDENCY_UPDATE, &unbuilt::DEPENDENCY_BUILD],
    ..Command::EMPTY
};

/// Fetches the dependencies of a chart that is going to be packed.
pub fn update_before_packing(_chart: &Path, _invocation: &Invocation) -> Result<(), Failure> {
    Err(unbuilt::not_built("package --dependency-update"))
}

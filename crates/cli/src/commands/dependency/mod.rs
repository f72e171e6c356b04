//! `dependency`: what a chart needs, whether it is there, and how it gets there.

mod glob;
mod list;
mod update;

use crate::command::{Args, Command};

pub use update::before_packing;

pub static COMMAND: Command = Command {
    name: "dependency",
    aliases: &["dep", "dependencies"],
    operands: "update|build|list",
    short: "a chart's dependencies",
    long: "Shows the charts that a chart needs, and fetches them into its folder charts/.",
    args: Args::None,
    // In Helm's order: suggestions are listed in it.
    sub: &[&list::COMMAND, &update::UPDATE, &update::BUILD],
    ..Command::EMPTY
};

//! `repo`: chart repositories.

mod add;
mod index;
mod list;
mod remove;
mod serve;
mod signatures;
mod source;
mod update;

use crate::command::{Args, Command};

pub use source::Source;

pub static COMMAND: Command = Command {
    name: "repo",
    operands: "add|remove|list|index|update|signatures [ARGS]",
    short: "add, list, remove, update, and index chart repositories",
    long: "Keeps the list of chart repositories, their indexes in the cache, and makes indexes of packaged charts.",
    args: Args::None,
    sub: &[
        &add::COMMAND,
        &list::COMMAND,
        &remove::COMMAND,
        &index::COMMAND,
        &update::COMMAND,
        &serve::COMMAND,
        &signatures::COMMAND,
    ],
    ..Command::EMPTY
};

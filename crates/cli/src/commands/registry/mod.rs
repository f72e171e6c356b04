//! `registry`: who one is to registries; and the client that all commands share which talk to one.

pub mod client;
mod login;
mod logout;
mod prompt;

use crate::command::Command;

pub static COMMAND: Command = Command {
    name: "registry",
    short: "login to or logout from a registry",
    long: "Keeps or forgets the credentials of registries.",
    sub: &[&login::COMMAND, &logout::COMMAND],
    ..Command::EMPTY
};

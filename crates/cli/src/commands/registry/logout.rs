//! `registry logout`: forgets credentials (`pkg/cmd/registry_logout.go` of Helm 4.3.1).

use registry::Kind;

use super::client;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::out;

pub static COMMAND: Command = Command {
    name: "logout",
    operands: "[host]",
    short: "logout from a registry",
    long: "Forgets the credentials of a registry.",
    args: Args::AtLeast(1),
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let host = invocation.flags.args.first().map(String::as_str).unwrap_or_default();
    let client = client::open(client::options(&invocation.settings)).map_err(|error| match error.kind {
        Kind::Credentials => client::command_failed(&error.text),
        _ => error.into(),
    })?;
    client.logout(host)?;
    out::write(format!("Removing login credentials for {host}\n").as_bytes())
}

//! `verify`: whether a packed chart is what somebody signed.

use std::path::Path;

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::out;
use crate::tables::keyring;

pub static COMMAND: Command = Command {
    name: "verify",
    operands: "PATH",
    short: "check a package's signature",
    long: "Checks that a packed chart is the one that the file beside it, PATH.prov, was made for, and that a key of the keyring signed it.",
    args: Args::Exactly(1),
    flags: &[&[Flag::string("keyring", "public keys to check signatures with")]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let archive = &invocation.flags.args[0];
    let provenance = format!("{archive}.prov");
    let verified = provenance::verify_chart(Path::new(archive), Path::new(&provenance), &keyring(&invocation.flags))?;
    let mut text: String = verified.signers.iter().map(|name| format!("Signed by: {name}\n")).collect();
    text.push_str(&format!("Using Key With Fingerprint: {}\n", verified.fingerprint));
    text.push_str(&format!("Chart Hash Verified: {}\n", verified.hash));
    out::write(text.as_bytes())
}

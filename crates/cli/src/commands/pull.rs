//! `pull`: fetches charts.

use download::{Pull, Verify};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::out;
use crate::remote::{self, Pulled, Remote};
use crate::tables::{CHART_PATH, DEVEL, TLS, keyring};

static FLAGS: &[Flag] = &[
    Flag::bool("untar", "unpack the chart after it was fetched"),
    Flag::bool("prov", "fetch the chart's signature, but do not check it"),
    Flag::new("untardir", Kind::String, "\".\"", "with --untar, the folder to unpack into, below the destination"),
    Flag::new("destination", Kind::String, "\".\"", "folder to write the chart to").short('d'),
];

pub static COMMAND: Command = Command {
    name: "pull",
    aliases: &["fetch"],
    operands: "[chart URL | repo/chartname] [...]",
    short: "download a chart from a repository and (optionally) unpack it in local directory",
    long: "Fetches charts from repositories, registries or URLs into a folder, as archives or unpacked. With --verify, the \
           chart must have a signature that is right.",
    args: Args::AtLeast(1),
    flags: &[DEVEL, FLAGS, CHART_PATH, TLS],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let version = remote::version(flags);
    let remote = Remote::of(invocation, Pulled::ToStdout)?;
    let keyring = keyring(flags);
    for reference in &flags.args {
        // Plugins are looked for, and those with problems told, for each chart.
        let sources = remote.sources(invocation);
        let pull = Pull {
            sources: &sources,
            repository: flags.string("repo"),
            version: &version,
            options: remote::options(flags),
            verify: verify(flags),
            keyring: &keyring,
            folder: flags.last("destination").unwrap_or("."),
            unpack: flags.bool("untar").then(|| flags.last("untardir").unwrap_or(".")),
        };
        let mut text = Vec::new();
        remote.with_output(&mut text, |console| pull.run(reference, console))?;
        out::write(&text)?;
    }
    Ok(())
}

fn verify(flags: &Parsed) -> Verify {
    match (flags.bool("verify"), flags.bool("prov")) {
        (true, _) => Verify::Always,
        (false, true) => Verify::Later,
        (false, false) => Verify::Never,
    }
}

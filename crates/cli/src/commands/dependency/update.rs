//! `dependency update` and `dependency build`: fetch what a chart depends on.

use std::path::{Path, PathBuf};

use chart::pack::Stamp;
use download::{Manager, Sources, Verify};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::remote::{OFFLINE, Pulled, Remote};
use crate::source_date::stamp;
use crate::tables::{TLS, keyring};

static FLAGS: &[Flag] = &[
    Flag::bool("verify", "check the signatures of packages"),
    Flag::string("keyring", "public keys to check signatures with"),
    Flag::bool("skip-refresh", "take the cached indexes of repositories as they are"),
    OFFLINE,
];

static DIGESTS: &[Flag] =
    &[Flag::bool("digests", "write the hashes of archives into the lock file; later builds must get the same ones")];

pub static UPDATE: Command = Command {
    name: "update",
    aliases: &["up"],
    operands: "CHART",
    short: "update charts/ based on the contents of Chart.yaml",
    long: "Fetches the newest charts that satisfy the dependencies in Chart.yaml into charts/, takes old ones out, and \
           writes their versions to Chart.lock.",
    args: Args::AtMost(1),
    flags: &[FLAGS, DIGESTS, TLS],
    run: Some(update),
    ..Command::EMPTY
};

pub static BUILD: Command = Command {
    name: "build",
    operands: "CHART",
    short: "rebuild the charts/ directory based on the Chart.lock file",
    long: "Fetches the charts of Chart.lock into charts/. Without a lock file it does what `helm dependency update` does.",
    args: Args::AtMost(1),
    flags: &[FLAGS, TLS],
    run: Some(build),
    ..Command::EMPTY
};

fn update(invocation: &Invocation) -> Result<(), Failure> {
    with_manager(invocation, Verify::Always, |manager, remote| {
        Ok(remote.with_console(|console| manager.update(console))?)
    })
}

fn build(invocation: &Invocation) -> Result<(), Failure> {
    with_manager(invocation, Verify::IfPossible, |manager, remote| {
        Ok(remote.with_console(|console| manager.build(console))?)
    })
}

fn with_manager(
    invocation: &Invocation,
    checked: Verify,
    run: impl FnOnce(&Manager<'_>, &Remote) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let chart = flags.args.first().map_or(".", String::as_str);
    let chart = String::from_utf8_lossy(&gostd::path::clean(chart.as_bytes())).into_owned();
    let stamp = stamp()?;
    let remote = Remote::of(invocation, Pulled::ToStdout)?;
    let sources = remote.sources(invocation);
    let keyring = keyring(flags);
    let manager = Manager {
        chart: PathBuf::from(chart),
        sources: &sources,
        verify: if flags.bool("verify") { checked } else { Verify::Never },
        keyring: &keyring,
        skip_refresh: flags.bool("skip-refresh"),
        debug: invocation.settings.debug,
        stamp,
        digests: flags.bool("digests"),
    };
    run(&manager, &remote)
}

/// Fetches the dependencies of a chart that is going to be packed, without a word.
pub fn before_packing(
    chart: &Path,
    invocation: &Invocation,
    (remote, sources): (&Remote, &Sources),
    stamp: Stamp,
) -> Result<(), Failure> {
    let manager = Manager {
        chart: chart.to_path_buf(),
        sources,
        verify: Verify::Never,
        keyring: &keyring(&invocation.flags),
        skip_refresh: false,
        debug: invocation.settings.debug,
        stamp,
        digests: false,
    };
    Ok(remote.with_output(&mut std::io::sink(), |console| manager.update(console))?)
}

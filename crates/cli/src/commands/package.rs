//! `package`: a chart's folder becomes an archive, signed if wanted (`pkg/action/package.go` of Helm 4.3.1).

use std::path::{Path, PathBuf};

use chart::Chart;
use chart::os_error::path_error;
use chart::pack::{self, Stamp};
use gostd::semver::Version;
use gostd::{GoError, path};
use provenance::Keyring;

use super::dependency;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::log::Stderr;
use crate::passphrase::Passphrase;
use crate::remote::{Pulled, Remote};
use crate::tables::{TLS, keyring};
use crate::{folder, out, source_date};

pub static COMMAND: Command = Command {
    name: "package",
    operands: "[CHART_PATH] [...]",
    short: "pack a chart folder into an archive",
    long: "Packs the chart in a folder into an archive, NAME-VERSION.tgz. With SOURCE_DATE_EPOCH the same chart gives the same bytes, wherever its files come from.",
    args: Args::Any,
    flags: &[
        &[
            Flag::bool("sign", "sign the package with a PGP secret key"),
            Flag::string("key", "name of the key to sign with"),
            Flag::string("keyring", "file of keys"),
            Flag::string("passphrase-file", "file with the passphrase of the key, - for stdin"),
            Flag::string("version", "version to give the chart"),
            Flag::string("app-version", "appVersion to give the chart"),
            Flag::new("destination", Kind::String, "\".\"", "folder to write the package to").short('d'),
            Flag::bool("dependency-update", "fetch dependencies into charts/ first").short('u'),
        ],
        TLS,
    ],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    if flags.args.is_empty() {
        return Err("need at least one argument, the path to the chart".into());
    }
    let stamp = source_date::stamp()?;
    check_signing(flags)?;
    let remote = Remote::unchecked(invocation, Pulled::ToStdout);
    let sources = remote.sources(invocation);
    remote.check()?;
    let mut passphrase = Passphrase::of(flags.string("passphrase-file"));
    for argument in &flags.args {
        let folder = folder::absolute(argument)?;
        std::fs::metadata(argument).map_err(|error| path_error("stat", Path::new(argument), &error))?;
        if flags.bool("dependency-update") {
            dependency::before_packing(&folder, invocation, (&remote, &sources), stamp)?;
        }
        let archive = package(&folder, flags, stamp)?;
        if flags.bool("sign") {
            sign(&archive, flags, &mut passphrase)?;
        }
        let done = format!("Successfully packaged chart and saved it to: {}\n", archive.to_string_lossy());
        out::write(done.as_bytes())?;
    }
    out::finish(b"")
}

fn check_signing(flags: &Parsed) -> Result<(), Failure> {
    if flags.bool("sign") && flags.string("key").is_empty() {
        return Err("--key is required for signing a package".into());
    }
    if flags.bool("sign") && flags.last("keyring") == Some("") {
        return Err("--keyring is required for signing a package".into());
    }
    Ok(())
}

fn package(folder: &Path, flags: &Parsed, stamp: Stamp) -> Result<PathBuf, Failure> {
    let mut chart = chart::load_folder(folder, &mut Stderr)?;
    if chart.metadata().api_version == "v3" {
        return Err("invalid chart apiVersion".into());
    }
    set_versions(&mut chart, flags)?;
    chart::dependencies::check(&chart)?;
    let destination = match flags.last("destination").unwrap_or(".") {
        "." => folder::current()?,
        other => PathBuf::from(other),
    };
    Ok(pack::save(&chart, &destination, stamp).map_err(|error| within("failed to save", error))?)
}

fn set_versions(chart: &mut Chart, flags: &Parsed) -> Result<(), GoError> {
    let version = flags.string("version");
    if !version.is_empty() {
        chart.metadata_mut().version = version.to_owned();
    }
    Version::new(chart.metadata().version.as_bytes())?;
    let app_version = flags.string("app-version");
    if !app_version.is_empty() {
        chart.metadata_mut().app_version = app_version.to_owned();
    }
    Ok(())
}

/// Writes the `.prov` file beside an archive.
fn sign(archive: &Path, flags: &Parsed, passphrase: &mut Passphrase) -> Result<(), Failure> {
    let ring = Keyring::load(&keyring(flags))?;
    let found = ring.find(flags.string("key"))?;
    let given = passphrase.given()?;
    let signer = found.open(given, &mut crate::passphrase::ask)?;
    let chart = chart::load(archive, &mut Stderr).map_err(|error| within("failed to load chart for signing", error))?;
    let definition = goyaml::to_yaml(&chart.metadata().to_value())
        .map_err(|error| within("failed to marshal chart metadata", error))?;
    let bytes = std::fs::read(archive)
        .map_err(|error| within("failed to read chart archive", path_error("open", archive, &error)))?;
    let name = path::base(archive.as_os_str().as_encoded_bytes());
    let hash = format!("sha256:{}", provenance::sha256_hex(&bytes));
    let signed = signer.clear_sign(&definition, &String::from_utf8_lossy(name), &hash)?;
    let file = PathBuf::from(format!("{}.prov", archive.to_string_lossy()));
    Ok(std::fs::write(&file, signed).map_err(|error| path_error("open", &file, &error))?)
}

fn within(text: &str, error: GoError) -> GoError {
    GoError::wrap(format!("{text}: {}", error.text), error)
}

//! `push`: puts a packed chart into a registry (`pkg/cmd/push.go` and `pkg/pusher/ocipusher.go` of Helm 4.3.1).

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;
use std::time::UNIX_EPOCH;

use chart::os_error::path_error;
use gostd::time::{Time, Zone};
use gostd::url::Url;
use registry::{Package, without_scheme};

use super::registry::client::{self, REGISTRY};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::log::Stderr;
use crate::out;

pub static COMMAND: Command = Command {
    name: "push",
    operands: "[chart] [remote]",
    short: "push a chart to remote",
    long: "Puts a packed chart into a registry, with its provenance file if there is one beside it.",
    args: Args::AtLeast(2),
    flags: &[REGISTRY],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let [archive, remote, ..] = invocation.flags.args.as_slice() else { return Ok(()) };
    let client = client::of_flags(&invocation.flags, &invocation.settings)?;
    let remote = registry_of(remote)?;
    let file = stat(archive)?;
    let path = Path::new(archive);
    let chart = chart::load_any_version(path, &mut Stderr)?;
    let bytes = read(path)?;
    let provenance = format!("{archive}.prov");
    let provenance = match Path::new(&provenance).exists() {
        true => Some(read(Path::new(&provenance))?),
        false => None,
    };
    let parts = [without_scheme(&remote).as_bytes(), chart.name().as_bytes()];
    let repository = String::from_utf8_lossy(&gostd::path::join(&parts)).into_owned();
    let created = modified(&file);
    let package = Package { archive: &bytes, provenance: provenance.as_deref(), created: &created };
    let reference = format!("{repository}:{}", chart.metadata().version);
    let pushed = client.push(&package, &reference);
    let pushed = pushed.map_err(|error| client::explained(error, &reference, &invocation.flags))?;
    out::write(pushed.report().as_bytes())
}

/// Checks where a chart goes; only registries take charts.
fn registry_of(remote: &str) -> Result<String, Failure> {
    let url = Url::parse(remote.as_bytes()).map_err(|_| Failure::new(format!("invalid chart URL format: {remote}")))?;
    match url.scheme.as_slice() {
        b"oci" => Ok(String::from_utf8_lossy(&url.text()).into_owned()),
        b"" => Err(Failure::new("scheme prefix missing from remote (e.g. \"oci://\")")),
        other => {
            let quoted = String::from_utf8_lossy(&gostd::strconv::quote(other)).into_owned();
            Err(Failure::new(format!("scheme {quoted} not supported")))
        }
    }
}

fn stat(archive: &str) -> Result<Metadata, Failure> {
    match std::fs::metadata(archive) {
        Ok(file) if file.is_dir() => Err(Failure::new("cannot push directory, must provide chart archive (.tgz)")),
        Ok(file) => Ok(file),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::new(format!("{archive}: no such file"))),
        Err(error) => Err(path_error("stat", Path::new(archive), &error).into()),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        let operation = if error.kind() == ErrorKind::IsADirectory { "read" } else { "open" };
        path_error(operation, path, &error).into()
    })
}

/// When an archive was written is when its chart was created.
fn modified(file: &Metadata) -> String {
    Time::from_system(file.modified().unwrap_or(UNIX_EPOCH), Zone::local()).rfc3339()
}

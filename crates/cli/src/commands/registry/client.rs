//! The client of registries as flags and settings make it (`newRegistryClient` in Helm's `pkg/cmd/root.go`).

use std::path::PathBuf;

use chart::log::Log;
use fetch::TlsOptions;
use registry::{Client, Error, Kind, Options, Trace};

use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::log::{self, Stderr};
use crate::settings::Settings;
use crate::{explain, hints};

/// How to reach a registry, and as whom.
pub static REGISTRY: &[Flag] = &[
    Flag::string("cert-file", "TLS certificate to identify with"),
    Flag::string("key-file", "TLS key to identify with"),
    Flag::string("ca-file", "certificate authority file for HTTPS servers"),
    Flag::bool("insecure-skip-tls-verify", "do not check TLS certificates"),
    Flag::bool("plain-http", "use insecure HTTP connections"),
    Flag::string("username", "user name for the registry"),
    Flag::string("password", "password for the registry"),
];

/// Returns the client that the flags of [`REGISTRY`] ask for.
///
/// # Errors
/// A file of credentials that cannot be read, which Helm logs; `missing registry client: …`.
pub fn of_flags(flags: &Parsed, settings: &Settings) -> Result<Client, Failure> {
    let tls = TlsOptions {
        ca_file: flags.string("ca-file").to_owned(),
        cert_file: flags.string("cert-file").to_owned(),
        key_file: flags.string("key-file").to_owned(),
        insecure_skip_verify: flags.bool("insecure-skip-tls-verify"),
    };
    let mut options = options(settings);
    // A client with TLS settings knows nothing of plain HTTP.
    options.plain_http = flags.bool("plain-http") && !tls.are_needed();
    if tls.are_needed() {
        options.tls = tls;
    }
    options.basic = Some((flags.string("username").to_owned(), flags.string("password").to_owned()));
    open(options).map_err(|error| match error.kind {
        Kind::Credentials => command_failed(&error.text),
        _ => Failure::new(error.within("missing registry client").text),
    })
}

/// Returns what every client of registries has of the settings.
pub fn options(settings: &Settings) -> Options {
    let mut options = Options::new(PathBuf::from(&settings.registry_config));
    if log::is_debug() {
        options.trace = Some(Trace::new(|message, fields| {
            // The threads of the client do not know that debugging is on.
            log::set_debug(true);
            Stderr.debug(message, fields);
        }));
    }
    options
}

pub fn open(options: Options) -> Result<Client, Error> {
    Client::new(options)
}

/// Adds the way out to what a registry said, for a reader on a terminal or with `--explain`.
pub fn explained(error: Error, reference: &str, flags: &Parsed) -> Failure {
    let explanation = explain::wanted(flags).then(|| hints::registry::of(&error.text, reference)).flatten();
    Failure { explanation, ..Failure::new(error.text) }
}

/// Says what Helm logs of what fails before a command is chosen.
pub fn command_failed(reason: &str) -> Failure {
    log::warn("command failed", &[("error", reason)]);
    Failure { message: String::new(), exit_code: 1, explanation: None }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::new(error.text)
    }
}

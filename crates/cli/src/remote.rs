//! What fetching charts needs, from flags and settings: repositories, getters, registries, certificates.

use std::io::{self, Write};
use std::path::PathBuf;

use chart::log::Log;
use download::{Console, Getters, IndexDigests, Network, Options, Places, Registries, Sources, Verify};
use fetch::TlsOptions;

use crate::command::Invocation;
use crate::commands::registry_client as client;
use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::log::Stderr;
use crate::plugins;
use crate::settings::{cache_path, config_path};

/// Flags of commands that fetch charts, beside Helm's own.
pub const OFFLINE: Flag =
    Flag::bool("offline", "ask no servers: take what is on this computer; also $PILOTHOUSE_OFFLINE");

/// Which of its streams a command leaves to the registry client.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    ToStdout,
    /// What the command prints can be read by programs.
    ToStderr,
}

/// Everything but the chart's name.
pub struct Remote {
    registries: Registries,
    network: Network,
    pulled: Pulled,
}

impl Remote {
    /// Reads the flags that say how servers are asked; asks none yet.
    ///
    /// # Errors
    /// `missing registry client: …`: certificates or credentials that cannot be read.
    pub fn of(invocation: &Invocation, pulled: Pulled) -> Result<Self, Failure> {
        let remote = Remote::unchecked(invocation, pulled);
        remote.check()?;
        Ok(remote)
    }

    /// Checks how registries are asked.
    ///
    /// # Errors
    /// As [`Remote::of`].
    pub fn check(&self) -> Result<(), Failure> {
        self.registries.check().map_err(|error| match error.kind {
            registry::Kind::Credentials => client::command_failed(&error.text),
            _ => Failure::new(error.within("missing registry client").text),
        })
    }

    /// Like [`Remote::of`], for commands that say only when they ask a server what is wrong with that.
    pub fn unchecked(invocation: &Invocation, pulled: Pulled) -> Self {
        let (flags, settings) = (&invocation.flags, &invocation.settings);
        let registries = Registries::new(download::RegistryOptions {
            config: PathBuf::from(&settings.registry_config),
            default_config: PathBuf::from(config_path("registry/config.json")),
            tls: tls(flags),
            plain_http: flags.bool("plain-http"),
            username: flags.string("username").to_owned(),
            password: flags.string("password").to_owned(),
            trace: client::options(settings).trace,
        });
        let network = if is_offline(flags) { Network::Offline } else { Network::Online };
        Remote { registries, network, pulled }
    }

    /// Finds what is there to fetch charts with; plugins that cannot be read are told.
    pub fn sources(&self, invocation: &Invocation) -> Sources {
        let settings = &invocation.settings;
        let getters = Getters::new(self.network, self.registries.clone(), plugins::getters(settings));
        let places = Places {
            repository_config: PathBuf::from(&settings.repository_config),
            repository_cache: PathBuf::from(&settings.repository_cache),
            content_cache: PathBuf::from(&settings.content_cache),
            default_cache: PathBuf::from(cache_path("repository")),
        };
        let mut sources = Sources::new(places, getters);
        sources.index_digests = index_digests();
        sources
    }

    /// Runs something that tells what it does: on stdout, and on the stream of the registry client.
    pub fn with_console<T>(&self, run: impl FnOnce(&mut Console<'_>) -> T) -> T {
        self.with_output(&mut io::stdout(), run)
    }

    /// Like [`Remote::with_console`], with another output than stdout.
    pub fn with_output<T>(&self, out: &mut dyn Write, run: impl FnOnce(&mut Console<'_>) -> T) -> T {
        let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
        let pulled: &mut dyn Write = match self.pulled {
            Pulled::ToStdout => &mut stdout,
            Pulled::ToStderr => &mut stderr,
        };
        run(&mut Console { out, pulled, log: &mut Stderr })
    }
}

fn is_offline(flags: &Parsed) -> bool {
    match flags.last("offline") {
        Some(_) => flags.bool("offline"),
        None => {
            std::env::var("PILOTHOUSE_OFFLINE").is_ok_and(|v| gostd::strconv::parse_bool(v.as_bytes()).unwrap_or(false))
        }
    }
}

/// `PILOTHOUSE_INDEX_DIGESTS=enforce` refuses archives that are not what their index lists.
fn index_digests() -> IndexDigests {
    match std::env::var("PILOTHOUSE_INDEX_DIGESTS").is_ok_and(|how| how == "enforce") {
        true => IndexDigests::Enforced,
        false => IndexDigests::Told,
    }
}

/// The certificates that the flags name.
pub fn tls(flags: &Parsed) -> TlsOptions {
    TlsOptions {
        ca_file: flags.string("ca-file").to_owned(),
        cert_file: flags.string("cert-file").to_owned(),
        key_file: flags.string("key-file").to_owned(),
        insecure_skip_verify: flags.bool("insecure-skip-tls-verify"),
    }
}

/// What the flags say of how a chart is fetched.
pub fn options(flags: &Parsed) -> Options {
    Options {
        username: flags.string("username").to_owned(),
        password: flags.string("password").to_owned(),
        pass_credentials_all: flags.bool("pass-credentials"),
        tls: tls(flags),
        plain_http: flags.bool("plain-http"),
        ..Options::default()
    }
}

/// Returns `--version`; `--devel` without one allows prereleases.
pub fn version(flags: &Parsed) -> String {
    let version = flags.string("version");
    if version.is_empty() && flags.bool("devel") {
        Stderr.debug("setting version to >0.0.0-0", &[]);
        return ">0.0.0-0".to_owned();
    }
    version.to_owned()
}

/// Whether signatures are checked: what `--verify` means for most commands.
pub fn verify(flags: &Parsed) -> Verify {
    if flags.bool("verify") { Verify::Always } else { Verify::Never }
}

//! What a server was asked to be. Reads flags, variables and the configuration file; starts nothing.

mod build;
mod config_file;
pub mod given;
mod help;
mod storage;
pub mod table;
mod wrong;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub use given::{Environment, Given};
pub use help::text as help;
pub use wrong::Wrong;

/// Under which name the server was started: the defaults differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Manner {
    /// `pilothouse repo serve`: a folder of its own, on loopback, without writes for everybody.
    Serve,
    /// `chartmuseum`: its defaults, open to the network and for writes.
    Museum,
}

/// Everything that a server is told.
#[derive(Clone, Debug)]
pub struct Settings {
    pub manner: Manner,
    pub listen: Listen,
    /// What all paths start with: empty, or `/x/y`.
    pub context_path: String,
    pub depth: Depth,
    pub kept: Kept,
    pub auth: Auth,
    pub writes: Writes,
    pub limits: Limits,
    pub forms: Forms,
    pub shown: Shown,
    pub log: LogSettings,
    pub mirroring: Mirroring,
    /// Which uploads are linted.
    pub lint: crate::linting::When,
}

/// Repositories that stand behind tenants.
#[derive(Clone, Debug)]
pub struct Mirroring {
    /// By tenant.
    pub urls: BTreeMap<String, String>,
    /// How long an index counts.
    pub interval: Duration,
    /// Bytes of an index.
    pub index_bytes: u64,
    /// All archives are fetched, wanted or not.
    pub archives: bool,
}

/// Where to listen, and how.
#[derive(Clone, Debug)]
pub struct Listen {
    pub host: String,
    /// 0 takes a free one.
    pub port: u16,
    pub tls: Option<Tls>,
    pub connections: usize,
    /// How long a request may take to arrive; bodies get more with each piece.
    pub read_timeout: Duration,
    /// How long a client may take nothing of its answer.
    pub write_timeout: Duration,
    pub stop_timeout: Duration,
}

/// The files of TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// Clients need a certificate of this authority.
    pub client_authority: Option<PathBuf>,
}

/// How many names stand before `index.yaml`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    Fixed(usize),
    Dynamic,
}

/// Where blobs and rows are kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub store: chart_store::Config,
    /// Files of ChartMuseum may lie there: how often to look for new ones.
    pub import: Option<Import>,
    /// What to call it when it is shown: no passwords.
    pub shown: String,
}

/// How files of ChartMuseum are found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Import {
    Once,
    Every(Duration),
}

/// Who is let in.
#[derive(Clone, Debug, Default)]
pub struct Auth {
    pub way: Way,
    /// Anyone may read.
    pub anonymous_get: bool,
}

/// How a client says who it is.
#[derive(Clone, Debug, Default)]
pub enum Way {
    #[default]
    Open,
    Basic {
        user: String,
        password: String,
    },
    Bearer(Bearer),
}

/// What tokens are checked with.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub realm: String,
    pub service: String,
    /// A public key or certificate.
    pub key: PathBuf,
    /// A JMESPath; none is ChartMuseum's own.
    pub actions_path: Option<String>,
}

/// What may be changed.
#[derive(Clone, Debug)]
pub struct Writes {
    /// There is an API at all.
    pub api: bool,
    /// Uploads and deletions work; else they are answered with the reason.
    pub open: bool,
    pub delete: bool,
    pub overwrite: Overwrite,
}

/// When a version may be uploaded again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overwrite {
    Never,
    /// With `?force` in the request.
    Forced,
    Always,
}

/// How much is taken; 0 of a count is any number.
#[derive(Clone, Debug)]
pub struct Limits {
    pub upload_bytes: u64,
    pub objects: u64,
    pub versions: u64,
}

/// The fields of upload forms, beside `chart` and `prov`.
#[derive(Clone, Debug)]
pub struct Forms {
    pub chart: String,
    pub prov: String,
}

/// What is shown beside charts.
#[derive(Clone, Debug)]
pub struct Shown {
    pub json_index: bool,
    /// Print the index and end.
    pub print_index: bool,
    /// Write all charts to this folder and end.
    pub export: Option<PathBuf>,
    pub artifact_hub: BTreeMap<String, String>,
    pub web_folder: Option<PathBuf>,
    pub cors_origin: Option<String>,
    pub metrics: bool,
    /// Metrics need no authentication.
    pub metrics_free: bool,
}

/// What goes to the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogSettings {
    pub debug: bool,
    pub json: bool,
    pub health: bool,
    pub latency_integer: bool,
}

impl Settings {
    /// Makes settings of what was given.
    ///
    /// # Errors
    /// What is missing, out of range, or excludes something else.
    pub fn new(manner: Manner, given: &Given) -> Result<Self, Wrong> {
        build::settings(manner, given)
    }
}

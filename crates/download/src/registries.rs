//! The clients of registries that a command has: its own, and silent ones (Helm's `newRegistryClient` in
//! `pkg/cmd/root.go`, `pkg/getter/ocigetter.go`).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use fetch::TlsOptions;
use gostd::{GoError, path};
use registry::{Client, Error, Resolved, Trace, Want};

use crate::getters::Got;
use crate::options::Options;

/// What the command line says of registries.
#[derive(Default)]
pub struct RegistryOptions {
    /// The file with credentials.
    pub config: PathBuf,
    /// The one of clients that are not the command's own, whatever the command line says.
    pub default_config: PathBuf,
    pub tls: TlsOptions,
    pub plain_http: bool,
    pub username: String,
    pub password: String,
    /// Is told of requests and answers.
    pub trace: Option<Trace>,
}

/// The clients, made when they are needed. Cloning shares them.
#[derive(Clone)]
pub struct Registries(Arc<Inner>);

struct Inner {
    options: RegistryOptions,
    own: OnceLock<Result<Client, Error>>,
    silent: Mutex<Vec<Silent>>,
}

/// A client that prints nothing, and what it was made with.
struct Silent {
    tls: TlsOptions,
    plain_http: bool,
    client: Arc<Client>,
}

impl Registries {
    /// Takes note of what clients are made with.
    pub fn new(options: RegistryOptions) -> Self {
        Registries(Arc::new(Inner { options, own: OnceLock::new(), silent: Mutex::default() }))
    }

    /// Checks what the command's own client is made with. That client is only made where a file could be wrong: most
    /// commands need none.
    ///
    /// # Errors
    /// Certificates or credentials that cannot be read.
    pub fn check(&self) -> Result<(), Error> {
        let options = &self.0.options;
        let docker = registry::docker_config();
        let has_files = options.tls.are_needed() || options.config.exists() || docker.is_some_and(|file| file.exists());
        if has_files { self.own().map(drop) } else { Ok(()) }
    }

    /// Chooses the version of a chart.
    ///
    /// # Errors
    /// What is wrong with the reference; what the registry says.
    pub fn resolve(&self, reference: &str, version: &str) -> Result<Resolved, GoError> {
        Ok(self.own()?.resolve(reference, version)?)
    }

    /// Returns the versions of a chart, the newest first.
    ///
    /// # Errors
    /// What the registry says.
    pub fn tags(&self, reference: &str) -> Result<Vec<String>, GoError> {
        Ok(self.own()?.tags(reference)?)
    }

    /// Returns a chart, or its signature for an address that ends in `.prov`.
    ///
    /// # Errors
    /// What the registry says.
    pub fn get(&self, url: &str, options: &Options) -> Result<Got, GoError> {
        let mut reference = url.strip_prefix("oci://").unwrap_or(url).to_owned();
        if !options.tag.is_empty() && !path::base(reference.as_bytes()).contains(&b':') {
            reference = format!("{reference}:{}", options.tag);
        }
        let (reference, want) = match reference.strip_suffix(".prov") {
            Some(reference) => (reference, Want::PROVENANCE),
            None => (reference.as_str(), Want::CHART),
        };
        let pulled = match options.own_registry {
            true => self.own()?.pull(reference, want)?,
            false => self.silent(options)?.pull(reference, want)?,
        };
        let printed = if options.own_registry { pulled.report() } else { String::new() };
        let manifest = Some(pulled.manifest_digest);
        let content = if want == Want::PROVENANCE { pulled.provenance } else { pulled.chart };
        Ok(Got { content: content.unwrap_or_default(), printed, came_by: Vec::new(), manifest })
    }

    /// The client of the command. With certificates it does not go without TLS.
    fn own(&self) -> Result<&Client, Error> {
        let given = &self.0.options;
        let made = self.0.own.get_or_init(|| {
            let mut options = registry::Options::new(given.config.clone());
            options.basic = Some((given.username.clone(), given.password.clone()));
            options.trace = given.trace.clone();
            match given.tls.are_needed() {
                true => options.tls = given.tls.clone(),
                false => options.plain_http = given.plain_http,
            }
            Client::new(options)
        });
        made.as_ref().map_err(Error::clone)
    }

    /// A client that an index led to: without the credentials of the command line.
    fn silent(&self, wanted: &Options) -> Result<Arc<Client>, GoError> {
        let mut clients = self.0.silent.lock().unwrap_or_else(PoisonError::into_inner);
        let tls = if wanted.tls.are_needed() { wanted.tls.clone() } else { TlsOptions::default() };
        let plain_http = wanted.plain_http;
        if let Some(known) = clients.iter().find(|known| known.tls == tls && known.plain_http == plain_http) {
            return Ok(known.client.clone());
        }
        let mut options = registry::Options::new(self.0.options.default_config.clone());
        (options.tls, options.plain_http) = (tls.clone(), plain_http);
        let client = Arc::new(Client::new(options)?);
        clients.push(Silent { tls, plain_http, client: client.clone() });
        Ok(client)
    }
}

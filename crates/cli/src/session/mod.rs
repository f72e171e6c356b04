//! What commands that work on releases need: the cluster and the records.

mod api;
mod live;
mod records;
mod waits;
mod warnings;

use std::sync::Arc;

use chart::log::Log;
use cluster::{Cancel, Client, Config};
use storage::{Memory, Place, Storage};

use crate::command::Invocation;
use crate::failure::Failure;
use crate::log::Stderr;
use crate::progress;
use crate::settings::Settings;

pub use live::Live;
pub use records::Stored;

/// A cluster, which is not asked before something is wanted of it, and the records of releases.
pub struct Session {
    pub client: Client,
    pub records: Storage,
    /// Records are those of `HELM_MEMORY_DRIVER_DATA`: no cluster stands behind them.
    pub in_memory: bool,
}

impl Session {
    /// Opens the records of a namespace; of all where it is empty.
    ///
    /// # Errors
    /// A driver that there is not; Helm logs that as the end of everything, and so is nothing left to say.
    pub fn open(invocation: &Invocation, namespace: &str) -> Result<Self, Failure> {
        let client = Client::connect(&config(&invocation.settings), Cancel::new());
        let driver = std::env::var("HELM_DRIVER").unwrap_or_default();
        if driver == "memory" {
            return Ok(Session { client, records: memory(namespace)?, in_memory: true });
        }
        let connection = std::env::var("HELM_DRIVER_SQL_CONNECTION_STRING").unwrap_or_default();
        // Records are written to the end whatever the user asks: they say how far the operation came.
        let api = Arc::new(api::Connection(client.under(Cancel::new())));
        let place = Place { namespace, api, sql_connection: &connection };
        let records = storage::open(&driver, &place).map_err(|error| logged(&error.text))?;
        Ok(Session { records, client, in_memory: false })
    }

    /// Puts a lease beside the records of an operation. Should another process take the release over, this one ends at
    /// once: whatever it did now would be in the other's way.
    pub fn hold(&mut self, operation: &str) {
        let lost = || {
            progress::beside(|| {
                eprintln!("Error: another process has taken over this release, for this one gave no sign of life");
                std::process::exit(1)
            });
        };
        self.records.hold(storage::holder::mine(operation), Box::new(lost));
    }

    /// Returns the cluster as operations see it.
    pub fn live(&self) -> Live {
        Live { client: self.client.clone(), in_memory: self.in_memory }
    }

    /// # Errors
    /// `kubernetes cluster unreachable: …`.
    pub fn reachable(&self) -> Result<(), Failure> {
        if self.in_memory {
            return Ok(());
        }
        self.client.reachable().map_err(|error| Failure::new(error.to_string()))
    }
}

/// Fills a memory with the records that the environment names.
fn memory(namespace: &str) -> Result<Storage, Failure> {
    use storage::Driver;
    let memory = Memory::new(namespace);
    let paths = std::env::var("HELM_MEMORY_DRIVER_DATA").unwrap_or_default();
    for release in storage::releases_of_files(&paths).map_err(|error| logged(&error.text))? {
        memory.create(&release, None).map_err(|error| logged(&error.to_string()))?;
    }
    memory.set_namespace(namespace);
    Ok(Storage::new(Box::new(memory)))
}

/// Fails as Helm does before a command begins: with a line of the log.
fn logged(text: &str) -> Failure {
    Stderr.info(text, &[]);
    Failure { message: String::new(), exit_code: 1, explanation: None }
}

/// What the flags and the environment say of the cluster.
fn config(settings: &Settings) -> Config {
    let kube = &settings.kube;
    Config {
        kubeconfig: Some(&settings.kubeconfig).filter(|path| !path.is_empty()).map(Into::into),
        context: settings.kube_context.clone(),
        token: kube.token.clone(),
        as_user: kube.as_user.clone(),
        as_groups: kube.as_groups.clone(),
        api_server: kube.api_server.clone(),
        ca_file: kube.ca_file.clone(),
        insecure: kube.insecure_skip_tls_verify,
        tls_server_name: kube.tls_server_name.clone(),
        namespace: settings.namespace_flag.clone(),
        burst: u32::try_from(settings.burst_limit).unwrap_or(0),
        qps: settings.qps,
        ..Config::from_env()
    }
}

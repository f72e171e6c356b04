//! The one cluster that all tests of a run share.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::options::Options;
use crate::own::OwnCluster;
use crate::wait;

/// The environment variable that holds the folder of the cluster to share.
pub const VARIABLE: &str = "PILOTHOUSE_TESTBED";

/// A machine that does much else may take so long to answer.
const PATIENCE: Duration = Duration::from_secs(60);

enum Shared {
    Opened(Box<Cluster>),
    /// Lives as long as this process; its parts end when the system closes our ends of their pipes.
    Own(Box<OwnCluster>),
}

/// The shared cluster, opened or started when it is first asked for.
pub fn cluster() -> Result<&'static Cluster, String> {
    static SHARED: OnceLock<Result<Shared, String>> = OnceLock::new();
    let shared = SHARED.get_or_init(|| match std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        Some(folder) => open(Path::new(&folder)).map(|cluster| Shared::Opened(Box::new(cluster))),
        None => Cluster::start(Options::default()).map(|own| Shared::Own(Box::new(own))),
    });
    match shared {
        Ok(Shared::Opened(cluster)) => Ok(cluster),
        Ok(Shared::Own(own)) => Ok(own),
        Err(error) => Err(error.clone()),
    }
}

fn open(folder: &Path) -> Result<Cluster, String> {
    let cluster = Cluster::open(folder).map_err(|error| format!("{VARIABLE}: {error}"))?;
    let is_ready = || Ok(cluster.api().is_ok("/readyz").then_some(()));
    wait::until("an answer", PATIENCE, is_ready).map_err(|error| {
        let folder = folder.display();
        format!("{VARIABLE}: the cluster in {folder} does not answer ({error}); start it again, or unset the variable")
    })?;
    Ok(cluster)
}

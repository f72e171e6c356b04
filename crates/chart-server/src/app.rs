//! What all requests share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chart_store::{Policy, Store};
use tokio::sync::Semaphore;

use crate::access::Access;
use crate::health::Health;
use crate::linting::Linting;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::mirror::Mirrors;
use crate::oci;
use crate::request::Answerer;
use crate::route::Layout;
use crate::settings::{Overwrite, Settings, Wrong};

/// Archives that are unpacked at a time to show what is in them: each may take 100 MB.
const UNPACKED_AT_ONCE: usize = 2;

/// A server without its sockets.
pub struct App {
    pub settings: Settings,
    pub store: Store,
    pub access: Arc<Access>,
    pub layout: Layout,
    pub metrics: Metrics,
    pub log: Arc<Log>,
    pub health: Health,
    pub mirrors: Mirrors,
    pub unpacking: Semaphore,
    /// Forms with several packages or signatures: one at a time.
    pub forms: Semaphore,
    pub linting: Arc<Linting>,
    requests: AtomicU64,
}

impl App {
    /// Puts a server together.
    ///
    /// # Errors
    /// Keys that cannot be read.
    pub fn new(settings: Settings, store: Store, log: Arc<Log>) -> Result<Arc<Self>, Wrong> {
        Ok(Arc::new(App {
            access: Arc::new(Access::new(&settings.auth, &settings.writes)?),
            layout: Layout { context_path: settings.context_path.clone(), depth: settings.depth },
            metrics: Metrics::default(),
            health: Health::default(),
            mirrors: Mirrors::new(&settings),
            unpacking: Semaphore::new(UNPACKED_AT_ONCE),
            forms: Semaphore::new(1),
            linting: Arc::new(Linting::new(settings.lint, settings.kept.store.working("lint"))),
            requests: AtomicU64::new(0),
            settings,
            store,
            log,
        }))
    }

    /// Returns the number of the next request.
    pub fn next_number(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns what answers all requests.
    pub fn answers(self: &Arc<Self>) -> Answerer {
        let writes = &self.settings.writes;
        let rules = oci::Rules {
            // In a tag there is no `?force`.
            policy: Policy {
                overwrite: writes.overwrite == Overwrite::Always,
                per_chart_limit: self.settings.limits.versions,
                max_objects: self.settings.limits.objects,
            },
            deletes: writes.delete,
            linting: Some(self.linting.clone()),
            ..oci::Rules::default()
        };
        let registry = oci::Registry::new(self.store.clone(), self.access.clone(), rules);
        Answerer::new(self.clone(), registry)
    }
}

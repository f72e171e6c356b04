//! What `template --dry-run=server` asks of a cluster: what it serves, what is there, and whether the objects could be
//! installed. Nothing is changed.

use std::rc::Rc;

use action::{Cluster as _, Existing, Owner, claim};
use chart::log::Log;
use chart::{Capabilities, Chart};
use render::Lookup;

use crate::command::Invocation;
use crate::failure::Failure;
use crate::flags::Parsed;
use crate::log::Stderr;
use crate::session::{Live, Session};

/// A cluster that is only read.
pub struct Server {
    live: Live,
}

impl Server {
    /// # Errors
    /// Helm's texts for a driver of records that there is not.
    pub fn of(invocation: &Invocation) -> Result<Self, Failure> {
        let session = Session::open(invocation, &invocation.settings.namespace())?;
        Ok(Server { live: session.live() })
    }

    /// # Errors
    /// `cluster reachability check failed: …`, which is logged too.
    pub fn check_reachable(&self) -> Result<(), Failure> {
        self.live.reachable().map_err(|error| {
            let text = format!("cluster reachability check failed: {}", error.text);
            Stderr.error(&text, &[]);
            Failure::new(text)
        })
    }

    /// Returns what the cluster can do; flags that say otherwise do not count.
    ///
    /// # Errors
    /// A server that does not say.
    pub fn capabilities(&self, chart: &Chart, flags: &Parsed) -> Result<Capabilities, Failure> {
        if !flags.bool("skip-crds") && !chart.crds().is_empty() {
            let text = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.";
            Stderr.warn(text, &[]);
        }
        if !flags.slice("api-versions").is_empty() {
            Stderr.debug("API Version list given outside of client only mode, this list will be ignored", &[]);
        }
        Ok(self.live.capabilities(&mut Stderr)?)
    }

    pub fn lookup(&self) -> Rc<dyn Lookup> {
        self.live.lookup()
    }

    /// Checks that the objects of a manifest could be installed: their kinds are served, and none is somebody else's.
    ///
    /// # Errors
    /// Helm's texts, without a hint: there is nothing to render.
    pub fn check(&self, invocation: &Invocation, name: &str, manifest: &[u8]) -> Result<(), Failure> {
        let flags = &invocation.flags;
        let namespace = invocation.settings.namespace();
        let policy = match (flags.bool("is-upgrade"), flags.bool("take-ownership")) {
            (true, _) => Existing::Ignore,
            (false, true) => Existing::Take,
            (false, false) => Existing::Check,
        };
        let owner = Owner { name, namespace: &namespace };
        claim(&self.live, manifest, owner, !flags.bool("disable-openapi-validation"), policy)?;
        Ok(())
    }
}

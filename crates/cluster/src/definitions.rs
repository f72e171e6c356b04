//! Waits until custom resource definitions can be used.
//!
//! Source: `installCRDs`, pkg/action/install.go, which waits until they are established and then forgets its discovery; the
//! server's own discovery may be a moment behind, which is waited for too.

use std::time::{Duration, Instant};

use crate::wait::{Patience, Strategy, Unready, Wait};
use crate::{Client, Error, Resource};

/// How long discovery may be behind; after that the missing kind is told where it is used.
const BEHIND: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

impl Client {
    /// Waits until the definitions among the resources are established and their kinds are found.
    ///
    /// # Errors
    /// As [`Client::wait`] with the watcher.
    pub fn wait_established(&self, resources: &[Resource], timeout: Duration) -> Result<(), Box<Unready>> {
        let patience = Patience::Endless;
        self.wait(resources, Wait { patience, ..Wait::new(Strategy::Watcher, timeout) })?;
        Ok(self.wait_found(resources)?)
    }

    /// Waits until the kinds of established definitions are found, and reads afresh what the server serves. A kind that is
    /// still not found is told where it is used.
    ///
    /// # Errors
    /// Those of [`Client::request`].
    pub fn wait_found(&self, definitions: &[Resource]) -> Result<(), Error> {
        let deadline = Instant::now() + BEHIND;
        loop {
            self.forget_discovery();
            let discovery = self.discovery()?;
            let missing = definitions
                .iter()
                .flat_map(kinds)
                .any(|(group, version, kind)| discovery.mapping(&group, &version, &kind).is_none());
            if !missing || Instant::now() >= deadline {
                return Ok(());
            }
            self.block(async {
                // Discovery cannot be watched.
                tokio::time::sleep(PAUSE).await;
                Ok::<_, Error>(())
            })?;
        }
    }
}

/// The kinds that a definition serves.
fn kinds(resource: &Resource) -> Vec<(String, String, String)> {
    if resource.kind != "CustomResourceDefinition" {
        return Vec::new();
    }
    let spec = &resource.object["spec"];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let versions = spec["versions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let served = versions.iter().filter(|version| version["served"] == true);
    served.map(|version| (text(&spec["group"]), text(&version["name"]), text(&spec["names"]["kind"]))).collect()
}

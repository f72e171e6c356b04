//! Where charts of registries are: as the registry says, or, where it may not be asked, as it said before.

use chart::log::Log;
use gostd::GoError;
use gostd::url::Url;
use registry::ChartReference;

use crate::digest::Digest;
use crate::getters::Network;
use crate::memory::{self, Memory, Pulled};
use crate::sources::{Found, Sources};
use crate::urls;

impl Sources {
    /// Finds out which version of a chart is meant, and where it is.
    ///
    /// # Errors
    /// What is wrong with the reference, what the registry says; of what was never fetched, that it is not here.
    pub(crate) fn in_registry(&self, reference: &str, version: &str) -> Result<Found, GoError> {
        if self.getters.network == Network::Offline {
            return self.remembered(reference, version);
        }
        let resolved = self.getters.registries.resolve(reference, version)?;
        Ok(Found {
            url: Url::parse(resolved.url.as_bytes())?,
            digest: resolved.digest,
            is_content: false,
            listed: None,
        })
    }

    /// Finds a chart of a registry among those that were fetched before.
    fn remembered(&self, reference: &str, version: &str) -> Result<Found, GoError> {
        let parsed = ChartReference::parse(reference)?;
        let memory = Memory::load(&self.places.content_cache, &memory::repository(&parsed));
        let resolved = registry::resolve::chart(reference, version, &memory)?;
        let place = ChartReference::parse(&resolved.url)?;
        let pulled = match place.digest.as_str() {
            "" => memory.of_tag(place.tag()),
            digest => memory.of_manifest(digest),
        };
        let digest = pulled.map(|pulled| format!("sha256:{}", pulled.content.hex())).unwrap_or_default();
        Ok(Found { url: Url::parse(resolved.url.as_bytes())?, digest, is_content: false, listed: None })
    }

    /// Remembers what a registry gave. That this fails spoils nothing but later commands without network.
    pub(crate) fn remember(&self, url: &Url, manifest: String, content: Digest, log: &mut dyn Log) {
        let Ok(reference) = ChartReference::parse(&urls::text(url)) else { return };
        let mut memory = Memory::load(&self.places.content_cache, &memory::repository(&reference));
        let tag = reference.tag().replace('_', "+");
        if let Err(error) = memory.remember(Pulled { tag, manifest, content }) {
            log.debug("cannot remember what a registry gave", &[("url", &urls::text(url)), ("error", &error.text)]);
        }
    }
}

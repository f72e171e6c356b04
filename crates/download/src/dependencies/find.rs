//! Where dependencies are, and in which versions they could be had (`findChartURL` of `pkg/downloader/manager.go`).

use chart::Dependency;
use chart::log::{Log, Silent};
use gostd::GoError;
use gostd::semver::Version;
use registry::Tags;
use repo::index::Place;
use repo::{Entry, resolve_reference_url};

use super::names::unmanaged_name;
use super::resolve::{Offer, Offers};
use crate::digest::Digest;
use crate::getters::Network;
use crate::memory::Memory;
use crate::options::Options;
use crate::policy::Listed;
use crate::sources::Sources;
use crate::urls::{equal, is_oci};

/// Where a dependency is.
pub struct FoundDependency {
    pub url: String,
    pub options: Options,
    pub digest: Option<Digest>,
    /// The repository that lists it, if it was found in one.
    pub listed: Option<Listed>,
}

impl Sources {
    /// Finds out where a dependency with a single version is (`findChartURL`).
    ///
    /// # Errors
    /// Helm's text, and the address as far as it is known.
    pub fn find_dependency(
        &self,
        dependency: &Dependency,
        known: &[Entry],
        log: &mut dyn Log,
    ) -> Result<FoundDependency, (String, GoError)> {
        let Dependency { name, version, repository, .. } = dependency;
        if is_oci(repository) {
            let url = format!("{repository}/{name}:{version}");
            return Ok(FoundDependency { url, options: Options::default(), digest: None, listed: None });
        }
        let nowhere = |error| (String::new(), error);
        match known.iter().find(|entry| equal(repository, &entry.url)) {
            Some(entry) => self.in_known(entry, dependency, log).map_err(nowhere),
            None => self.in_unmanaged(dependency, log).map_err(|error| {
                let text = format!("chart {name} not found in {repository}: {}", error.text);
                nowhere(GoError::wrap(text, error))
            }),
        }
    }

    fn in_known(&self, entry: &Entry, dependency: &Dependency, log: &mut dyn Log) -> Result<FoundDependency, GoError> {
        // That it can be read was seen before, and told.
        let index = self.index(&entry.name, &mut Silent)?;
        let versions = index.versions(&dependency.name).map_err(|_| GoError::new("entry not found"))?;
        let wanted = &dependency.version;
        for (_, place) in versions.iter().filter(|(version, _)| wanted.is_empty() || same_version(wanted, version)) {
            let found = index.version(place)?;
            let listed = Listed {
                repository: entry.name.clone(),
                url: entry.url.clone(),
                chart: dependency.name.clone(),
                version: found.metadata.version.clone(),
            };
            let Some(address) = found.urls.unwrap_or_default().into_iter().next() else { continue };
            let mut options = Options {
                username: entry.username.clone(),
                password: entry.password.clone(),
                pass_credentials_all: entry.pass_credentials_all,
                ..Options::default()
            };
            options.set_certificates(&entry.cert_file, &entry.key_file, &entry.ca_file);
            options.tls.insecure_skip_verify = entry.insecure_skip_tls_verify;
            let url = resolve_reference_url(&dependency.repository, &address)?;
            let digest = digest(&found.digest, log);
            return Ok(FoundDependency { url, options, digest, listed: Some(listed) });
        }
        Err(GoError::new("no matching version"))
    }

    /// Looks into the index that was fetched for this, or fetches it.
    fn in_unmanaged(&self, dependency: &Dependency, log: &mut dyn Log) -> Result<FoundDependency, GoError> {
        let Dependency { name, version, repository, .. } = dependency;
        let cached = unmanaged_name(repository);
        let found = match self.is_fresh(&cached) || self.getters.network == Network::Offline {
            true => repo::find::in_index(&*self.index(&cached, log)?, repository, (name, version), log)?,
            false => self.find_unmanaged(repository, (name, version), &Options::default(), log)?,
        };
        let digest = digest(&found.version.digest, log);
        let listed = Listed::unmanaged(repository, name, &found);
        Ok(FoundDependency { url: found.url, options: Options::default(), digest, listed: Some(listed) })
    }
}

/// What a repository says of an archive that Helm does not look at; a hash that cannot be read is none.
fn digest(text: &str, log: &mut dyn Log) -> Option<Digest> {
    Digest::parse(text).unwrap_or_else(|error| {
        log.debug("the index has a digest that cannot be read", &[("digest", text), ("error", &error.text)]);
        None
    })
}

impl Offers for Sources {
    fn versions(&self, repository: &str, chart: &str, log: &mut dyn Log) -> Result<Option<Vec<Offer>>, GoError> {
        let index = self.index(repository, log)?;
        let Ok(versions) = index.versions(chart) else { return Ok(None) };
        let offer = |(version, place): (String, Place)| {
            let index = index.clone();
            let has_url = move || index.version(&place).is_ok_and(|found| !found.urls.unwrap_or_default().is_empty());
            Offer::new(version, has_url)
        };
        Ok(Some(versions.into_iter().map(offer).collect()))
    }

    fn tags(&self, reference: &str, _: &mut dyn Log) -> Result<Vec<String>, GoError> {
        match self.getters.network {
            Network::Online => self.getters.registries.tags(reference),
            Network::Offline => Ok(Memory::load(&self.places.content_cache, reference).versions(reference)?),
        }
    }
}

/// Reports whether two texts are the same version; a text that is none is only itself.
fn same_version(one: &str, other: &str) -> bool {
    let Ok(first) = Version::new(one.as_bytes()) else { return one == other };
    Version::new(other.as_bytes()).is_ok_and(|second| first.compare(&second).is_eq())
}

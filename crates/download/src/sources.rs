//! Where charts come from: the repositories that the user has added, their cached indexes, and the getters.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use chart::log::{Log, Silent};
use gostd::GoError;
use gostd::strconv::quote;
use gostd::url::Url;
use registry::ChartReference;
use repo::index::Index;
use repo::policy::Demands;
use repo::{Entry, File, cache, resolve_reference_url, update};

use crate::courier::IndexDigests;
use crate::digest::Digest;
use crate::getters::{Getters, Network, offline};
use crate::memory::{self, Memory, Pulled};
use crate::options::Options;
use crate::policy::Listed;
use crate::urls::{self, equal, is_oci};

/// The files of Helm on this computer.
#[derive(Clone, Default, Debug)]
pub struct Places {
    /// repositories.yaml.
    pub repository_config: PathBuf,
    /// The folder of cached indexes.
    pub repository_cache: PathBuf,
    /// The folder of charts by their hashes.
    pub content_cache: PathBuf,
    /// The folder of cached indexes, whatever the command line says.
    pub default_cache: PathBuf,
}

/// What charts can be fetched from. Indexes are opened once.
pub struct Sources {
    pub places: Places,
    pub getters: Getters,
    pub index_digests: IndexDigests,
    indexes: RefCell<BTreeMap<String, Rc<Index>>>,
    /// Which repository lists a URL, if one does.
    owners: RefCell<BTreeMap<String, Option<Entry>>>,
    /// The repositories whose indexes were fetched by this command.
    fresh: RefCell<Vec<String>>,
    /// What must be signed.
    pub(crate) demands: OnceCell<Demands>,
}

/// Where a chart is.
pub struct Found {
    pub url: Url,
    /// A hash, in the words of the index or the registry; empty if neither says one.
    pub digest: String,
    /// The hash is that of the archive.
    pub is_content: bool,
    /// The repository that lists it, if it was found in one.
    pub listed: Option<Listed>,
}

impl Sources {
    pub fn new(places: Places, getters: Getters) -> Self {
        let (indexes, owners, fresh, demands) = Default::default();
        Sources { places, getters, index_digests: IndexDigests::default(), indexes, owners, fresh, demands }
    }

    /// Returns the repositories that the user has added; none where there is no file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn repositories(&self) -> Result<Vec<Entry>, GoError> {
        match File::load(&self.places.repository_config) {
            Ok(file) => Ok(file.entries),
            Err(repo::LoadError::Missing(_)) => Ok(Vec::new()),
            Err(error) => Err(error.into_error()),
        }
    }

    /// Takes note of indexes that were just fetched.
    pub fn refreshed(&self, names: impl IntoIterator<Item = String>) {
        self.indexes.borrow_mut().clear();
        self.owners.borrow_mut().clear();
        self.fresh.borrow_mut().extend(names);
    }

    /// Reports whether the index of a repository was fetched by this command.
    pub fn is_fresh(&self, name: &str) -> bool {
        self.fresh.borrow().iter().any(|fresh| fresh == name)
    }

    /// Opens a cached index; what was left out of it is told each time, as Helm reads it each time.
    pub(crate) fn index(&self, name: &str, log: &mut dyn Log) -> Result<Rc<Index>, GoError> {
        let path = cache::index_path(&self.places.repository_cache, name);
        if let Some(index) = self.indexes.borrow().get(name) {
            let source = path.to_string_lossy();
            index.catalogue().warnings().iter().for_each(|warning| warning.tell(&source, log));
            return Ok(index.clone());
        }
        let index = Rc::new(Index::load(&path, log)?);
        self.indexes.borrow_mut().insert(name.to_owned(), index.clone());
        Ok(index)
    }

    /// Checks that all indexes can be read.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check_indexes(&self, known: &[Entry], log: &mut dyn Log) -> Result<(), GoError> {
        known.iter().try_for_each(|entry| self.index(&entry.name, log).map(drop))
    }

    /// Finds out where a chart is, and what to fetch it with (`ResolveChartVersion`).
    ///
    /// # Errors
    /// Helm's texts, `repo x not found` and `chart "x" matching 1 not found in y index. …` among them.
    pub fn find(
        &self,
        reference: &str,
        version: &str,
        options: &mut Options,
        log: &mut dyn Log,
    ) -> Result<Found, GoError> {
        let url = Url::parse(reference.as_bytes())
            .map_err(|error| GoError::wrap(format!("invalid chart URL format: {reference}"), error))?;
        if is_oci(&urls::text(&url)) {
            return self.in_registry(reference, version);
        }
        let known = self.repositories()?;
        if url.is_absolute() && !url.host.is_empty() && !url.path.is_empty() {
            self.take_options_of_owner(reference, &known, options, log)?;
            return Ok(Found { url, digest: String::new(), is_content: false, listed: None });
        }
        let named = String::from_utf8_lossy(&url.path).into_owned();
        let (name, chart) = named.split_once('/').ok_or_else(|| {
            let text = urls::text(&url);
            GoError::new(format!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {text}"))
        })?;
        let entry = self.entry(name, &known)?;
        self.take_options(entry, options)?;
        self.in_index(entry, (reference, chart, version), log)
    }

    fn in_registry(&self, reference: &str, version: &str) -> Result<Found, GoError> {
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

    /// Finds the repository with a name (`pickChartRepositoryConfigByName`).
    fn entry<'a>(&self, name: &str, known: &'a [Entry]) -> Result<&'a Entry, GoError> {
        match known.iter().find(|entry| entry.name == name) {
            Some(entry) if entry.url.is_empty() => Err(GoError::new(format!("no URL found for repository {name}"))),
            Some(entry) => Ok(entry),
            None => Err(GoError::new(format!("repo {name} not found"))),
        }
    }

    /// Takes what a repository is fetched with.
    fn take_options(&self, entry: &Entry, options: &mut Options) -> Result<(), GoError> {
        update::check(entry, &self.getters)?;
        options.url.clone_from(&entry.url);
        options.set_certificates(&entry.cert_file, &entry.key_file, &entry.ca_file);
        options.set_credentials(&entry.username, &entry.password, entry.pass_credentials_all);
        Ok(())
    }

    fn in_index(
        &self,
        entry: &Entry,
        (reference, chart, version): (&str, &str, &str),
        log: &mut dyn Log,
    ) -> Result<Found, GoError> {
        let repository = &entry.name;
        let index = self.index(repository, log).map_err(no_index)?;
        let found = index.get(chart, version, log).map_err(|error| {
            let chart = quoted(chart);
            let text = format!(
                "chart {chart} matching {version} not found in {repository} index. (try 'helm repo update'): {}",
                error.text
            );
            GoError::wrap(text, error)
        })?;
        let listed = Listed {
            repository: repository.clone(),
            url: entry.url.clone(),
            chart: chart.to_owned(),
            version: found.metadata.version.clone(),
        };
        let address = found.urls.unwrap_or_default().into_iter().next();
        let address =
            address.ok_or_else(|| GoError::new(format!("chart {} has no downloadable URLs", quoted(reference))))?;
        let url = resolve_reference_url(&entry.url, &address)
            .map_err(|error| GoError::wrap(format!("invalid chart URL format: {reference}"), error))?;
        Ok(Found { url: Url::parse(url.as_bytes())?, digest: found.digest, is_content: true, listed: Some(listed) })
    }

    /// A URL may be one of a repository that needs certificates.
    fn take_options_of_owner(
        &self,
        url: &str,
        known: &[Entry],
        options: &mut Options,
        log: &mut dyn Log,
    ) -> Result<(), GoError> {
        match self.owner(url, known, log)? {
            Some(entry) => self.take_options(&entry, options),
            None => {
                url.clone_into(&mut options.url);
                Ok(())
            }
        }
    }

    /// Returns the first repository whose index lists a URL.
    fn owner(&self, url: &str, known: &[Entry], log: &mut dyn Log) -> Result<Option<Entry>, GoError> {
        self.learn_owners(&[url], known)?;
        let owner = self.owners.borrow().get(url).cloned().flatten();
        for entry in known {
            update::check(entry, &self.getters)?;
            self.index(&entry.name, log).map_err(no_index)?;
            if owner.as_ref().is_some_and(|owner| owner.name == entry.name) {
                break;
            }
        }
        Ok(owner)
    }

    /// Finds the owners of several URLs in one reading of each index.
    ///
    /// # Errors
    /// An index cannot be read to its end.
    pub fn learn_owners(&self, urls: &[&str], known: &[Entry]) -> Result<(), GoError> {
        let mut owners = self.owners.borrow_mut();
        let mut wanted: Vec<&str> = urls.iter().copied().filter(|url| !owners.contains_key(*url)).collect();
        for entry in known {
            // One that cannot be read is told where it is looked into.
            let Ok(index) = self.index(&entry.name, &mut Silent) else { continue };
            index.any_url(|listed| {
                wanted.retain(|url| {
                    let is_listed = equal(url, listed);
                    if is_listed {
                        owners.insert((*url).to_owned(), Some(entry.clone()));
                    }
                    !is_listed
                });
                wanted.is_empty()
            })?;
        }
        wanted.into_iter().for_each(|url| {
            owners.insert(url.to_owned(), None);
        });
        Ok(())
    }

    /// Finds a chart of a repository that the user did not add.
    ///
    /// # Errors
    /// Helm's texts: `looks like "URL" is not a valid chart repository or cannot be reached: …`, `chart "x" not found in URL
    /// repository`.
    pub fn find_unmanaged(
        &self,
        repository: &str,
        (chart, version): (&str, &str),
        options: &Options,
        log: &mut dyn Log,
    ) -> Result<repo::find::Found, GoError> {
        if self.getters.network == Network::Offline {
            return Err(offline(repository));
        }
        let entry = Entry {
            url: repository.to_owned(),
            username: options.username.clone(),
            password: options.password.clone(),
            pass_credentials_all: options.pass_credentials_all,
            ca_file: options.tls.ca_file.clone(),
            cert_file: options.tls.cert_file.clone(),
            key_file: options.tls.key_file.clone(),
            insecure_skip_tls_verify: options.tls.insecure_skip_verify,
            ..Entry::default()
        };
        repo::find::chart(&entry, chart, version, &self.places.default_cache, &self.getters, log)
    }
}

fn no_index(error: GoError) -> GoError {
    GoError::wrap(format!("no cached repo found. (try 'helm repo update'): {}", error.text), error)
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}

//! Gets charts whose addresses are known, and their signatures: from the cache of contents, or else by a getter. Several may
//! do so at a time.

use std::fs;
use std::path::{Path, PathBuf};

use chart::log::Log as _;
use gostd::GoError;
use gostd::url::Url;
use repo::policy::Demands;

use crate::cache::{ContentCache, Kind};
use crate::digest::Digest;
use crate::getters::{Getters, Network};
use crate::options::Options;
use crate::policy::Held;
use crate::recorder::Recorder;
use crate::urls;
use crate::verify::Verify;

/// A chart whose address is known.
pub struct Request {
    /// What the user wrote.
    pub reference: String,
    pub url: Url,
    /// What its content is kept under in the cache.
    pub digest: Option<Digest>,
    /// The hash that its content must have.
    pub expected: Option<Digest>,
    pub options: Options,
    /// The name of its file.
    pub name: String,
    /// What signature policies demand of it.
    pub held: Held,
    /// Where the file may be already, if no server may be asked.
    pub present: Option<PathBuf>,
}

impl Request {
    /// Says what an index tells of the content.
    pub fn expect(&mut self, digest: Option<Digest>) {
        (self.digest, self.expected) = (digest, digest);
    }

    /// Says in which folder the file may be already.
    pub fn may_be_in(&mut self, folder: &Path) {
        self.present = Some(folder.join(&self.name));
    }

    pub fn url_text(&self) -> String {
        urls::text(&self.url)
    }
}

/// What came of a request. It crosses threads, so errors are texts.
pub struct Obtained {
    pub chart: Result<Vec<u8>, String>,
    /// The signature, if one is wanted.
    pub provenance: Option<Result<Vec<u8>, String>>,
    pub printed: String,
    pub told: Recorder,
    /// All addresses that were asked for the chart, redirects among them.
    pub came_by: Vec<String>,
    /// The digest of the manifest, if a registry gave the chart.
    pub manifest: Option<String>,
}

impl Obtained {
    /// What came of a thread that broke off.
    pub fn lost() -> Self {
        Obtained { chart: Err("the download broke off".to_owned()), ..Obtained::nothing() }
    }

    /// What there is before anything was fetched.
    pub fn nothing() -> Self {
        let (provenance, printed, told, came_by, manifest) = Default::default();
        Obtained { chart: Err(String::new()), provenance, printed, told, came_by, manifest }
    }
}

/// What becomes of an archive whose hash is not the one that its index lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IndexDigests {
    /// It is taken, as by Helm, with a warning: repositories whose archives were made again are still used.
    #[default]
    Told,
    /// It is refused.
    Enforced,
}

/// What getting takes, without what only one thread may have.
#[derive(Clone, Copy)]
pub struct Courier<'a> {
    pub getters: &'a Getters,
    /// The cache of contents.
    pub cache: &'a Path,
    /// Whether signatures are wanted too.
    pub verify: Verify,
    pub index_digests: IndexDigests,
    pub demands: &'a Demands,
}

impl Courier<'_> {
    /// Fetches what is not in the cache of contents. May run beside others.
    pub fn obtain(&self, request: &Request) -> Obtained {
        let mut obtained = Obtained::nothing();
        let chart = self.content(request, Kind::Chart, &mut obtained);
        obtained.chart = chart.and_then(|chart| match self.held(request, &chart, &mut obtained) {
            Ok(signature) => {
                obtained.provenance = signature.filter(|_| self.verify != Verify::Never).map(Ok);
                Ok(chart)
            }
            Err(error) => Err(error.text),
        });
        let wanted = obtained.chart.is_ok() && obtained.provenance.is_none();
        if wanted && self.verify != Verify::Never {
            obtained.provenance = Some(self.content(request, Kind::Provenance, &mut obtained));
        }
        obtained
    }

    /// Returns the chart or its signature: of the cache, if it is there.
    fn content(&self, request: &Request, kind: Kind, obtained: &mut Obtained) -> Result<Vec<u8>, String> {
        let cached = request.digest.and_then(|digest| ContentCache::new(self.cache).ok()?.read(&digest, kind));
        // What an index lists is looked at: Helm may have put another content under its digest, or a disk damaged it.
        let listed = request.expected.filter(|_| kind == Kind::Chart && request.expected == request.digest);
        let cached = cached.filter(|content| listed.is_none_or(|listed| Digest::of(content) == listed));
        match cached {
            Some(content) => Ok(content),
            None => self.fetched(request, kind, obtained).map_err(|error| error.text),
        }
    }

    /// Gets what the cache has not.
    pub fn fetched(&self, request: &Request, kind: Kind, obtained: &mut Obtained) -> Result<Vec<u8>, GoError> {
        let mut url = request.url_text();
        if kind == Kind::Provenance {
            url.push_str(".prov");
        }
        let content = match self.present(request, kind) {
            Some(content) => content,
            None => {
                let got = self.getters.get(&url, &request.options, &mut obtained.told)?;
                obtained.printed.push_str(&got.printed);
                obtained.came_by.extend(got.came_by);
                obtained.manifest = got.manifest;
                got.content
            }
        };
        match request.expected.filter(|_| kind == Kind::Chart) {
            Some(expected) => self.checked(&url, content, expected, obtained),
            None => Ok(content),
        }
    }

    /// Checks a chart against the policies of where it came from and of all that it came by. Returns the signature, if one
    /// was demanded.
    ///
    /// # Errors
    /// A policy refuses the chart.
    pub fn held(&self, request: &Request, chart: &[u8], obtained: &mut Obtained) -> Result<Option<Vec<u8>>, GoError> {
        let mut held = request.held.clone();
        obtained.came_by.iter().for_each(|url| held.add(self.demands.of_url(url)));
        if held.policies.is_empty() {
            return Ok(None);
        }
        let url = request.url_text();
        let cached =
            request.digest.and_then(|digest| ContentCache::new(self.cache).ok()?.read(&digest, Kind::Provenance));
        if let Some(signature) = cached {
            let signature = Ok(signature);
            if held.check(&url, chart, &signature).is_ok() {
                return Ok(signature.ok());
            }
        }
        // One in the cache that does not do may be older than the one that is published now.
        let mut aside = Obtained::nothing();
        let signature = self.fetched(request, Kind::Provenance, &mut aside).map_err(|error| error.text);
        held.check(&url, chart, &signature)?;
        Ok(signature.ok())
    }

    /// Tells of a content that is not what its index says, or refuses it.
    fn checked(
        &self,
        url: &str,
        content: Vec<u8>,
        expected: Digest,
        obtained: &mut Obtained,
    ) -> Result<Vec<u8>, GoError> {
        let found = Digest::of(&content);
        if found == expected {
            return Ok(content);
        }
        if self.index_digests == IndexDigests::Told {
            let fields = [("url", url), ("digest", &*found.hex()), ("listed", &*expected.hex())];
            obtained.told.warn("chart archive is not the one that the repository's index lists", &fields);
            return Ok(content);
        }
        Err(GoError::new(format!(
            "{url} is not the chart that the repository's index lists: its digest is sha256:{}, not sha256:{}",
            found.hex(),
            expected.hex()
        )))
    }

    /// Where no server may be asked, what was fetched before will do.
    fn present(&self, request: &Request, kind: Kind) -> Option<Vec<u8>> {
        let file = request.present.as_ref().filter(|_| self.getters.network == Network::Offline)?;
        let signature = beside(file);
        fs::read(if kind == Kind::Provenance { &signature } else { file }).ok()
    }
}

/// Returns the file for the signature of an archive.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".prov");
    name.into()
}

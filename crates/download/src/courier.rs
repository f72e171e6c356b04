//! Gets charts whose addresses are known, and their signatures: from the cache of contents, or else by a getter. Several may
//! do so at a time.

use std::fs;
use std::path::{Path, PathBuf};

use chart::log::Log as _;
use gostd::GoError;
use gostd::url::Url;

use crate::cache::{ContentCache, Kind};
use crate::digest::Digest;
use crate::getters::{Getters, Network};
use crate::options::Options;
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
}

impl Obtained {
    /// What came of a thread that broke off.
    pub fn lost() -> Self {
        let chart = Err("the download broke off".to_owned());
        Obtained { chart, provenance: None, printed: String::new(), told: Recorder::default() }
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
}

impl Courier<'_> {
    /// Fetches what is not in the cache of contents. May run beside others.
    pub fn obtain(&self, request: &Request) -> Obtained {
        let mut obtained = Obtained { chart: Err(String::new()), ..Obtained::lost() };
        obtained.chart = self.content(request, Kind::Chart, &mut obtained);
        if self.verify != Verify::Never && obtained.chart.is_ok() {
            obtained.provenance = Some(self.content(request, Kind::Provenance, &mut obtained));
        }
        obtained
    }

    /// Returns the chart or its signature: of the cache, if it is there.
    fn content(&self, request: &Request, kind: Kind, obtained: &mut Obtained) -> Result<Vec<u8>, String> {
        let cached = request.digest.and_then(|digest| ContentCache::new(self.cache).ok()?.read(&digest, kind));
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
                got.content
            }
        };
        match request.expected.filter(|_| kind == Kind::Chart) {
            Some(expected) => self.checked(&url, content, expected, obtained),
            None => Ok(content),
        }
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

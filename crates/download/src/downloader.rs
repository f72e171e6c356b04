//! Fetches charts by reference, with their signatures (`pkg/downloader/chart_downloader.go`).

use std::fs;
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::url::Url;
use gostd::{GoError, path};
use provenance::Verification;

use crate::cache::{ContentCache, Kind};
use crate::console::Console;
use crate::courier::{Courier, Obtained, Request, beside};
use crate::digest::Digest;
use crate::options::{ACCEPT, Options};
use crate::policy::{self, Listed};
use crate::sources::Sources;
use crate::urls;
use crate::verify::{self, Verify};
use crate::write;

/// A chart to be fetched.
pub struct Downloader<'a> {
    pub sources: &'a Sources,
    pub verify: Verify,
    pub keyring: &'a Path,
    /// What is not known of the repository: certificates and credentials that the user gave.
    pub options: Options,
    /// The repository whose index led here, where the reference does not say it.
    pub listed: Option<Listed>,
}

/// A file that was fetched.
pub struct Downloaded {
    pub path: PathBuf,
    /// Who signed it, if that was to be checked.
    pub verification: Option<Verification>,
}

impl<'a> Downloader<'a> {
    /// Fetches a chart into a folder (`DownloadTo`).
    ///
    /// # Errors
    /// Helm's texts. The archive may be there all the same: it is written before its signature is checked.
    pub fn to_folder(
        &self,
        (reference, version): (&str, &str),
        folder: &Path,
        console: &mut Console<'_>,
    ) -> Result<Downloaded, GoError> {
        let request = self.request(reference, version, console.log)?;
        self.keep(&request, self.courier()?.obtain(&request), folder, console)
    }

    /// Writes a chart into a folder, and its signature beside it.
    ///
    /// # Errors
    /// As [`Downloader::to_folder`].
    pub fn keep(
        &self,
        request: &Request,
        obtained: Obtained,
        folder: &Path,
        console: &mut Console<'_>,
    ) -> Result<Downloaded, GoError> {
        obtained.told.replay(console.log);
        console.pulled(&obtained.printed);
        let path = folder.join(&request.name);
        write::atomically(&path, &obtained.chart.map_err(GoError::new)?)?;
        let Some(provenance) = obtained.provenance else { return Ok(Downloaded { path, verification: None }) };
        let Some(provenance) = self.found(request, provenance, console)? else {
            return Ok(Downloaded { path, verification: None });
        };
        let beside = beside(&path);
        write::atomically(&beside, &provenance)?;
        let verification = match self.verify {
            Verify::Later => None,
            _ => Some(verify::chart_file(&path, &beside, self.keyring)?),
        };
        Ok(Downloaded { path, verification })
    }

    /// Returns a signature; that there is none may be enough to be told.
    fn found(
        &self,
        request: &Request,
        provenance: Result<Vec<u8>, String>,
        console: &mut Console<'_>,
    ) -> Result<Option<Vec<u8>>, GoError> {
        match provenance {
            Ok(provenance) => Ok(Some(provenance)),
            Err(_) if self.verify == Verify::Always => {
                let url = gostd::strconv::quote(format!("{}.prov", request.url_text()).as_bytes());
                Err(GoError::new(format!("failed to fetch provenance {}", String::from_utf8_lossy(&url))))
            }
            Err(text) => {
                console.say(&format!("WARNING: Verification not found for {}: {text}\n", request.reference));
                Ok(None)
            }
        }
    }

    /// Fetches a chart into the cache of contents, if it is not there (`DownloadToCache`).
    ///
    /// # Errors
    /// Helm's texts.
    pub fn to_cache(
        &self,
        (reference, version): (&str, &str),
        console: &mut Console<'_>,
    ) -> Result<Downloaded, GoError> {
        let cache = self.cache()?;
        let request = self.request(reference, version, console.log).map_err(decoding)?;
        let cached = request.digest.map_or(Ok(None), |digest| cache.get(&digest, Kind::Chart))?;
        let (digest, path) = match (request.digest, cached) {
            (Some(digest), Some(path)) => {
                console.log.debug("found chart in cache", &[("id", &digest.hex())]);
                self.hold_cached(&request, (&digest, &path), console)?;
                (digest, path)
            }
            _ => {
                let told = [("ref", reference), ("version", version)];
                console.log.debug("attempting to download chart", &told);
                self.fetch_to_cache(&request, console)?
            }
        };
        let verification = match self.verify {
            Verify::Never => None,
            _ => self.verify_cached(&request, (&digest, &path), console)?,
        };
        Ok(Downloaded { path, verification })
    }

    /// Holds a chart of the cache to its policies: whoever put it there may have had none.
    fn hold_cached(
        &self,
        request: &Request,
        (digest, chart): (&Digest, &Path),
        console: &mut Console<'_>,
    ) -> Result<(), GoError> {
        if request.held.policies.is_empty() {
            return Ok(());
        }
        let content = fs::read(chart).map_err(|error| path_error("open", chart, &error))?;
        let mut obtained = Obtained::nothing();
        let signature = self.courier()?.held(request, &content, &mut obtained);
        obtained.told.replay(console.log);
        self.keep_signature(digest, signature?)
    }

    /// Fetches a chart; only what its policies let pass comes into the cache.
    fn fetch_to_cache(&self, request: &Request, console: &mut Console<'_>) -> Result<(Digest, PathBuf), GoError> {
        let courier = self.courier()?;
        let mut obtained = Obtained::nothing();
        let fetched = courier.fetched(request, Kind::Chart, &mut obtained);
        let fetched = fetched.and_then(|content| {
            let signature = courier.held(request, &content, &mut obtained)?;
            Ok((content, signature))
        });
        obtained.told.replay(console.log);
        let (content, signature) = fetched?;
        console.pulled(&obtained.printed);
        // What is not what its index lists is kept under its own hash; of others the hash is known.
        let digest = match (request.digest, request.expected) {
            (Some(digest), None) => digest,
            _ => Digest::of(&content),
        };
        let path = self.cache()?.put(&digest, Kind::Chart, &content)?;
        console.log.debug("put downloaded chart in cache", &[("id", &digest.hex())]);
        self.keep_signature(&digest, signature)?;
        if let Some(manifest) = obtained.manifest {
            self.sources.remember(&request.url, manifest, digest, console.log);
        }
        Ok((digest, path))
    }

    fn keep_signature(&self, digest: &Digest, signature: Option<Vec<u8>>) -> Result<(), GoError> {
        match signature {
            Some(signature) => self.cache()?.put(digest, Kind::Provenance, &signature).map(drop),
            None => Ok(()),
        }
    }

    /// Checks a chart of the cache with its signature, which is fetched into the cache too.
    fn verify_cached(
        &self,
        request: &Request,
        (digest, chart): (&Digest, &Path),
        console: &mut Console<'_>,
    ) -> Result<Option<Verification>, GoError> {
        let cache = self.cache()?;
        let provenance = match cache.get(digest, Kind::Provenance)? {
            Some(path) => path,
            None => {
                let mut obtained = Obtained::lost();
                let fetched =
                    self.courier()?.fetched(request, Kind::Provenance, &mut obtained).map_err(|error| error.text);
                obtained.told.replay(console.log);
                console.pulled(&obtained.printed);
                let Some(content) = self.found(request, fetched, console)? else { return Ok(None) };
                cache.put(digest, Kind::Provenance, &content)?
            }
        };
        if self.verify == Verify::Later {
            return Ok(None);
        }
        let read = |path: &Path| fs::read(path).map_err(|error| path_error("open", path, &error));
        verify::archive(&read(chart)?, &read(&provenance)?, &request.name, self.keyring).map(Some)
    }

    /// Returns who gets what was requested.
    ///
    /// # Errors
    /// The signature policies cannot be read.
    pub fn courier(&self) -> Result<Courier<'a>, GoError> {
        let Sources { getters, places, index_digests, .. } = self.sources;
        let demands = self.sources.demands()?;
        let (verify, index_digests) = (self.verify, *index_digests);
        Ok(Courier { getters, cache: &places.content_cache, verify, index_digests, demands })
    }

    fn cache(&self) -> Result<ContentCache<'a>, GoError> {
        ContentCache::new(&self.sources.places.content_cache)
    }

    /// Finds out where a chart is.
    ///
    /// # Errors
    /// Helm's texts, `repo x not found` and `scheme "x" not supported` among them.
    pub fn request(&self, reference: &str, version: &str, log: &mut dyn chart::log::Log) -> Result<Request, GoError> {
        let mut options = self.options.clone();
        let found = self.sources.find(reference, version, &mut options, log)?;
        self.sources.getters.check(&String::from_utf8_lossy(&found.url.scheme))?;
        let digest = Digest::parse(&found.digest)?;
        options.accept = ACCEPT.to_owned();
        let name = file_name(&found.url)?;
        let expected = digest.filter(|_| found.is_content);
        let held = self.sources.held(&found.url, found.listed.as_ref().or(self.listed.as_ref()), &name)?;
        policy::tell(&held, log);
        let (reference, url) = (reference.to_owned(), found.url);
        Ok(Request { reference, url, digest, expected, options, name, held, present: None })
    }
}

/// Of the cache, Helm says that it was a digest that could not be read.
fn decoding(error: GoError) -> GoError {
    match error.text.starts_with("encoding/hex") {
        true => GoError::wrap(format!("unable to decode digest: {}", error.text), error),
        false => error,
    }
}

/// Returns the name of the file for a chart: of a registry, `NAME-TAG.tgz`.
fn file_name(url: &Url) -> Result<String, GoError> {
    let name = String::from_utf8_lossy(path::base(&url.path)).into_owned();
    if url.scheme != b"oci" {
        return Ok(name);
    }
    match name.rsplit_once(':') {
        Some((name, tag)) => Ok(format!("{name}-{tag}.tgz")),
        None => Err(GoError::new(format!("{} has no tag", urls::text(url)))),
    }
}

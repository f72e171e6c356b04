//! Brings each dependency into a folder: packed, downloaded or found to be there (`downloadAll` of
//! `pkg/downloader/manager.go`). Downloads run beside each other; what is told stays in the order of Chart.yaml.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use chart::Dependency;
use gostd::GoError;
use repo::Entry;

use super::find::FoundDependency;
use super::lock::Digests;
use super::{Manager, local};
use crate::console::Console;
use crate::courier::{Obtained, Request};
use crate::digest::Digest;
use crate::downloader::Downloader;
use crate::options::Options;
use crate::recorder::Recorder;
use crate::urls::is_oci;

/// Downloads at a time.
const PARALLEL: usize = 8;

/// Why dependencies are not there.
pub enum Stop {
    /// The command ends with this.
    Plain(GoError),
    /// It is told on the console too, as a failure to save.
    Saving(GoError),
}

/// What all dependencies of a chart have in common.
pub struct Fetch<'a> {
    pub manager: &'a Manager<'a>,
    pub known: &'a [Entry],
    pub charts: &'a Path,
    /// The folder that archives go to.
    pub target: &'a Path,
}

/// How a dependency is to be had.
enum Step {
    Present,
    Packed,
    /// The same archive as another dependency.
    Again,
    Download(Box<Download>),
    Failed(Stop),
    /// It cannot even be asked for; that comes up as late as a failed download.
    Refused(GoError),
}

struct Download {
    request: Request,
    /// The address as errors name it.
    address: String,
}

/// Where a dependency is.
enum Place {
    Present,
    Folder,
    Remote(Box<FoundDependency>),
    Nowhere(Stop),
}

impl Place {
    fn url(&self) -> Option<&str> {
        match self {
            Place::Remote(found) if !is_oci(&found.url) => Some(&found.url),
            _ => None,
        }
    }
}

/// A step, and what finding it told the log.
struct Planned {
    step: Step,
    told: Recorder,
}

impl Fetch<'_> {
    /// Brings all dependencies into the folder; sets the versions of those that are packed here, and the hashes of those
    /// that were downloaded.
    pub fn all(
        &self,
        dependencies: &mut [Dependency],
        (wanted, found): (&Digests, &mut Digests),
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        let planned = self.plan(dependencies);
        let courier = self.downloader().courier().map_err(Stop::Plain)?;
        for (planned, dependencies) in planned.chunks(PARALLEL).zip(dependencies.chunks_mut(PARALLEL)) {
            thread::scope(|scope| {
                let started: Vec<_> = planned
                    .iter()
                    .map(|planned| match &planned.step {
                        Step::Download(download) => Some(scope.spawn(|| courier.obtain(&download.request))),
                        _ => None,
                    })
                    .collect();
                for ((planned, dependency), started) in planned.iter().zip(dependencies.iter_mut()).zip(started) {
                    planned.told.replay(console.log);
                    let obtained = started.map(|thread| thread.join().unwrap_or_else(|_| Obtained::lost()));
                    self.finish(&planned.step, dependency, obtained, (wanted, found), console)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Finds out how each dependency is to be had, up to the first for which that fails.
    fn plan(&self, dependencies: &[Dependency]) -> Vec<Planned> {
        let mut found = Vec::new();
        for dependency in dependencies {
            let mut told = Recorder::default();
            let place = self.place(dependency, &mut told);
            let failed = matches!(place, Place::Nowhere(_));
            found.push((place, told));
            if failed {
                break;
            }
        }
        let urls: Vec<&str> = found.iter().filter_map(|(place, _)| place.url()).collect();
        // What goes wrong here goes wrong again where it is told.
        let _ = self.manager.sources.learn_owners(&urls, self.known);
        let mut addresses = BTreeSet::new();
        let planned = found.into_iter().map(|(place, mut told)| {
            let step = match place {
                Place::Present => Step::Present,
                Place::Folder => Step::Packed,
                Place::Remote(found) => self.request(*found, &mut addresses, &mut told).unwrap_or_else(|failed| failed),
                Place::Nowhere(stop) => Step::Failed(stop),
            };
            Planned { step, told }
        });
        planned.collect()
    }

    fn place(&self, dependency: &Dependency, told: &mut Recorder) -> Place {
        match dependency.repository.as_str() {
            "" => Place::Present,
            repository if repository.starts_with(local::SCHEME) => Place::Folder,
            _ => match self.manager.sources.find_dependency(dependency, self.known, told) {
                Ok(found) => Place::Remote(Box::new(found)),
                Err((url, error)) => {
                    let text = format!("could not find {url}: {}", error.text);
                    Place::Nowhere(Stop::Saving(GoError::wrap(text, error)))
                }
            },
        }
    }

    fn request(
        &self,
        found: FoundDependency,
        addresses: &mut BTreeSet<String>,
        told: &mut Recorder,
    ) -> Result<Step, Step> {
        if addresses.contains(&found.url) {
            return Ok(Step::Again);
        }
        let (address, version) = match is_oci(&found.url) {
            true => split_tag(&found.url).map_err(|error| Step::Failed(Stop::Plain(error)))?,
            false => (found.url.clone(), String::new()),
        };
        let options = Options { tag: version.clone(), own_registry: is_oci(&found.url), ..found.options };
        let downloader = Downloader { options, listed: found.listed, ..self.downloader() };
        let mut request = downloader
            .request(&address, &version, told)
            .map_err(|error| Step::Refused(not_downloaded(&address, error.text)))?;
        if request.digest.is_none() {
            // Helm would fetch it in any case.
            request.expect(found.digest);
        }
        request.may_be_in(self.charts);
        addresses.insert(address.clone());
        Ok(Step::Download(Box::new(Download { request, address })))
    }

    fn downloader(&self) -> Downloader<'_> {
        let Manager { sources, verify, keyring, .. } = self.manager;
        Downloader { sources, verify: *verify, keyring, options: Options::default(), listed: None }
    }

    fn finish(
        &self,
        step: &Step,
        dependency: &mut Dependency,
        obtained: Option<Obtained>,
        (wanted, found): (&Digests, &mut Digests),
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        let Dependency { name, repository, .. } = &*dependency;
        match (step, obtained) {
            (Step::Present, _) => {
                console.say(&format!(
                    "Dependency {name} did not declare a repository. Assuming it exists in the charts directory\n"
                ));
                let present = local::check_present(dependency, self.charts, console.log).map_err(Stop::Plain)?;
                present.map_err(Stop::Saving)
            }
            (Step::Packed, _) => self.pack(dependency, console),
            (Step::Again, _) => {
                console.say(&format!("Already downloaded {name} from repo {repository}\n"));
                Ok(())
            }
            (Step::Download(download), Some(obtained)) => {
                console.say(&format!("Downloading {name} from repo {repository}\n"));
                let failed = |text| Stop::Saving(not_downloaded(&download.address, text));
                if let (Ok(content), Some(digest)) = (&obtained.chart, wanted.get(dependency)) {
                    check_digest(content, digest).map_err(failed)?;
                }
                let digest = obtained.chart.as_ref().ok().map(|content| Digest::of(content).hex());
                let kept = self.downloader().keep(&download.request, obtained, self.target, console);
                kept.map_err(|error| failed(error.text))?;
                digest.into_iter().for_each(|digest| found.insert(dependency, format!("sha256:{digest}")));
                Ok(())
            }
            (Step::Download(_), None) => Ok(()),
            (Step::Refused(error), _) => {
                console.say(&format!("Downloading {name} from repo {repository}\n"));
                Err(Stop::Saving(error.clone()))
            }
            (Step::Failed(Stop::Plain(error)), _) => Err(Stop::Plain(error.clone())),
            (Step::Failed(Stop::Saving(error)), _) => Err(Stop::Saving(error.clone())),
        }
    }

    fn pack(&self, dependency: &mut Dependency, console: &mut Console<'_>) -> Result<(), Stop> {
        if self.manager.debug {
            console.say(&format!("Archiving {} from repo {}\n", dependency.name, dependency.repository));
        }
        let stamp = self.manager.stamp;
        let packed = local::pack(dependency, &self.manager.chart, (self.target, stamp), console.log);
        dependency.version = packed.map_err(Stop::Saving)?;
        Ok(())
    }
}

fn not_downloaded(address: &str, text: String) -> GoError {
    GoError::new(format!("could not download {address}: {text}"))
}

/// Compares an archive with the hash that Chart.lock has for it.
fn check_digest(content: &[u8], wanted: &str) -> Result<(), String> {
    let found = Digest::of(content);
    match Digest::parse(wanted) {
        Ok(Some(digest)) if digest == found => Ok(()),
        Ok(_) => Err(format!("its digest is sha256:{}, but the lock file has {wanted}", found.hex())),
        Err(error) => Err(format!("the digest {wanted:?} in the lock file cannot be read: {}", error.text)),
    }
}

/// Takes the tag off the address of a chart in a registry (`parseOCIRef`).
///
/// # Errors
/// `could not parse OCI reference: improperly formatted oci chart reference: …`.
fn split_tag(address: &str) -> Result<(String, String), GoError> {
    let split = |at: usize| Some((address.get(..at)?.to_owned(), address.get(at + 1..)?.to_owned()));
    let start = "oci://".len();
    let colons: Vec<usize> = address.match_indices(':').map(|(at, _)| at).filter(|at| *at >= start).collect();
    let found = match colons[..] {
        // A port, and at least one byte behind it.
        [port, tag, ..] if port > start && is_port(address.get(port + 1..tag).unwrap_or_default()) => split(tag),
        [tag, ..] if tag > start + 1 => split(tag),
        _ => None,
    };
    found.ok_or_else(|| {
        GoError::new(format!("could not parse OCI reference: improperly formatted oci chart reference: {address}"))
    })
}

fn is_port(text: &str) -> bool {
    text.len() > 1 && text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_off_addresses() {
        let cases = [
            ("oci://r.example/charts/web:1.0.0", Some(("oci://r.example/charts/web", "1.0.0"))),
            ("oci://r.example:5000/charts/web:1.0.0", Some(("oci://r.example:5000/charts/web", "1.0.0"))),
            ("oci://r.example/web:", Some(("oci://r.example/web", ""))),
            ("oci://r.example/web", None),
            ("oci://:1.0.0", None),
        ];
        for (address, want) in cases {
            let got = split_tag(address).ok();
            assert_eq!(got.as_ref().map(|(a, b)| (&**a, &**b)), want, "{address}");
        }
    }

    #[test]
    fn archives_must_have_the_hash_of_the_lock() {
        let digest = format!("sha256:{}", Digest::of(b"a").hex());
        assert_eq!(check_digest(b"a", &digest), Ok(()));
        let text = format!("its digest is sha256:{}, but the lock file has {digest}", Digest::of(b"b").hex());
        assert_eq!(check_digest(b"b", &digest), Err(text));
        assert!(check_digest(b"a", "sha256:x").is_err());
    }
}

//! `dependency update` and `dependency build`: what a chart depends on, in its folder `charts`
//! (`pkg/downloader/manager.go`).

mod fetch;
mod find;
mod local;
mod lock;
mod names;
mod place;
mod refresh;
mod resolve;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use chart::os_error::{path_error, reason};
use chart::pack::Stamp;
use chart::{Chart, Dependency, Lock};
use gostd::GoError;
use gostd::time::{RFC3339_NANO, Time, Zone};
use repo::Entry;

use crate::console::Console;
use crate::getters::Network;
use crate::sources::Sources;
use crate::verify::Verify;
use crate::write;
use fetch::Stop;
use lock::Digests;
use names::Names;

/// What is to be done with the dependencies of a chart.
pub struct Manager<'a> {
    /// The folder of the chart, as the user wrote it.
    pub chart: PathBuf,
    pub sources: &'a Sources,
    pub verify: Verify,
    pub keyring: &'a Path,
    /// Indexes are taken as they are.
    pub skip_refresh: bool,
    /// What is done with folders is told too.
    pub debug: bool,
    /// The times in archives of `file://`.
    pub stamp: Stamp,
    /// Hashes of archives go into the lock, even if it has none yet. Ours alone.
    pub digests: bool,
}

impl Manager<'_> {
    /// Fetches the newest versions that Chart.yaml allows, and writes them down in Chart.lock.
    ///
    /// # Errors
    /// Helm's texts, `could not find …`, `could not download …` among them.
    pub fn update(&self, console: &mut Console<'_>) -> Result<(), GoError> {
        let chart = self.load(console)?;
        self.update_chart(&chart, console)
    }

    /// Fetches the versions of Chart.lock; without one, updates.
    ///
    /// # Errors
    /// As [`Manager::update`]; the lock and Chart.yaml do not belong together; an archive is another than the one whose
    /// hash is in the lock.
    pub fn build(&self, console: &mut Console<'_>) -> Result<(), GoError> {
        let chart = self.load(console)?;
        let Some(lock) = chart.lock() else { return self.update_chart(&chart, console) };
        let known = self.sources.repositories()?;
        let metadata = chart.metadata();
        let mut wanted = metadata.dependencies.clone();
        let is_v1 = metadata.api_version == "v1";
        let old_digest = is_v1.then(|| chart::lock::digest_v2(&wanted));
        self.find_names(&mut wanted, &known, console)?;
        if chart::lock::digest(&wanted, &lock.dependencies) != lock.digest {
            self.check_old_digest(old_digest, lock, console)?;
        }
        names::check_known(&lock.dependencies, &known)?;
        if self.refreshes() {
            refresh::managed(self.sources, &known, console)?;
        }
        let digests = Digests::read(&self.chart.join(lock::file_name(&metadata.api_version)));
        let mut locked = lock.dependencies.clone();
        let mut fetched = Digests::default();
        self.fetch(&mut locked, (&digests, &mut fetched), &known, console)
    }

    fn load(&self, console: &mut Console<'_>) -> Result<Chart, GoError> {
        let path = self.chart.to_string_lossy();
        let info = fs::metadata(&self.chart).map_err(|error| {
            let error = path_error("stat", &self.chart, &error);
            GoError::wrap(format!("could not find {path}: {}", error.text), error)
        })?;
        match info.is_dir() {
            true => local::load(&self.chart, console.log),
            false => Err(GoError::new("only unpacked charts can be updated")),
        }
    }

    fn update_chart(&self, chart: &Chart, console: &mut Console<'_>) -> Result<(), GoError> {
        let metadata = chart.metadata();
        if !metadata.declares_dependencies {
            return Ok(());
        }
        let mut wanted = metadata.dependencies.clone();
        let known = self.sources.repositories()?;
        let mut names = self.find_names(&mut wanted, &known, console)?;
        let unmanaged = names::unmanaged(&wanted, &mut names);
        if self.refreshes() {
            refresh::unmanaged(self.sources, &unmanaged, console)?;
            refresh::managed(self.sources, &known, console)?;
        }
        let request = resolve::Wanted { dependencies: &wanted, repositories: &names, chart: &self.chart };
        let mut locked = resolve::all(&request, self.sources, console.log)?;
        let file = lock::file_name(&metadata.api_version);
        let old_digests = Digests::read(&self.chart.join(file));
        let mut digests = Digests::default();
        self.fetch(&mut locked, (&Digests::default(), &mut digests), &known, console)?;
        if !self.digests && old_digests.is_empty() {
            digests = Digests::default();
        }
        let digest = chart::lock::digest(&wanted, &locked);
        let same = chart.lock().is_some_and(|old| old.digest == digest) && old_digests == digests;
        if same {
            return Ok(());
        }
        let lock = Lock { generated: now(), digest, dependencies: locked, declares_dependencies: true };
        lock::write(&self.chart, file, &lock, &digests)
    }

    fn refreshes(&self) -> bool {
        !self.skip_refresh && self.sources.getters.network == Network::Online
    }

    fn find_names(
        &self,
        wanted: &mut [Dependency],
        known: &[Entry],
        console: &mut Console<'_>,
    ) -> Result<Names, GoError> {
        let debug: Option<&mut dyn Write> = if self.debug { Some(&mut *console.out) } else { None };
        names::find(wanted, known, &self.chart, debug)
    }

    /// Locks of v1 charts may be Helm 2's, which hashed only what Chart.yaml asks for.
    fn check_old_digest(
        &self,
        old_digest: Option<String>,
        lock: &Lock,
        console: &mut Console<'_>,
    ) -> Result<(), GoError> {
        let Some(old_digest) = old_digest else {
            return Err(GoError::new(
                "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the \
                 dependencies with 'helm dependency update'",
            ));
        };
        console.log.info("warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash...", &[]);
        match old_digest == lock.digest {
            true => Ok(()),
            false => Err(GoError::new(
                "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please \
                 update the dependencies",
            )),
        }
    }

    /// Brings all archives into the folder `charts`; versions of `file://` charts become those of their folders.
    fn fetch(
        &self,
        locked: &mut [Dependency],
        digests: (&Digests, &mut Digests),
        known: &[Entry],
        console: &mut Console<'_>,
    ) -> Result<(), GoError> {
        self.sources.check_indexes(known, console.log)?;
        let charts = self.chart.join("charts");
        make_charts(&charts)?;
        let temporary = Temporary::new(&self.chart)?;
        console.say(&format!("Saving {} charts\n", locked.len()));
        let fetch = fetch::Fetch { manager: self, known, charts: &charts, target: &temporary.0 };
        match fetch.all(locked, digests, console) {
            Ok(()) => place::all(locked, (&temporary.0, &charts), console.out, console.log),
            Err(Stop::Plain(error)) => Err(error),
            Err(Stop::Saving(error)) => {
                console.say(&format!("Save error occurred:  {}\n", error.text));
                Err(error)
            }
        }
    }
}

fn make_charts(charts: &Path) -> Result<(), GoError> {
    let path = charts.to_string_lossy();
    match fs::metadata(charts) {
        Ok(info) if info.is_dir() => Ok(()),
        Ok(_) => {
            let quoted = gostd::strconv::quote(path.as_bytes());
            Err(GoError::new(format!("{} is not a directory", String::from_utf8_lossy(&quoted))))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => write::folder(charts),
        Err(error) => {
            let text = format!("unable to retrieve file info for '{path}': stat {path}: {}", reason(&error));
            Err(GoError::new(text))
        }
    }
}

/// A folder beside `charts` that goes away with all that is left in it.
struct Temporary(PathBuf);

impl Temporary {
    fn new(chart: &Path) -> Result<Self, GoError> {
        let folder = chart.join(format!("tmpcharts-{}", std::process::id()));
        write::folder(&folder)?;
        Ok(Temporary(folder))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nobody can be told here; the next run uses another name.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn now() -> String {
    let now = Time::from_system(std::time::SystemTime::now(), Zone::local());
    String::from_utf8_lossy(&now.format(RFC3339_NANO)).into_owned()
}

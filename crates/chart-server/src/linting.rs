//! Looks at charts as `helm lint` does, before they are kept. Linting renders a chart, which costs more than keeping it: it
//! is done when it was asked for, one chart at a time.

use std::path::{Path, PathBuf};

use chart::log::Silent;
use chart::schema::{LoadError, References, Schemas};
use gostd::{GoError, Map};
use lint::{Message, Options, Severity};
use tokio::sync::Semaphore;

/// Which uploads are looked at.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum When {
    /// Those that ask for it (`?lint=1`); errors refuse them.
    #[default]
    Asked,
    /// All; what is found is told. Those that ask for it are refused for errors.
    Warn,
    /// All; errors refuse them.
    Error,
}

/// Charts that are looked at beside each other: each may take a processor, and much memory if it is hostile.
const AT_ONCE: usize = 1;

/// Lints charts in a folder of its own.
#[derive(Debug)]
pub struct Linting {
    when: When,
    folder: PathBuf,
    turns: Semaphore,
}

/// What was found in a chart, in the words of `helm lint`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Findings {
    pub messages: Vec<String>,
    pub has_errors: bool,
}

impl Linting {
    /// Unpacks to a folder below this one; what a process that was killed left there is removed.
    pub fn new(when: When, folder: PathBuf) -> Self {
        // That there is nothing is as well.
        let _ = std::fs::remove_dir_all(&folder);
        Linting { when, folder, turns: Semaphore::new(AT_ONCE) }
    }

    /// Reports whether an upload is looked at.
    pub fn is_wanted(&self, is_asked: bool) -> bool {
        is_asked || self.when != When::Asked
    }

    /// Reports whether what was found in an upload refuses it.
    pub fn refuses(&self, findings: &Findings, is_asked: bool) -> bool {
        findings.has_errors && (is_asked || self.when == When::Error)
    }

    /// Looks at a chart in an archive, away from the requests.
    ///
    /// # Errors
    /// The archive cannot be unpacked.
    pub async fn look(&self, bytes: Vec<u8>) -> Result<Findings, String> {
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        let folder = self.folder.clone();
        let work = tokio::task::spawn_blocking(move || findings(&folder, &bytes));
        work.await.map_err(|error| error.to_string())?
    }
}

/// A schema of a stranger may not make the server ask for anything.
struct Nowhere;

impl References for Nowhere {
    fn load(&self, _: &str, _: usize) -> Result<Vec<u8>, LoadError> {
        Err(LoadError::Failed(GoError::new("a server follows no references of schemas")))
    }

    fn is_new_urn(&self, _: &str) -> bool {
        false
    }
}

fn findings(folder: &Path, bytes: &[u8]) -> Result<Findings, String> {
    let passing = std::fs::create_dir_all(folder).and_then(|()| tempfile::tempdir_in(folder));
    let passing = passing.map_err(|error| format!("cannot make a folder to unpack a chart: {error}"))?;
    chart::expand(passing.path(), bytes).map_err(|error| error.text)?;
    let entry = std::fs::read_dir(passing.path()).ok().and_then(|mut entries| entries.next()?.ok());
    let chart = entry.ok_or("the archive put nothing into its folder")?.path();
    let options = Options { namespace: "default".to_owned(), kube_version: None, schemas: Schemas::Checked(&Nowhere) };
    let found = lint::run(chart, &Map::default(), &options, &mut Silent);
    // Helm names the folder that it unpacked the archive to; here that is nothing to know.
    let hidden = format!("{}/", passing.path().display());
    let told = |message: &Message| message.to_string().replace(&hidden, "");
    Ok(Findings {
        has_errors: found.iter().any(|message| message.severity == Severity::Error),
        messages: found.iter().map(told).collect(),
    })
}

//! `helm pull`: a chart into a folder, as it is or unpacked (`pkg/action/pull.go`).

use std::fs;
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::{GoError, path};

use crate::console::Console;
use crate::downloader::{Downloaded, Downloader};
use crate::options::Options;
use crate::policy::Listed;
use crate::sources::Sources;
use crate::urls::is_oci;
use crate::verify::Verify;
use crate::write;

/// What is to be done with a chart.
pub struct Pull<'a> {
    pub sources: &'a Sources,
    /// The repository of `--repo`; empty if the reference says it.
    pub repository: &'a str,
    pub version: &'a str,
    pub options: Options,
    pub verify: Verify,
    pub keyring: &'a Path,
    /// The folder for the archive.
    pub folder: &'a str,
    /// The folder to unpack into, below `folder` unless it is absolute; the archive is not kept then.
    pub unpack: Option<&'a str>,
}

impl Pull<'_> {
    /// Fetches a chart.
    ///
    /// # Errors
    /// Helm's texts.
    pub fn run(&self, reference: &str, console: &mut Console<'_>) -> Result<(), GoError> {
        let temporary = match self.unpack {
            Some(_) => Some(temporary()?),
            None => None,
        };
        let folder = temporary.as_ref().map_or(Path::new(self.folder), |folder| folder.path());
        let (url, listed) = match self.repository {
            "" => (reference.to_owned(), None),
            repository => {
                let wanted = (reference, self.version);
                let found = self.sources.find_unmanaged(repository, wanted, &self.options, console.log)?;
                let listed = Listed::unmanaged(repository, reference, &found);
                (found.url, Some(listed))
            }
        };
        let options = Options { own_registry: is_oci(reference), ..self.options.clone() };
        let downloader =
            Downloader { sources: self.sources, verify: self.verify, keyring: self.keyring, options, listed };
        let downloaded = downloader.to_folder((&url, self.version), folder, console)?;
        self.tell(&downloaded, console);
        match self.unpack {
            Some(target) => self.expand(reference, target, &downloaded.path),
            None => Ok(()),
        }
    }

    fn tell(&self, downloaded: &Downloaded, console: &mut Console<'_>) {
        let Some(verification) = downloaded.verification.as_ref().filter(|_| self.verify == Verify::Always) else {
            return;
        };
        for signer in &verification.signers {
            console.say(&format!("Signed by: {signer}\n"));
        }
        console.say(&format!("Using Key With Fingerprint: {}\n", verification.fingerprint));
        console.say(&format!("Chart Hash Verified: {}\n", verification.hash));
    }

    /// Unpacks an archive. A folder with the name of what the user asked for must not be there; it is made even if the
    /// chart has another name.
    fn expand(&self, reference: &str, target: &str, archive: &Path) -> Result<(), GoError> {
        let target = match target.starts_with('/') {
            true => target.as_bytes().to_vec(),
            false => path::join(&[self.folder.as_bytes(), target.as_bytes()]),
        };
        let (_, name) = path::split(reference.as_bytes());
        let own = if target == b"." { name.to_vec() } else { path::join(&[&target, name]) };
        let [target, own] = [target, own].map(|path| PathBuf::from(String::from_utf8_lossy(&path).into_owned()));
        if fs::metadata(&own).is_ok() {
            let own = own.to_string_lossy();
            return Err(GoError::new(format!(
                "failed to untar: a file or directory with the name {own} already exists"
            )));
        }
        write::folder(&own)
            .map_err(|error| GoError::wrap(format!("failed to untar (mkdir): {}", error.text), error))?;
        let content = fs::read(archive).map_err(|error| path_error("open", archive, &error))?;
        chart::expand(&target, &content)
    }
}

fn temporary() -> Result<tempfile::TempDir, GoError> {
    tempfile::Builder::new()
        .prefix("helm-")
        .tempdir()
        .map_err(|error| GoError::new(format!("failed to untar: {error}")))
}

//! Charts by reference for the commands that work with one (`LocateChart` of `pkg/action/install.go`).

use std::path::{Path, PathBuf};

use gostd::url::Url;
use gostd::{GoError, path};

use crate::console::Console;
use crate::downloader::Downloader;
use crate::options::Options;
use crate::policy::Listed;
use crate::sources::Sources;
use crate::urls::is_oci;
use crate::verify::Verify;
use crate::write;

/// Where to look for a chart.
pub struct Locate<'a> {
    pub sources: &'a Sources,
    /// The repository of `--repo`; empty if the reference says it.
    pub repository: &'a str,
    pub version: &'a str,
    pub options: Options,
    pub verify: Verify,
    pub keyring: &'a Path,
}

impl Locate<'_> {
    /// Fetches a chart into the cache of contents, and returns its absolute path.
    ///
    /// # Errors
    /// Helm's texts.
    pub fn fetch(&self, reference: &str, console: &mut Console<'_>) -> Result<PathBuf, GoError> {
        let mut options = Options { own_registry: is_oci(reference), ..self.options.clone() };
        let (mut url, mut listed) = (reference.to_owned(), None);
        if !self.repository.is_empty() {
            let wanted = (reference, self.version);
            let found = self.sources.find_unmanaged(self.repository, wanted, &options, console.log)?;
            listed = Some(Listed::unmanaged(self.repository, reference, &found));
            url = found.url;
            if !options.pass_credentials_all && !is_same_server(self.repository, &url)? {
                (options.username, options.password) = (String::new(), String::new());
            }
        }
        write::folder(&self.sources.places.repository_cache)?;
        let downloader =
            Downloader { sources: self.sources, verify: self.verify, keyring: self.keyring, options, listed };
        let downloaded = downloader.to_cache((&url, self.version), console)?;
        Ok(absolute(downloaded.path))
    }
}

/// Reports whether credentials for one URL may go to another; a port may be written or not.
fn is_same_server(one: &str, other: &str) -> Result<bool, GoError> {
    let (one, other) = (Url::parse(one.as_bytes())?, Url::parse(other.as_bytes())?);
    Ok(one.scheme == other.scheme && one.hostname() == other.hostname() && port(&one) == port(&other))
}

fn port(url: &Url) -> &[u8] {
    match (url.port(), url.scheme.as_slice()) {
        (b"", b"http") => b"80",
        (b"", b"https") => b"443",
        (port, _) => port,
    }
}

fn absolute(file: PathBuf) -> PathBuf {
    let Ok(absolute) = std::path::absolute(&file) else { return file };
    PathBuf::from(String::from_utf8_lossy(&path::clean(absolute.as_os_str().as_encoded_bytes())).into_owned())
}

#[cfg(test)]
mod tests {
    use super::is_same_server;

    #[test]
    fn servers_are_the_same_with_or_without_their_usual_port() {
        let cases = [
            ("https://example.com/charts", "https://example.com:443/a.tgz", true),
            ("http://example.com:80/charts", "http://example.com/a.tgz", true),
            ("http://example.com/charts", "https://example.com/a.tgz", false),
            ("http://example.com/charts", "http://example.com:8080/a.tgz", false),
            ("http://example.com/charts", "http://cdn.example/a.tgz", false),
        ];
        for (one, other, want) in cases {
            assert_eq!(is_same_server(one, other).map_err(|error| error.text), Ok(want), "{one} {other}");
        }
    }
}

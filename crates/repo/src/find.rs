//! A chart of a repository that nobody has added (`FindChartInRepoURL`): `--repo URL`.

use std::path::Path;

use aws_lc_rs::rand;
use chart::log::{Log, Silent};
use data_encoding::BASE64;
use gostd::{GoError, strconv};

use crate::cache;
use crate::getter::Getter;
use crate::index::{Index, Version};
use crate::update::{self, Freshness};
use crate::{Entry, resolve_reference_url};

/// A chart that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where its archive is.
    pub url: String,
    pub version: Version,
}

/// Finds a version of a chart in the index of a repository; `repository` needs no name. The index passes through a folder of
/// the cache and does not stay there.
///
/// # Errors
/// `looks like "URL" is not a valid chart repository or cannot be reached: …`; `chart "c" version "v" not found in URL
/// repository`; `chart "c" has no downloadable URLs`.
pub fn chart(
    repository: &Entry,
    name: &str,
    version: &str,
    folder: &Path,
    getter: &dyn Getter,
    log: &mut dyn Log,
) -> Result<Found, GoError> {
    let entry = Entry { name: passing_name()?, ..repository.clone() };
    update::check(&entry, getter)?;
    let path = update::download(&entry, folder, getter, Freshness::Anew, log).map_err(|error| {
        let url = quoted(&entry.url);
        let text = format!("looks like {url} is not a valid chart repository or cannot be reached: {}", error.text);
        GoError::wrap(text, error)
    })?;
    // What is left out was told already.
    let index = Index::load(&path, &mut Silent);
    let found = index.and_then(|index| in_index(&index, &entry.url, (name, version), log));
    cache::remove(folder, &entry.name)?;
    found
}

/// Finds a version of a chart in an index of the repository at `url`.
///
/// # Errors
/// As [`chart`].
pub fn in_index(index: &Index, url: &str, (name, version): (&str, &str), log: &mut dyn Log) -> Result<Found, GoError> {
    let mut what = format!("chart {}", quoted(name));
    if !version.is_empty() {
        what.push_str(&format!(" version {}", quoted(version)));
    }
    let version =
        index.get(name, version, log).map_err(|_| GoError::new(format!("{what} not found in {url} repository")))?;
    let Some(reference) = version.urls.as_ref().and_then(|urls| urls.first()) else {
        return Err(GoError::new(format!("{what} has no downloadable URLs")));
    };
    let url = resolve_reference_url(url, reference)
        .map_err(|error| GoError::wrap(format!("failed to make chart URL absolute: {}", error.text), error))?;
    Ok(Found { url, version })
}

/// Makes a name that no repository has.
fn passing_name() -> Result<String, GoError> {
    let mut bytes = [0; 20];
    rand::fill(&mut bytes).map_err(|_| GoError::new("the system has no random numbers"))?;
    Ok(BASE64.encode(&bytes).replace('/', "-"))
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&strconv::quote(text.as_bytes())).into_owned()
}

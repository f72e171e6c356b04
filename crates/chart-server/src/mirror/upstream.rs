//! The index of another repository: asked for when it may have changed, written to the disk while it comes, and read from
//! there. The last good one stays until there is a better one. Waits for the network: not where requests wait.

use std::ops::ControlFlow;
use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use chart::log::Silent;
use chart_store::names;
use data_encoding::HEXLOWER;
use fetch::Retry;
use repo::index::{Bounds, Index, Item, Place};
use repo::update::{Freshness, download};
use repo::{BaseUrl, Entry, Http, cache, getter};

use super::archive::SILENCE;
use super::queue::Weighed;
use super::wanted::VIA;

/// What strangers send may take little memory; every index that a machine wrote fits.
const BOUNDS: Bounds = Bounds { part_bytes: 1 << 20, whole_bytes: 2 << 20, chart_bytes: 8 << 20, kept_bytes: 8 << 20 };

/// A repository, and the folder in which its index is kept.
pub struct Upstream {
    entry: Entry,
    /// What its index's addresses are below; none where it is no URL, so that there is no index either.
    base: Option<BaseUrl>,
    folder: PathBuf,
    http: Http,
    /// What stands before the host, which nobody should see.
    secret: Option<String>,
}

/// How much there is in an index.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    pub charts: u64,
    pub versions: u64,
    /// Entries that Helm would leave out.
    pub skipped: u64,
    pub bytes: u64,
}

/// A version of a chart in the index.
pub struct Remote {
    pub name: String,
    pub version: String,
    /// Its file with us.
    pub file: String,
    pub url: String,
    /// Hexadecimal SHA-256; empty if the index does not say.
    pub digest: String,
}

impl Weighed for Remote {
    fn memory_bytes(&self) -> usize {
        [&self.name, &self.version, &self.file, &self.url, &self.digest].map(String::len).iter().sum()
    }
}

impl Upstream {
    pub fn new(tenant: &str, url: &str, folder: PathBuf, limit_bytes: u64, via: &str) -> Self {
        let hash = HEXLOWER.encode(digest(&SHA256, format!("{tenant}\n{url}").as_bytes()).as_ref());
        let name = hash.get(..32).unwrap_or_default().to_owned();
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let secret = host.rsplit_once('@').map(|(user, _)| format!("{user}@"));
        let headers = vec![(VIA, via.to_owned())];
        let (timeout, silence) = (getter::TIMEOUT, Some(SILENCE));
        let http = Http { timeout, silence, headers, limit_bytes, retry: Retry::default(), bounds: BOUNDS };
        let entry = Entry { name, url: url.to_owned(), ..Entry::default() };
        Upstream { entry, base: BaseUrl::parse(url).ok(), folder, http, secret }
    }

    /// Returns a text without the password that stands in the URL.
    pub fn hidden(&self, text: &str) -> String {
        self.secret.as_ref().map_or_else(|| text.to_owned(), |secret| text.replace(secret, "xxxxx@"))
    }

    /// Returns the URL without a password.
    pub fn shown(&self) -> String {
        self.hidden(&self.entry.url)
    }

    /// Asks the repository for its index, and reads it: the same file as before if nothing changed.
    ///
    /// # Errors
    /// Helm's texts of what cannot be fetched or is no index; the file of before stays then.
    pub fn ask(&self) -> Result<Index, String> {
        let fetched = download(&self.entry, &self.folder, &self.http, Freshness::IfChanged, &mut Silent);
        let read = fetched.and_then(|path| Index::load(&path, &mut Silent));
        read.map_err(|error| self.hidden(&error.text))
    }

    /// Reads the index of last time, if there is one.
    pub fn last(&self) -> Option<Index> {
        Index::load(&cache::index_path(&self.folder, &self.entry.name), &mut Silent).ok()
    }

    /// Returns where a version is; none of one that has no address that can be fetched from, or no name for a file.
    pub fn remote(&self, name: &str, version: &str, item: &Item) -> Option<Remote> {
        let file = names::file(name, version).ok()?;
        let url = self.base.as_ref()?.resolve(&item.url).ok()?;
        // It was parsed as a URL: what stands before the first colon is its scheme.
        let (scheme, _) = url.split_once(':')?;
        let digest = item.digest.trim_start_matches("sha256:").to_lowercase();
        let can_be_fetched = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        can_be_fetched.then(|| Remote { name: name.to_owned(), version: version.to_owned(), file, url, digest })
    }

    /// Finds the version that has a file with us.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn find(&self, index: &Index, file: &str) -> Result<Option<Remote>, String> {
        let Some(stem) = file.strip_suffix(".tgz") else { return Ok(None) };
        for head in index.catalogue().heads() {
            let Some(version) = stem.strip_prefix(head.name).and_then(|rest| rest.strip_prefix('-')) else { continue };
            let same = |row: &repo::index::RowRef<'_>| match row.version == version {
                true => ControlFlow::Break(row.place),
                false => ControlFlow::Continue(()),
            };
            let place: Option<Place> = index.catalogue().each_row(&head, same).map_err(|error| error.to_string())?;
            let Some(place) = place else { continue };
            let item = index.item(&place).map_err(|error| error.text)?;
            return Ok(item.and_then(|item| self.remote(head.name, version, &item)));
        }
        Ok(None)
    }
}

/// Counts what is in an index.
pub fn counts(index: &Index) -> Counts {
    let catalogue = index.catalogue();
    let mut counts =
        Counts { skipped: catalogue.warnings().len() as u64, bytes: index.key().bytes, ..Counts::default() };
    for head in catalogue.heads() {
        counts.charts += 1;
        // What cannot be read is told when it is needed.
        let _ = catalogue.each_row(&head, |_| {
            counts.versions += 1;
            ControlFlow::<()>::Continue(())
        });
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let upstream = Upstream::new("", "http://u:p@h.example.com/x@y", PathBuf::new(), 1, "");
        assert_eq!(upstream.shown(), "http://xxxxx@h.example.com/x@y");
        assert_eq!(
            upstream.hidden("Get \"http://u:p@h.example.com/a\": EOF"),
            "Get \"http://xxxxx@h.example.com/a\": EOF"
        );
        let plain = Upstream::new("", "http://h.example.com/x@y", PathBuf::new(), 1, "");
        assert_eq!(plain.shown(), "http://h.example.com/x@y");
    }
}

//! Writes one index of ours and theirs: both are in the order of their names, and no more than one chart is in memory.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use aws_lc_rs::digest::Context;
use bytes::Bytes;
use chart_store::{Listed, Store};
use gostd::semver::Version;
use repo::index::{Head, Index, Item, Place, name_line};

use super::ours::Ours;
use super::upstream::{Remote, Upstream};

/// What a view is made of.
pub struct Sources<'a> {
    pub store: &'a Store,
    pub tenant: &'a str,
    pub upstream: &'a Upstream,
    pub index: &'a Index,
    pub folder: &'a Path,
}

/// Where an index goes, with what is known of it then.
pub struct Hashed<W> {
    pub out: W,
    pub hash: Context,
    pub size: u64,
}

impl<W: Write> Hashed<W> {
    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        self.hash.update(text);
        self.size += text.len() as u64;
        self.out.write_all(text)
    }
}

const EMPTY: &[u8] = b"apiVersion: v1\nentries: {}\n";
const HEAD: &[u8] = b"apiVersion: v1\nentries:\n";

/// Writes the index.
///
/// # Errors
/// Rows or indexes that cannot be read, a full disk.
pub fn write<W: Write>(sources: &Sources<'_>, ours: Ours, out: &mut Hashed<W>) -> io::Result<()> {
    let mut writer = Writer { sources, ours, out, has_head: false };
    for head in sources.index.catalogue().heads() {
        while let Some((name, versions)) = writer.ours.before(Some(head.name)).map_err(io::Error::other)? {
            writer.chart(&name, versions, Vec::new())?;
        }
        let own = writer.ours.of(head.name).map_err(io::Error::other)?;
        writer.chart(head.name, own, rows(sources.index, &head)?)?;
    }
    while let Some((name, versions)) = writer.ours.before(None).map_err(io::Error::other)? {
        writer.chart(&name, versions, Vec::new())?;
    }
    if !writer.has_head {
        writer.out.put(EMPTY)?;
    }
    // As the index that it shows: with the time of each change of ours the text would be another after every fetch.
    let made_at = sources.index.key().modified_nanoseconds / 1_000_000;
    writer.out.put(&sources.store.index_foot(i64::try_from(made_at).unwrap_or(i64::MAX)))
}

fn rows(index: &Index, head: &Head<'_>) -> io::Result<Vec<(String, Place)>> {
    let mut rows = Vec::new();
    index.catalogue().each_row(head, |row| {
        rows.push((row.version.to_owned(), row.place));
        ControlFlow::<()>::Continue(())
    })?;
    Ok(rows)
}

struct Writer<'a, W> {
    sources: &'a Sources<'a>,
    ours: Ours,
    out: &'a mut Hashed<W>,
    has_head: bool,
}

/// A version to be written.
enum Line {
    /// With its text, unless that is large.
    Ours(Option<Bytes>),
    Theirs(Place),
}

impl<W: Write> Writer<'_, W> {
    fn chart(&mut self, name: &str, ours: Vec<Listed>, theirs: Vec<(String, Place)>) -> io::Result<()> {
        let mut has_name = false;
        for (version, line) in self.lines(name, ours, theirs)? {
            let Some(text) = self.text(name, &version, line)? else { continue };
            if !self.has_head {
                self.out.put(HEAD)?;
                self.has_head = true;
            }
            if !has_name {
                self.out.put(&name_line(name).map_err(|error| io::Error::other(error.text))?)?;
                has_name = true;
            }
            self.out.put(&text)?;
        }
        Ok(())
    }

    fn text(&self, name: &str, version: &str, line: Line) -> io::Result<Option<Bytes>> {
        match line {
            Line::Ours(Some(text)) => Ok(Some(text)),
            Line::Ours(None) => self.ours.entry(name, version).map_err(io::Error::other),
            Line::Theirs(place) => Ok(self.theirs(name, version, &place)?.map(Bytes::from)),
        }
    }

    /// Puts the versions of a chart in order, the newest first.
    fn lines(&self, name: &str, ours: Vec<Listed>, theirs: Vec<(String, Place)>) -> io::Result<Vec<(String, Line)>> {
        let mut seen = HashSet::new();
        let shown_as_theirs = self.same(name, &ours, &theirs)?;
        let mut lines = Vec::with_capacity(ours.len() + theirs.len());
        for own in ours.into_iter().filter(|own| !shown_as_theirs.contains(&own.version)) {
            seen.insert(own.version.clone());
            lines.push((own.version, Line::Ours(own.entry)));
        }
        for (version, place) in theirs {
            if seen.insert(version.clone()) {
                lines.push((version, Line::Theirs(place)));
            }
        }
        // Stable: what is no version stays in the order of its index, at the end.
        lines.sort_by_cached_key(|(version, _)| Reverse(Version::new(version.as_bytes()).ok().map(Newer)));
        Ok(lines)
    }

    /// Finds the versions that are the same archive here and there.
    fn same(&self, name: &str, ours: &[Listed], theirs: &[(String, Place)]) -> io::Result<HashSet<String>> {
        let own: HashMap<&str, &str> = ours.iter().map(|own| (own.version.as_str(), own.digest.as_str())).collect();
        let mut same = HashSet::new();
        for (version, place) in theirs {
            if let Some(digest) = own.get(version.as_str())
                && self.item(name, version, place)?.is_some_and(|(_, remote)| remote.digest == *digest)
            {
                same.insert(version.clone());
            }
        }
        Ok(same)
    }

    fn item(&self, name: &str, version: &str, place: &Place) -> io::Result<Option<(Item, Remote)>> {
        let item = self.sources.index.item(place).map_err(|error| io::Error::other(error.text))?;
        Ok(item.and_then(|item| {
            let remote = self.sources.upstream.remote(name, version, &item)?;
            Some((item, remote))
        }))
    }

    /// The text of a version of theirs, with our address.
    fn theirs(&self, name: &str, version: &str, place: &Place) -> io::Result<Option<Vec<u8>>> {
        let Some((item, remote)) = self.item(name, version, place)? else { return Ok(None) };
        let url = self.sources.store.url(self.sources.tenant, &remote.file);
        item.with_url(&url).map(Some).map_err(|error| io::Error::other(error.text))
    }
}

/// Versions in their order.
struct Newer(Version);

impl Ord for Newer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.compare(&other.0)
    }
}

impl PartialOrd for Newer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Newer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Newer {}

//! The charts of a tenant as JSON, with all their versions: made once for all who ask, and of what changed only the charts
//! that did.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use gostd::json::append_quote;

use crate::charts::{ChartVersion, Page, chart_version};
use crate::error::Error;
use crate::rows::{Arg, PAGE_BYTES, are_full};
use crate::store::{Inner, Store};
use crate::text::Text;

use super::latest::{Latest, Made};
use super::{Rank, State};

/// Versions that are read at a time at most: about a kilobyte each.
const PAGE: i64 = 500;
/// Bytes of charts that are kept together when they are made together: an answer sends them as one piece.
const CHUNK_BYTES: usize = 64 * 1024;
/// Charts that changed, beyond which all are made anew.
const CHANGED: usize = 200;

/// All charts in the order of their names.
pub struct Catalogue {
    state: State,
    charts: Vec<Chart>,
    bytes: u64,
}

/// A chart.
#[derive(Clone)]
struct Chart {
    name: Arc<str>,
    /// `,"NAME":[…]`
    text: Written,
    /// Where the list of versions begins: in the first piece.
    list: usize,
}

/// The text of a chart.
#[derive(Clone)]
enum Written {
    /// A part of a chunk.
    Part(Bytes, Range<usize>),
    /// By itself, as some versions are large: nothing of them is copied.
    Pieces(Vec<Bytes>),
}

impl Made for Catalogue {
    fn latest(inner: &Inner) -> &Latest<Self> {
        &inner.catalogues
    }

    fn state(&self) -> State {
        self.state
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    async fn whole(store: &Store, tenant: &str, state: State) -> Result<Self, Error> {
        let mut writer = Writer::new(store, tenant);
        if state != State::NONE {
            store.write_versions(state.tenant, None, &mut writer).await?;
        }
        Ok(Catalogue::of(state, writer.end()))
    }

    async fn next(&self, store: &Store, tenant: &str, state: State) -> Result<Self, Error> {
        let changed = store.changed_charts(self.state).await?;
        if changed.len() > CHANGED {
            return Catalogue::whole(store, tenant, state).await;
        }
        let mut charts = self.charts.clone();
        for name in changed {
            let mut writer = Writer::new(store, tenant);
            store.write_versions(state.tenant, Some(&name), &mut writer).await?;
            let place = charts.binary_search_by(|chart| chart.name.as_ref().cmp(&name));
            let old = place.map_or_else(|at| at..at, |at| at..at + 1);
            charts.splice(old, writer.end());
        }
        Ok(Catalogue::of(state, charts))
    }
}

impl Catalogue {
    fn of(state: State, charts: Vec<Chart>) -> Self {
        let bytes = charts.iter().map(|chart| chart.text.len() + chart.name.len() + size_of::<Chart>());
        Catalogue { state, bytes: 4096 + bytes.sum::<usize>() as u64, charts }
    }

    /// Returns when it changed last, in milliseconds since 1970.
    pub fn changed_at(&self) -> i64 {
        self.state.changed_at
    }

    /// Returns the members of an object that has the charts of a page.
    pub fn members(&self, page: Page) -> Vec<Bytes> {
        let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let charts = self.charts.iter().skip(number(page.offset)).take(page.limit.map_or(usize::MAX, number));
        let mut pieces = Vec::new();
        let mut open: Option<(&Bytes, Range<usize>)> = None;
        for chart in charts {
            match (&mut open, &chart.text) {
                (Some((chunk, range)), Written::Part(own, part))
                    if chunk.as_ptr() == own.as_ptr() && range.end == part.start =>
                {
                    range.end = part.end;
                }
                (_, text) => {
                    pieces.extend(open.take().map(|(chunk, range)| chunk.slice(range)));
                    match text {
                        Written::Part(chunk, part) => open = Some((chunk, part.clone())),
                        Written::Pieces(own) => pieces.extend_from_slice(own),
                    }
                }
            }
        }
        pieces.extend(open.map(|(chunk, range)| chunk.slice(range)));
        cut(&mut pieces, 1);
        pieces
    }

    /// Returns the list of versions of a chart.
    pub fn versions(&self, name: &str) -> Option<Text> {
        let at = self.charts.binary_search_by(|chart| chart.name.as_ref().cmp(name)).ok()?;
        let chart = self.charts.get(at)?;
        let mut pieces = match &chart.text {
            Written::Part(chunk, part) => vec![chunk.slice(part.clone())],
            Written::Pieces(pieces) => pieces.clone(),
        };
        cut(&mut pieces, chart.list);
        Some(pieces.into_iter().collect())
    }
}

impl Written {
    fn len(&self) -> usize {
        match self {
            Written::Part(_, part) => part.len(),
            Written::Pieces(pieces) => pieces.iter().map(Bytes::len).sum(),
        }
    }
}

/// Takes what the first piece begins with away.
fn cut(pieces: &mut [Bytes], length: usize) {
    if let Some(first) = pieces.first_mut() {
        *first = first.slice(length..);
    }
}

/// Writes charts whose versions come in the order of the charts' names.
struct Writer<'a> {
    store: &'a Store,
    tenant: &'a str,
    name: Arc<str>,
    versions: Vec<(Rank, String)>,
    /// Those of the chunk, and where chart and list begin.
    open: Vec<(Arc<str>, usize, usize)>,
    chunk: Vec<u8>,
    charts: Vec<Chart>,
}

impl<'a> Writer<'a> {
    fn new(store: &'a Store, tenant: &'a str) -> Self {
        let (versions, open, chunk, charts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Writer { store, tenant, name: "".into(), versions, open, chunk, charts }
    }

    fn push(&mut self, version: &ChartVersion) {
        if *self.name != *version.name {
            self.end_chart();
            self.name = version.name.as_str().into();
        }
        let text = version.to_json(&self.store.url(self.tenant, &version.file));
        self.versions.push((Rank::of(&version.version), text));
    }

    fn end_chart(&mut self) {
        if self.versions.is_empty() {
            return;
        }
        let mut head = vec![b','];
        append_quote(&mut head, self.name.as_bytes());
        head.push(b':');
        let list = head.len();
        let mut pieces = list_of(head, &mut self.versions);
        let name = self.name.clone();
        match pieces.as_slice() {
            [only] => {
                self.open.push((name, self.chunk.len(), list));
                self.chunk.extend_from_slice(only);
                if self.chunk.len() >= CHUNK_BYTES {
                    self.end_chunk();
                }
            }
            _ => {
                self.end_chunk();
                pieces.shrink_to_fit();
                self.charts.push(Chart { name, text: Written::Pieces(pieces), list });
            }
        }
    }

    fn end_chunk(&mut self) {
        let chunk = Bytes::from(std::mem::take(&mut self.chunk).into_boxed_slice());
        let mut end = chunk.len();
        let first = self.charts.len();
        for (name, start, list) in self.open.drain(..).rev() {
            self.charts.push(Chart { name, text: Written::Part(chunk.clone(), start..end), list });
            end = start;
        }
        if let Some(new) = self.charts.get_mut(first..) {
            new.reverse();
        }
    }

    fn end(mut self) -> Vec<Chart> {
        self.end_chart();
        self.end_chunk();
        self.charts
    }
}

/// Writes versions behind a text, the newest first, as Helm sorts an index; what is no version goes to the end. Large ones
/// are pieces of their own.
fn list_of(head: Vec<u8>, versions: &mut Vec<(Rank, String)>) -> Vec<Bytes> {
    versions.sort_by(|(own, _), (other, _)| other.cmp(own));
    let (mut pieces, mut open) = (Vec::new(), head);
    for (at, (_, text)) in versions.drain(..).enumerate() {
        open.push(if at == 0 { b'[' } else { b',' });
        match text.len() > CHUNK_BYTES {
            true => pieces.extend([Bytes::from(std::mem::take(&mut open)), text.into()]),
            false => open.extend_from_slice(text.as_bytes()),
        }
    }
    open.push(b']');
    pieces.push(open.into());
    pieces
}

impl Store {
    /// Reads the versions of a tenant, or of one chart of it.
    async fn write_versions(&self, tenant: i64, chart: Option<&str>, writer: &mut Writer<'_>) -> Result<(), Error> {
        let (mut name, mut version) = (chart.unwrap_or_default().to_owned(), String::new());
        loop {
            let sql = match chart {
                None => {
                    "SELECT name, version, file, archive, size, created, provenance, metadata FROM versions \
                    WHERE tenant = $1 AND (name, version) > ($2, $3) ORDER BY name, version LIMIT $4"
                }
                Some(_) => {
                    "SELECT name, version, file, archive, size, created, provenance, metadata FROM versions \
                    WHERE tenant = $1 AND name = $2 AND version > $3 ORDER BY version LIMIT $4"
                }
            };
            let args = [tenant.into(), (&name).into(), (&version).into(), Arg::Int(PAGE)];
            let rows = self.inner.rows.some_rows(sql, &args, PAGE_BYTES).await?;
            let last = !are_full(&rows, PAGE, PAGE_BYTES);
            for row in rows {
                let found = chart_version(row)?;
                writer.push(&found);
                (name, version) = (found.name, found.version);
            }
            if last {
                return Ok(());
            }
        }
    }

    /// Returns the charts that changed since a state, in the order of their names; one more than are of interest at most.
    async fn changed_charts(&self, since: State) -> Result<BTreeSet<String>, Error> {
        let sql = "SELECT name FROM versions WHERE tenant = $1 AND changed > $2 UNION \
            SELECT name FROM removals WHERE tenant = $1 AND changed > $2 LIMIT $3";
        let args = [since.tenant.into(), since.changes.into(), Arg::Int(CHANGED as i64 + 1)];
        self.inner.rows.rows(sql, &args).await?.into_iter().map(|mut row| row.text()).collect()
    }

    /// Returns charts with all their versions as a JSON object, in the order of their names. Unknown tenants have none.
    pub async fn charts_json(&self, tenant: &str, page: Page) -> Result<Text, Error> {
        let members = self.latest::<Catalogue>(tenant).await?.members(page);
        Ok([Bytes::from_static(b"{")].into_iter().chain(members).chain([Bytes::from_static(b"}")]).collect())
    }

    /// Returns the versions of a chart as a JSON list, the newest first; none if there is no such chart. Only of charts with
    /// many versions is it kept, with all others.
    pub async fn chart_json(&self, tenant: &str, name: &str) -> Result<Option<Text>, Error> {
        if let Some(catalogue) = self.current::<Catalogue>(tenant) {
            return Ok(catalogue.versions(name));
        }
        let sql = "SELECT v.name, v.version, v.file, v.archive, v.size, v.created, v.provenance, v.metadata \
            FROM versions v JOIN tenants t ON v.tenant = t.id WHERE t.name = $1 AND v.name = $2 LIMIT $3";
        let args = [tenant.into(), name.into(), Arg::Int(PAGE)];
        let rows = self.inner.rows.some_rows(sql, &args, CHUNK_BYTES).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        if are_full(&rows, PAGE, CHUNK_BYTES) {
            return Ok(self.latest::<Catalogue>(tenant).await?.versions(name));
        }
        let version = |row| {
            let version = chart_version(row)?;
            Ok((Rank::of(&version.version), version.to_json(&self.url(tenant, &version.file))))
        };
        let mut versions = rows.into_iter().map(version).collect::<Result<Vec<_>, Error>>()?;
        Ok(Some(list_of(Vec::new(), &mut versions).into_iter().collect()))
    }
}

//! The charts of a tenant as JSON, with all their versions: made once for all who ask, and of what changed only the charts
//! that did.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use gostd::json::append_quote;

use crate::charts::{ChartVersion, Page, chart_version};
use crate::error::Error;
use crate::rows::{Arg, PAGE_BYTES};
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

/// A chart: `,"NAME":[…]` in a chunk.
#[derive(Clone)]
struct Chart {
    name: Arc<str>,
    chunk: Bytes,
    start: usize,
    /// Where the list of versions begins.
    list: usize,
    end: usize,
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
        let bytes = charts.iter().map(|chart| chart.end - chart.start + chart.name.len() + size_of::<Chart>());
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
        let (mut pieces, mut open): (Vec<Bytes>, Option<(&Bytes, usize, usize)>) = (Vec::new(), None);
        for chart in charts {
            match &mut open {
                Some((chunk, _, end)) if chunk.as_ptr() == chart.chunk.as_ptr() && *end == chart.start => {
                    *end = chart.end
                }
                _ => {
                    pieces.extend(open.map(|(chunk, start, end)| chunk.slice(start..end)));
                    open = Some((&chart.chunk, chart.start, chart.end));
                }
            }
        }
        pieces.extend(open.map(|(chunk, start, end)| chunk.slice(start..end)));
        if let Some(first) = pieces.first_mut() {
            // The comma.
            *first = first.slice(1..);
        }
        pieces
    }

    /// Returns the list of versions of a chart.
    pub fn versions(&self, name: &str) -> Option<Bytes> {
        let at = self.charts.binary_search_by(|chart| chart.name.as_ref().cmp(name)).ok()?;
        self.charts.get(at).map(|chart| chart.chunk.slice(chart.list..chart.end))
    }
}

/// Writes charts whose versions come in the order of the charts' names.
struct Writer<'a> {
    store: &'a Store,
    tenant: &'a str,
    name: Arc<str>,
    versions: Vec<(Rank, String)>,
    /// Names, and where chart and list begin.
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
        let start = self.chunk.len();
        self.chunk.push(b',');
        append_quote(&mut self.chunk, self.name.as_bytes());
        self.chunk.push(b':');
        let list = self.chunk.len();
        append_list(&mut self.chunk, &mut self.versions);
        self.open.push((self.name.clone(), start, list));
        if self.chunk.len() >= CHUNK_BYTES {
            self.end_chunk();
        }
    }

    fn end_chunk(&mut self) {
        let chunk = Bytes::from(std::mem::take(&mut self.chunk));
        let mut end = chunk.len();
        let first = self.charts.len();
        for (name, start, list) in self.open.drain(..).rev() {
            self.charts.push(Chart { name, chunk: chunk.clone(), start, list, end });
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

/// Writes versions, the newest first, as Helm sorts an index; what is no version goes to the end.
fn append_list(out: &mut Vec<u8>, versions: &mut Vec<(Rank, String)>) {
    versions.sort_by(|(own, _), (other, _)| other.cmp(own));
    out.reserve_exact(versions.iter().map(|(_, text)| text.len() + 1).sum::<usize>() + 2);
    for (at, (_, text)) in versions.drain(..).enumerate() {
        out.push(if at == 0 { b'[' } else { b',' });
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b']');
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
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let found = chart_version(row)?;
                writer.push(&found);
                (name, version) = (found.name, found.version);
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
    pub async fn chart_json(&self, tenant: &str, name: &str) -> Result<Option<Bytes>, Error> {
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
        if rows.len() == PAGE as usize || rows.iter().map(|row| row.weight()).sum::<usize>() >= CHUNK_BYTES {
            return Ok(self.latest::<Catalogue>(tenant).await?.versions(name));
        }
        let version = |row| {
            let version = chart_version(row)?;
            Ok((Rank::of(&version.version), version.to_json(&self.url(tenant, &version.file))))
        };
        let mut versions = rows.into_iter().map(version).collect::<Result<Vec<_>, Error>>()?;
        let mut text = Vec::new();
        append_list(&mut text, &mut versions);
        Ok(Some(text.into()))
    }
}

//! Gathers the versions of a chart, and writes them in their order when the chart is complete.

use std::collections::HashSet;
use std::io::{self, Write};

use gostd::semver;

use super::{Bounds, Doubt};
use crate::index::catalogue::{Place, Record, Row, Writer};
use crate::index::{Version, Warning, sort_newest_first};

/// Versions of one chart, with those that are left out.
pub const VERSIONS: usize = 200_000;

/// Charts, and entries that are left out: what stays in memory until the end.
pub const KEPT: usize = 1_000_000;

/// Takes charts and their versions in the order of the file.
pub struct Gather<W> {
    pub writer: Writer<W>,
    pub bounds: Bounds,
    chart: Option<Chart>,
    /// How much is kept so far.
    kept: usize,
    kept_bytes: usize,
}

struct Chart {
    name: String,
    versions: Vec<(semver::Version, Row)>,
    warnings: Vec<Warning>,
    bytes: usize,
}

/// What a version or a name takes beside its texts.
const ENTRY_BYTES: usize = 256;

impl<W: Write> Gather<W> {
    pub fn new(writer: Writer<W>, bounds: Bounds) -> Self {
        Gather { writer, bounds, chart: None, kept: 0, kept_bytes: 0 }
    }

    /// Begins a chart.
    pub fn open(&mut self, name: String) -> Result<(), Doubt> {
        self.close()?;
        self.count(name.len())?;
        self.chart = Some(Chart { name, versions: Vec::new(), warnings: Vec::new(), bytes: 0 });
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), Doubt> {
        self.kept += 1;
        self.kept_bytes += bytes + ENTRY_BYTES / 4;
        if self.kept > KEPT || self.kept_bytes > self.bounds.kept_bytes { Err(Doubt::Full) } else { Ok(()) }
    }

    /// Takes a version that was checked.
    pub fn accept(&mut self, version: semver::Version, record: Record, place: Place) -> Result<(), Doubt> {
        let Some(chart) = &mut self.chart else { return Ok(()) };
        chart.bytes += ENTRY_BYTES + record.bytes();
        if chart.bytes > self.bounds.chart_bytes {
            return Err(Doubt::Full);
        }
        chart.versions.push((version, Row { record, place, is_shadowed: false }));
        chart.check_count()
    }

    /// Takes a version that was read, checks it, and leaves it out if it is not valid; none stands for null.
    pub fn check(&mut self, version: Option<Version>, place: Place) -> Result<(), Doubt> {
        let name = self.chart.as_ref().map(|chart| chart.name.clone()).unwrap_or_default();
        let Some(mut version) = version else {
            return self.skip(Warning { name, invalid: None });
        };
        let number = match version.check() {
            Ok(()) => semver::Version::new(version.metadata.version.as_bytes()).map_err(|_| Doubt::Form)?,
            Err(error) => {
                return self.skip(Warning { name, invalid: Some((version.metadata.version, error.text)) });
            }
        };
        let metadata = version.metadata;
        let record = Record {
            version: metadata.version,
            name: metadata.name,
            app_version: metadata.app_version,
            description: metadata.description,
            keywords: metadata.keywords.join(" "),
            urls: version.urls.unwrap_or_default(),
        };
        self.accept(number, record, place)
    }

    fn skip(&mut self, warning: Warning) -> Result<(), Doubt> {
        self.count(warning.bytes())?;
        let Some(chart) = &mut self.chart else { return Ok(()) };
        chart.warnings.push(warning);
        chart.check_count()
    }

    /// Writes the chart that is open, if one is.
    pub fn close(&mut self) -> io::Result<()> {
        let Some(mut chart) = self.chart.take() else { return Ok(()) };
        sort_newest_first(&mut chart.versions, |(a, _), (b, _)| a.compare(b));
        mark_shadowed(&mut chart.versions);
        // Helm goes through the entries from the last to the first.
        chart.warnings.reverse();
        let rows: Vec<Row> = chart.versions.into_iter().map(|(_, row)| row).collect();
        self.writer.chart(&chart.name, &rows, chart.warnings)
    }
}

impl Chart {
    fn check_count(&self) -> Result<(), Doubt> {
        if self.versions.len() + self.warnings.len() > VERSIONS { Err(Doubt::Full) } else { Ok(()) }
    }
}

/// Of versions with the same text a search by versions knows the last one. They stand among versions that differ in metadata
/// only.
fn mark_shadowed(versions: &mut [(semver::Version, Row)]) {
    for equal in versions.chunk_by_mut(|(a, _), (b, _)| a.compare(b).is_eq()).filter(|equal| equal.len() > 1) {
        let mut later: HashSet<String> = HashSet::new();
        for (_, row) in equal.iter_mut().rev() {
            row.is_shadowed = !later.insert(row.record.version.clone());
        }
    }
}

//! Gathers the versions of a chart, and writes them in their order when the chart is complete.

use std::io::{self, Write};

use gostd::semver;

use super::Doubt;
use crate::index::catalogue::{Place, Record, Row, Writer};
use crate::index::{Version, Warning, sort_newest_first};

/// Takes charts and their versions in the order of the file.
pub struct Gather<W> {
    pub writer: Writer<W>,
    chart: Option<Chart>,
}

struct Chart {
    name: String,
    versions: Vec<(semver::Version, Row)>,
    warnings: Vec<Warning>,
}

impl<W: Write> Gather<W> {
    pub fn new(writer: Writer<W>) -> Self {
        Gather { writer, chart: None }
    }

    /// Begins a chart.
    pub fn open(&mut self, name: String) -> io::Result<()> {
        self.close()?;
        self.chart = Some(Chart { name, versions: Vec::new(), warnings: Vec::new() });
        Ok(())
    }

    /// Takes a version that was checked.
    pub fn accept(&mut self, version: semver::Version, record: Record, place: Place) {
        if let Some(chart) = &mut self.chart {
            chart.versions.push((version, Row { record, place, is_shadowed: false }));
        }
    }

    /// Takes a version that was read, checks it, and leaves it out if it is not valid; none stands for null.
    pub fn check(&mut self, version: Option<Version>, place: Place) -> Result<(), Doubt> {
        let name = self.chart.as_ref().map(|chart| chart.name.clone()).unwrap_or_default();
        let Some(mut version) = version else {
            self.skip(Warning { name, invalid: None });
            return Ok(());
        };
        let number = match version.check() {
            Ok(()) => semver::Version::new(version.metadata.version.as_bytes()).map_err(|_| Doubt::Form)?,
            Err(error) => {
                self.skip(Warning { name, invalid: Some((version.metadata.version, error.text)) });
                return Ok(());
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
        self.accept(number, record, place);
        Ok(())
    }

    fn skip(&mut self, warning: Warning) {
        if let Some(chart) = &mut self.chart {
            chart.warnings.push(warning);
        }
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

/// Of versions with the same text a search by versions knows the last one. They are neighbours but for those that differ
/// in metadata.
fn mark_shadowed(versions: &mut [(semver::Version, Row)]) {
    for at in 0..versions.len() {
        let (before, after) = versions.split_at_mut(at + 1);
        let Some((version, row)) = before.last_mut() else { return };
        let equal = after.iter().take_while(|(other, _)| other.compare(version).is_eq());
        row.is_shadowed = equal.take(EQUALS).any(|(_, other)| other.record.version == row.record.version);
    }
}

/// So many equal versions are looked at: a file with a hundred thousand of one version is no repository.
const EQUALS: usize = 1000;

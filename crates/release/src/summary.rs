//! What lists show of a record, read without the rest of it: charts and manifests are never kept.

use std::io::Read;

use gostd::GoError;
use gostd::time::Time;

use crate::envelope::decode_base64;
use crate::inflate::{Inflater, is_gzip};
use crate::stream::{Flow, Lexer, StreamError};
use crate::{Release, Status, times};

/// A line of `list` and of `history`.
#[derive(Clone, Default, Debug)]
pub struct Summary {
    pub name: String,
    pub namespace: String,
    /// The revision.
    pub version: i64,
    /// When it was deployed last.
    pub updated: Option<Time>,
    pub status: Status,
    pub description: String,
    pub rollback_revision: i64,
    /// The record has no chart, or one without metadata: lists then show `MISSING`.
    pub chart_is_missing: bool,
    pub chart_name: String,
    pub chart_version: String,
    pub app_version: String,
}

impl Summary {
    pub(crate) fn of(release: &Release) -> Self {
        let metadata = release.chart.as_ref().and_then(|chart| chart.metadata.as_ref());
        let text = |field: fn(&chart::Metadata) -> &String| metadata.map(|m| field(m).clone()).unwrap_or_default();
        Summary {
            name: release.name.clone(),
            namespace: release.namespace.clone(),
            version: release.version,
            updated: release.info.last_deployed.clone(),
            status: release.info.status.clone(),
            description: release.info.description.clone(),
            rollback_revision: release.info.rollback_revision,
            chart_is_missing: metadata.is_none(),
            chart_name: text(|m| &m.name),
            chart_version: text(|m| &m.version),
            app_version: text(|m| &m.app_version),
        }
    }
}

/// Reads the summary of what is stored.
///
/// # Errors
/// As [`crate::decode`], in words of our own where the JSON is wrong. What nobody asks for is not checked.
pub fn summary(stored: &[u8]) -> Result<Summary, GoError> {
    SummaryReader::default().read(stored)
}

/// Reads summaries one after the other, with one set of buffers.
pub struct SummaryReader {
    inflater: Inflater,
    buffer: Vec<u8>,
}

/// What the object around a record says of it, which stands in the record's JSON behind everything that is long.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub namespace: &'a str,
    pub version: i64,
}

/// A record is unpacked in pieces of this size: a few of them stay in the processor's cache.
const PIECE_BYTES: usize = 32 << 10;
/// When its start is enough: name, status and the chart's metadata are mostly shorter.
const START_BYTES: usize = 2 << 10;
/// The longest name or description; longer ones are no releases.
const TEXT_BYTES: usize = 1 << 20;

impl Default for SummaryReader {
    fn default() -> Self {
        SummaryReader { inflater: Inflater::default(), buffer: vec![0; PIECE_BYTES] }
    }
}

impl SummaryReader {
    /// Reads the summary of what is stored.
    ///
    /// # Errors
    /// As [`summary`].
    pub fn read(&mut self, stored: &[u8]) -> Result<Summary, GoError> {
        self.unpacked(&decode_base64(stored)?)
    }

    /// Reads the summary of the start of what is stored, with what is known of the rest. Unpacking a whole record costs
    /// ten times as much; the price is that nobody looks whether the rest is well-formed, and says what is known.
    ///
    /// # Errors
    /// As [`summary`], and where the start does not reach to the end of the chart's metadata.
    pub fn read_start(&mut self, start: &[u8], known: Known<'_>) -> Result<Summary, GoError> {
        let bytes = decode_base64(start)?;
        let summary = Summary { namespace: known.namespace.to_owned(), version: known.version, ..Summary::default() };
        self.run(&bytes, summary, Extent::Start)
    }

    /// Reads the summary of what is stored after its base64 was decoded.
    fn unpacked(&mut self, bytes: &[u8]) -> Result<Summary, GoError> {
        self.run(bytes, Summary::default(), Extent::Whole)
    }

    fn run(&mut self, bytes: &[u8], summary: Summary, extent: Extent) -> Result<Summary, GoError> {
        let piece = if extent == Extent::Start { START_BYTES } else { PIECE_BYTES };
        let buffer = self.buffer.get_mut(..piece).unwrap_or_default();
        let summary = match is_gzip(bytes) {
            true => parse(Lexer::new(self.inflater.start(bytes), buffer), summary, extent),
            false => parse(Lexer::new(bytes, buffer), summary, extent),
        };
        summary.map_err(|error| match error {
            StreamError::Read(error) => GoError::new(error.to_string()),
            error => GoError::new(error.to_string()),
        })
    }
}

/// How much of a record is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Until all but what is known was read.
    Start,
    Whole,
}

fn parse<R: Read>(mut lexer: Lexer<'_, R>, mut summary: Summary, extent: Extent) -> Result<Summary, StreamError> {
    summary.chart_is_missing = true;
    let mut has_info = false;
    let flow = lexer.members(|lexer, key| {
        match key {
            b"name" => summary.name = lexer.text(TEXT_BYTES)?,
            b"info" => {
                has_info = true;
                info(lexer, &mut summary)?;
            }
            b"chart" => {
                // Helm writes the chart third; of another order all is read.
                let is_enough = extent == Extent::Start && has_info && !summary.name.is_empty();
                return chart(lexer, &mut summary, is_enough);
            }
            b"version" => summary.version = lexer.integer()?,
            b"namespace" => summary.namespace = lexer.text(TEXT_BYTES)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    })?;
    match (extent, flow) {
        (Extent::Start, Flow::On) => Err(StreamError::Malformed("a chart behind the name and the status")),
        _ => Ok(summary),
    }
}

fn info<R: Read>(lexer: &mut Lexer<'_, R>, summary: &mut Summary) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        match key {
            b"last_deployed" => {
                let text = lexer.text(TEXT_BYTES)?;
                summary.updated = times::read(text.as_bytes()).map_err(|_| StreamError::Malformed("a time"))?;
            }
            b"description" => summary.description = lexer.text(TEXT_BYTES)?,
            b"status" => summary.status = Status::of(&lexer.text(TEXT_BYTES)?),
            b"rollback_revision" => summary.rollback_revision = lexer.integer()?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
}

/// Reads the metadata, and stops behind it if that is enough.
fn chart<R: Read>(lexer: &mut Lexer<'_, R>, summary: &mut Summary, is_enough: bool) -> Result<Flow, StreamError> {
    lexer.members(|lexer, key| {
        match key {
            b"metadata" => {
                summary.chart_is_missing = lexer.is_null()?;
                metadata(lexer, summary)?;
                return Ok(if is_enough { Flow::Stop } else { Flow::On });
            }
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    })
}

fn metadata<R: Read>(lexer: &mut Lexer<'_, R>, summary: &mut Summary) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        match key {
            b"name" => summary.chart_name = lexer.text(TEXT_BYTES)?,
            b"version" => summary.chart_version = lexer.text(TEXT_BYTES)?,
            b"appVersion" => summary.app_version = lexer.text(TEXT_BYTES)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
}

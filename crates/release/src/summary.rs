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

/// A record is unpacked in pieces of this size: a few of them stay in the processor's cache.
const PIECE_BYTES: usize = 32 << 10;
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

    /// Reads the summary of what is stored after its base64 was decoded.
    ///
    /// # Errors
    /// As [`summary`].
    pub fn unpacked(&mut self, bytes: &[u8]) -> Result<Summary, GoError> {
        let summary = match is_gzip(bytes) {
            true => parse(Lexer::new(self.inflater.start(bytes), &mut self.buffer)),
            false => parse(Lexer::new(bytes, &mut self.buffer)),
        };
        summary.map_err(|error| match error {
            StreamError::Read(error) => GoError::new(error.to_string()),
            error => GoError::new(error.to_string()),
        })
    }
}

fn parse<R: Read>(mut lexer: Lexer<'_, R>) -> Result<Summary, StreamError> {
    let mut summary = Summary { chart_is_missing: true, ..Summary::default() };
    lexer.members(|lexer, key| {
        match key {
            b"name" => summary.name = lexer.text(TEXT_BYTES)?,
            b"info" => info(lexer, &mut summary)?,
            b"chart" => chart(lexer, &mut summary)?,
            b"version" => summary.version = lexer.integer()?,
            b"namespace" => summary.namespace = lexer.text(TEXT_BYTES)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    })?;
    Ok(summary)
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

fn chart<R: Read>(lexer: &mut Lexer<'_, R>, summary: &mut Summary) -> Result<(), StreamError> {
    let flow = lexer.members(|lexer, key| {
        match key {
            b"metadata" => {
                summary.chart_is_missing = lexer.is_null()?;
                metadata(lexer, summary)?;
            }
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    });
    flow.map(drop)
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

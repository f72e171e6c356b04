//! Writes a catalogue while an index is read.

use std::io::{self, Write};

use flate2::Crc;

use super::code::{put_number, put_text};
use super::{FOOTER_BYTES, MAGIC, Place, Record, Row, Summary, Syntax};
use crate::index::{Key, Warning};

/// Which parts of a row are those of the row before.
pub(super) const SAME_NAME: u8 = 1;
pub(super) const SAME_APP_VERSION: u8 = 2;
pub(super) const SAME_DESCRIPTION: u8 = 4;
pub(super) const SAME_KEYWORDS: u8 = 8;
pub(super) const SHADOWED: u8 = 16;
pub(super) const JSON: u8 = 32;
pub(super) const OWN: u8 = 64;

/// A catalogue that is being written.
pub struct Writer<W> {
    out: W,
    at: u64,
    /// Name of each chart, and its part of the table.
    heads: Vec<(Box<str>, Box<[u8]>)>,
    warnings: Vec<Warning>,
    row: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W) -> Self {
        Writer { out, at: 0, heads: Vec::new(), warnings: Vec::new(), row: Vec::new() }
    }

    /// Gives back what was written to.
    pub fn into_out(self) -> W {
        self.out
    }

    /// Keeps the text of a version that cannot be read from the index alone.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&mut self, text: &[u8]) -> io::Result<Place> {
        let bytes = u32::try_from(text.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
        let place = Place { syntax: Syntax::Json, is_own: true, offset: self.at, bytes };
        self.put(text)?;
        Ok(place)
    }

    /// Writes a chart with its versions in their order.
    ///
    /// # Errors
    /// What the system says.
    pub fn chart(&mut self, name: &str, rows: &[Row], warnings: Vec<Warning>) -> io::Result<()> {
        self.warnings.extend(warnings);
        let start = self.at;
        let mut last = Record { name: name.to_owned(), ..Record::default() };
        let rows_part = self.part(rows, |text, row| {
            encode(text, row, &last);
            last.clone_from(&row.record);
        })?;
        let urls_part = self.part(rows, |text, row| row.record.urls.iter().for_each(|url| put_text(text, url)))?;
        let mut head = Vec::new();
        put_text(&mut head, name);
        put_number(&mut head, start);
        for (bytes, sum) in [rows_part, urls_part] {
            put_number(&mut head, bytes);
            put_number(&mut head, u64::from(sum));
        }
        self.heads.push((name.into(), head.into()));
        Ok(())
    }

    /// Writes something of each row; returns the length and check sum of all.
    fn part(&mut self, rows: &[Row], mut write: impl FnMut(&mut Vec<u8>, &Row)) -> io::Result<(u64, u32)> {
        let start = self.at;
        let mut crc = Crc::new();
        let mut text = std::mem::take(&mut self.row);
        for row in rows {
            text.clear();
            write(&mut text, row);
            crc.update(&text);
            self.put(&text)?;
        }
        self.row = text;
        Ok((self.at - start, crc.sum()))
    }

    /// Returns the names of the charts so far.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.heads.iter().map(|(name, _)| &**name)
    }

    /// Returns what was left out so far.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Sorts the charts by name; false when there are two with the same one.
    pub fn sort(&mut self) -> bool {
        self.heads.sort_by(|(a, _), (b, _)| a.cmp(b));
        self.warnings.sort_by(|a, b| a.name.cmp(&b.name));
        self.heads.is_sorted_by(|(a, _), (b, _)| a < b)
    }

    /// Ends the catalogue of the index with this key; [`Writer::sort`] came before.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(mut self, key: &Key, summary: Summary) -> io::Result<W> {
        let summary = Summary { warnings: std::mem::take(&mut self.warnings), ..summary };
        let start = self.at;
        let mut crc = Crc::new();
        let mut table = encode_summary(&summary);
        put_number(&mut table, self.heads.len() as u64);
        let heads = std::mem::take(&mut self.heads);
        for part in std::iter::once(&*table).chain(heads.iter().map(|(_, head)| &**head)) {
            crc.update(part);
            self.put(part)?;
        }
        let numbers = [key.bytes, key.modified_nanoseconds, key.inode, start, self.at - start, u64::from(crc.sum())];
        let mut footer = Vec::with_capacity(FOOTER_BYTES);
        numbers.iter().for_each(|number| footer.extend_from_slice(&number.to_le_bytes()));
        footer.extend_from_slice(MAGIC);
        self.put(&footer)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

fn encode(out: &mut Vec<u8>, row: &Row, last: &Record) {
    let Row { record, place, is_shadowed } = row;
    let parts = [
        (SAME_NAME, &record.name, &last.name),
        (SAME_APP_VERSION, &record.app_version, &last.app_version),
        (SAME_DESCRIPTION, &record.description, &last.description),
        (SAME_KEYWORDS, &record.keywords, &last.keywords),
    ];
    let same = parts.iter().filter(|(_, new, old)| new == old).fold(0, |flags, (flag, ..)| flags | flag);
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    out.push(same | flag(*is_shadowed, SHADOWED) | flag(place.syntax == Syntax::Json, JSON) | flag(place.is_own, OWN));
    put_text(out, &record.version);
    parts.iter().filter(|(_, new, old)| new != old).for_each(|(_, new, _)| put_text(out, new));
    put_number(out, place.offset);
    put_number(out, u64::from(place.bytes));
}

fn encode_summary(summary: &Summary) -> Vec<u8> {
    let mut out = vec![u8::from(summary.has_api_version)];
    let fetched = &summary.fetched;
    [&fetched.url, &fetched.etag, &fetched.last_modified].into_iter().for_each(|text| put_text(&mut out, text));
    put_number(&mut out, summary.warnings.len() as u64);
    for warning in &summary.warnings {
        put_text(&mut out, &warning.name);
        out.push(u8::from(warning.invalid.is_some()));
        if let Some((version, error)) = &warning.invalid {
            put_text(&mut out, version);
            put_text(&mut out, error);
        }
    }
    out
}

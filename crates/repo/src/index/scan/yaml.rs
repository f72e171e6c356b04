//! Cuts an index in YAML into versions by its lines.
//!
//! What stands between two cuts is read alone. It reads the same as within the whole: where it begins nothing is open but
//! collections of lesser columns, and where it ends nothing inside it is open: all its lines have greater columns, so that it
//! was read to its end.

use std::io::Write;

use gostd::Value;

use super::gather::Gather;
use super::{Doubt, plain};
use crate::index::catalogue::{Place, Syntax};
use crate::index::version::index_from_yaml;

/// The lines of an index, as they come.
#[derive(Default)]
pub struct Lines {
    /// What is not done with; starts with a line.
    text: Vec<u8>,
    /// Where it starts in the file.
    offset: u64,
    /// The next line.
    at: usize,
    region: Region,
    /// All lines outside of `entries`, with its key.
    frame: Vec<u8>,
    has_entries: bool,
}

/// Where the next line is.
#[derive(Clone, Copy, Default)]
enum Region {
    #[default]
    Top,
    /// Inside `entries`.
    Entries(Entries),
}

#[derive(Clone, Copy, Default)]
struct Entries {
    /// The column of the charts' names.
    names: Option<usize>,
    chart: ChartState,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum ChartState {
    /// There is none, or it is complete.
    #[default]
    Done,
    /// Its name was read.
    Named,
    /// A version started at this place, behind so many blanks.
    Version { start: usize, column: usize },
}

/// A line without its end.
struct Line<'t> {
    column: usize,
    text: &'t [u8],
}

impl Lines {
    pub fn push<W: Write>(&mut self, bytes: &[u8], gather: &mut Gather<W>) -> Result<(), Doubt> {
        self.text.extend_from_slice(bytes);
        while let Some(length) = self.text.get(self.at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            self.line(self.at + length + 1, gather)?;
        }
        self.forget();
        if self.text.len() > bytes.len() + gather.bounds.part_bytes { Err(Doubt::Form) } else { Ok(()) }
    }

    /// Ends the text; reports whether there is a version of the format.
    pub fn finish<W: Write>(mut self, gather: &mut Gather<W>) -> Result<bool, Doubt> {
        if self.at < self.text.len() {
            self.line(self.text.len(), gather)?;
        }
        if let Region::Entries(mut entries) = self.region {
            self.end_version(&mut entries, gather)?;
        }
        // A text ends where a line has fewer blanks than its first key: `entries` may be behind its end.
        let is_read = |frame: &Value| frame.as_map().is_some_and(|frame| frame.get(b"entries").is_some());
        if self.has_entries && !goyaml::from_yaml(&self.frame).is_ok_and(|frame| is_read(&frame)) {
            return Err(Doubt::Form);
        }
        self.check_frame()
    }

    /// Lets go of what was read.
    fn forget(&mut self) {
        let kept = match self.region {
            Region::Entries(Entries { chart: ChartState::Version { start, .. }, .. }) => start,
            _ => self.at,
        };
        self.text.drain(..kept);
        self.offset += kept as u64;
        self.at -= kept;
        if let Region::Entries(Entries { chart: ChartState::Version { start, .. }, .. }) = &mut self.region {
            *start = 0;
        }
    }

    /// Takes the line up to `end`.
    fn line<W: Write>(&mut self, end: usize, gather: &mut Gather<W>) -> Result<(), Doubt> {
        let (start, region) = (self.at, self.region);
        match region {
            Region::Top => self.top(start, end, gather.bounds.part_bytes)?,
            Region::Entries(mut entries) => {
                let ended = self.entry_line(&mut entries, start, end, gather)?;
                self.region = if ended { Region::Top } else { Region::Entries(entries) };
                if ended {
                    self.top(start, end, gather.bounds.part_bytes)?;
                }
            }
        }
        self.at = end;
        Ok(())
    }

    fn top(&mut self, start: usize, end: usize, part_bytes: usize) -> Result<(), Doubt> {
        let whole = self.text.get(start..end).unwrap_or_default();
        let is_marker = whole.starts_with(b"---") || whole.starts_with(b"...");
        if is_marker && !self.frame.is_empty() || self.frame.len() + whole.len() > part_bytes {
            return Err(Doubt::Form);
        }
        known_breaks(whole)?;
        let is_entries = whole.trim_ascii_end() == b"entries:";
        if is_entries && self.has_entries {
            return Err(Doubt::Form);
        }
        if is_entries {
            // What came before must be complete: this line could be part of a text in quotes.
            if !self.frame.is_empty() {
                self.check_frame()?;
            }
            self.has_entries = true;
            self.region = Region::Entries(Entries::default());
        }
        self.frame.extend_from_slice(whole);
        if !whole.ends_with(b"\n") {
            self.frame.push(b'\n');
        }
        Ok(())
    }

    /// Takes a line of `entries`; true when it stands outside.
    fn entry_line<W: Write>(
        &mut self,
        entries: &mut Entries,
        start: usize,
        end: usize,
        gather: &mut Gather<W>,
    ) -> Result<bool, Doubt> {
        let line = cut(self.text.get(start..end).unwrap_or_default());
        let (column, first) = (line.column, line.text.first().copied());
        let Some(first) = first.filter(|first| *first != b'#') else {
            // Inside of a version it is read with it; elsewhere it has only to be text.
            let is_read = matches!(entries.chart, ChartState::Version { .. });
            // Tabs are no blanks: what looks like an empty line may be an error.
            let whole = self.text.get(start..end).unwrap_or_default();
            let whole = whole.strip_suffix(b"\n").unwrap_or(whole);
            let is_text = whole.strip_suffix(b"\r").unwrap_or(whole).iter().all(|byte| matches!(byte, b' '..=b'~'));
            return if is_read || is_text { Ok(false) } else { Err(Doubt::Form) };
        };
        let is_item = first == b'-' && matches!(line.text.get(1), None | Some(b' '));
        if let ChartState::Version { column: items, .. } = entries.chart {
            if column > items {
                return Ok(false);
            }
            self.end_version(entries, gather)?;
            if column == items && is_item {
                entries.chart = ChartState::Version { start, column };
                return Ok(false);
            }
        }
        if column == 0 {
            return Ok(true);
        }
        match entries.chart {
            ChartState::Named if is_item && entries.names.is_some_and(|names| names <= column) => {
                entries.chart = ChartState::Version { start, column };
                Ok(false)
            }
            _ if *entries.names.get_or_insert(column) == column && !is_item => {
                let line = cut(self.text.get(start..end).unwrap_or_default());
                let (name, is_empty) = name(line.text)?;
                entries.chart = if is_empty { ChartState::Done } else { ChartState::Named };
                gather.open(name)?;
                Ok(false)
            }
            _ => Err(Doubt::Form),
        }
    }

    /// Reads the version that is open, up to the line in hand.
    fn end_version<W: Write>(&mut self, entries: &mut Entries, gather: &mut Gather<W>) -> Result<(), Doubt> {
        let ChartState::Version { start, column } = entries.chart else { return Ok(()) };
        entries.chart = ChartState::Done;
        // At the end of the text, the line in hand belongs to it.
        let text = self.text.get(start..self.at).unwrap_or_default();
        let bytes = u32::try_from(text.len()).map_err(|_| Doubt::Form)?;
        let place = Place { syntax: Syntax::Yaml, is_own: false, offset: self.offset + start as u64, bytes };
        match plain::version(text, column) {
            Some(found) => gather.accept(found.number, found.record, place),
            None => {
                known_breaks(text)?;
                let version = super::decode(text, Syntax::Yaml).map_err(|_| Doubt::Form)?;
                gather.check(version, place)
            }
        }
    }

    /// Reads what stands outside of `entries`; reports whether there is a version of the format.
    fn check_frame(&self) -> Result<bool, Doubt> {
        let value = index_from_yaml(&self.frame).map_err(|_| Doubt::Form)?;
        let Some(map) = value.as_map() else { return Err(Doubt::Form) };
        let entries = map.get(b"entries").unwrap_or(Value::Nil);
        if entries.as_map().is_some_and(|entries| !entries.is_empty()) {
            return Err(Doubt::Form);
        }
        Ok(map.get(b"apiVersion").is_some_and(|version| version.as_str().is_some_and(|text| !text.is_empty())))
    }
}

/// Makes sure that lines end where they are cut: YAML has other line breaks too, and what is behind one could end the
/// document.
fn known_breaks(text: &[u8]) -> Result<(), Doubt> {
    let is_odd = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.starts_with(b"\xC2\x85")
            || rest.starts_with(b"\xE2\x80\xA8")
            || rest.starts_with(b"\xE2\x80\xA9")
            || matches!(rest, [b'\r', next, ..] if *next != b'\n')
    };
    if memchr::memchr3_iter(b'\r', 0xC2, 0xE2, text).any(is_odd) { Err(Doubt::Form) } else { Ok(()) }
}

fn cut(line: &[u8]) -> Line<'_> {
    let column = line.iter().take_while(|byte| **byte == b' ').count();
    Line { column, text: line.get(column..).unwrap_or_default().trim_ascii_end() }
}

/// Reads the name of a chart; and whether it is written that it has no versions.
fn name(line: &[u8]) -> Result<(String, bool), Doubt> {
    if let Some(key) = line.strip_suffix(b":")
        && key.first().is_some_and(u8::is_ascii_alphabetic)
        && key.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && goyaml::is_text(key)
    {
        return Ok((String::from_utf8_lossy(key).into_owned(), false));
    }
    known_breaks(line)?;
    // At the start of a text these have a meaning that they have not here, or end it: what is behind would not be read.
    if line.first().is_some_and(|first| b"{[&!*-.%?".contains(first)) {
        return Err(Doubt::Form);
    }
    let value = goyaml::from_yaml_strict(line).map_err(|_| Doubt::Form)?;
    let Some(map) = value.as_map() else { return Err(Doubt::Form) };
    let entries = map.borrow();
    let mut entries = entries.iter();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None) => {
            let name = key.to_text().into_owned();
            match value {
                Value::Nil => Ok((name, false)),
                Value::List(list) if list.is_empty() => Ok((name, true)),
                _ => Err(Doubt::Form),
            }
        }
        _ => Err(Doubt::Form),
    }
}

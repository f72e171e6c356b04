//! Reads indexes (`loadIndex`) as they come, version by version, into a catalogue.
//!
//! What a machine wrote is cut into versions by its lines (YAML) or brackets (JSON). Each version is read by itself: by
//! [`plain`], which knows the forms that Helm writes, else by the reader of the whole language. A text that cannot be cut
//! for sure is a [`Doubt`]; it is read as a whole then, which also has the errors that Helm would tell.

#[cfg(any(test, feature = "fuzzing"))]
pub mod agreement;
mod cursor;
pub mod exact;
mod gather;
mod json;
mod plain;
#[cfg(test)]
mod tests;
mod whole;
mod yaml;

use std::io::{self, Seek, Write};

use gostd::{GoError, json as go_json};

use super::catalogue::{Fetched, Summary, Syntax, Writer};
use super::version::{VERSION, versions_from_yaml};
use super::{Key, Version};
use gather::Gather;

pub use whole::{Problem, beside, decided, in_memory};

/// Reads a version in one of the forms that machines write; the sequence is at this column.
pub fn plain_version(text: &[u8], column: usize) -> Option<super::catalogue::Record> {
    plain::version(text, column).map(|found| found.record)
}

/// Why reading piece by piece stopped.
#[derive(Debug)]
pub enum Doubt {
    /// The exact reader has to decide.
    Form,
    /// There is more than any repository has.
    Full,
    /// The catalogue cannot be written.
    System(io::Error),
}

impl From<io::Error> for Doubt {
    fn from(error: io::Error) -> Self {
        Doubt::System(error)
    }
}

/// How much of an index is read at a time, and so in memory. The values of a text take many times its length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// No version of a chart and nothing between two is longer; what is, is for the reader of whole indexes.
    pub part_bytes: usize,
    /// An index that no machine wrote, and so is read as a whole.
    pub whole_bytes: u64,
    /// What is kept of one chart, before it is written.
    pub chart_bytes: usize,
    /// What is kept to the end: names of charts, and entries that are left out.
    pub kept_bytes: usize,
}

impl Default for Bounds {
    /// What a command may take.
    fn default() -> Self {
        Bounds { part_bytes: 8 << 20, whole_bytes: 16 << 20, chart_bytes: 512 << 20, kept_bytes: 512 << 20 }
    }
}

/// An index that is being read. Its catalogue goes to `W`.
pub struct Scan<W> {
    state: State,
    gather: Gather<W>,
    doubt: Option<Doubt>,
}

enum State {
    /// Nothing but blanks so far.
    Start(Vec<u8>),
    Yaml(Box<yaml::Lines>),
    Json(Box<json::Brackets>),
}

/// An index that was read.
pub struct Scanned<W> {
    pub writer: Writer<W>,
    pub has_api_version: bool,
}

impl<W: Write> Scan<W> {
    pub fn new(out: W, bounds: Bounds) -> Self {
        Scan { state: State::Start(Vec::new()), gather: Gather::new(Writer::new(out), bounds), doubt: None }
    }

    /// Takes the next piece of the text.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.doubt.is_none() {
            self.doubt = self.take(bytes).err();
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Doubt> {
        if let State::Start(blanks) = &mut self.state {
            blanks.extend_from_slice(bytes);
            let Some(first) = blanks.iter().find(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).copied() else {
                return if blanks.len() > self.gather.bounds.part_bytes { Err(Doubt::Form) } else { Ok(()) };
            };
            let text = std::mem::take(blanks);
            self.state = match first {
                b'{' => State::Json(Box::default()),
                _ => State::Yaml(Box::default()),
            };
            return self.feed(&text);
        }
        self.feed(bytes)
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), Doubt> {
        match &mut self.state {
            State::Start(_) => Ok(()),
            State::Yaml(lines) => lines.push(bytes, &mut self.gather),
            State::Json(brackets) => brackets.push(bytes, &mut self.gather),
        }
    }

    /// Returns how much may be in memory.
    pub fn bounds(&self) -> Bounds {
        self.gather.bounds
    }

    /// Ends the text.
    ///
    /// # Errors
    /// Doubt about the form of the text, or that the catalogue cannot be written; with what was written to.
    pub fn finish(mut self) -> Result<Scanned<W>, (Doubt, W)> {
        match self.end() {
            Ok(has_api_version) => Ok(Scanned { writer: self.gather.writer, has_api_version }),
            Err(doubt) => Err((doubt, self.gather.writer.into_out())),
        }
    }

    fn end(&mut self) -> Result<bool, Doubt> {
        if let Some(doubt) = self.doubt.take() {
            return Err(doubt);
        }
        let state = std::mem::replace(&mut self.state, State::Start(Vec::new()));
        let has_api_version = match state {
            State::Start(_) => return Err(Doubt::Form),
            State::Yaml(lines) => lines.finish(&mut self.gather)?,
            State::Json(brackets) => brackets.finish(&mut self.gather)?,
        };
        self.gather.close()?;
        // A name that is there twice is an error in YAML, and in JSON the last one counts.
        if self.gather.writer.sort() { Ok(has_api_version) } else { Err(Doubt::Form) }
    }
}

/// What a catalogue is written to; it may have to start again.
pub trait Slate: Write {
    /// Forgets what was written.
    ///
    /// # Errors
    /// What the system says.
    fn wipe(&mut self) -> io::Result<()>;
}

impl Slate for Vec<u8> {
    fn wipe(&mut self) -> io::Result<()> {
        self.clear();
        Ok(())
    }
}

impl Slate for io::BufWriter<tempfile::NamedTempFile> {
    fn wipe(&mut self) -> io::Result<()> {
        self.rewind()?;
        self.get_mut().as_file().set_len(0)
    }
}

impl<W: Write> Scanned<W> {
    /// Ends the catalogue of the index with this key.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(self, key: &Key, fetched: Fetched) -> io::Result<W> {
        let summary = Summary { has_api_version: self.has_api_version, fetched, warnings: Vec::new() };
        self.writer.finish(key, summary)
    }
}

/// Reads the text of one version; none of null.
///
/// # Errors
/// What is wrong with it.
pub fn decode(text: &[u8], syntax: Syntax) -> Result<Option<Version>, GoError> {
    match syntax {
        Syntax::Json => Ok(Version::from_value(&go_json::decode_shaped(text, &VERSION)?)),
        Syntax::Yaml => {
            let list = versions_from_yaml(text)?;
            match list.as_list().map(|list| list.items()) {
                Some([one]) => Ok(Version::from_value(one)),
                _ => Err(GoError::new("an index changed while it was read")),
            }
        }
    }
}

//! Cuts an index in JSON into versions by its brackets. Each version is read alone, and what is left of the text, with
//! empty lists of versions, is read as a whole.

use std::io::Write;

use gostd::{Value, json as go_json};

use super::Doubt;
use super::gather::Gather;
use crate::index::catalogue::{Place, Syntax};
use crate::index::version::INDEX;

/// The brackets of an index, as they come.
#[derive(Default)]
pub struct Brackets {
    /// What is not done with.
    text: Vec<u8>,
    /// Where it starts in the file.
    offset: u64,
    at: usize,
    mode: Mode,
    frame: Frame,
    inside: Inside,
}

#[derive(Clone, Copy, Default)]
enum Mode {
    /// Outside of the lists of versions.
    #[default]
    Frame,
    List(Next),
    /// A version that started at this place.
    Version {
        start: usize,
        depth: usize,
    },
}

/// What may come next in a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// A version, or the end.
    First,
    /// A comma, or the end.
    Separator,
    Version,
}

/// Whether the next byte is part of a string.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Outside,
    Within,
    /// After a backslash.
    Escaped,
}

/// What stands outside of the lists of versions.
#[derive(Default)]
struct Frame {
    text: Vec<u8>,
    depth: usize,
    /// Where the last string starts in the text.
    string: usize,
    /// The last name, with its quotes.
    key: Vec<u8>,
    /// The last byte that is no blank was the colon behind the name.
    is_value: bool,
    in_entries: bool,
    had_entries: bool,
}

impl Brackets {
    pub fn push<W: Write>(&mut self, bytes: &[u8], gather: &mut Gather<W>) -> Result<(), Doubt> {
        self.text.extend_from_slice(bytes);
        while let Some(byte) = self.text.get(self.at).copied() {
            match self.inside {
                Inside::Outside => self.step(byte, gather)?,
                Inside::Within => self.string(),
                Inside::Escaped => {
                    self.inside = Inside::Within;
                    self.copy(1);
                }
            }
        }
        let kept = if let Mode::Version { start, .. } = self.mode { start } else { self.at };
        self.text.drain(..kept);
        self.offset += kept as u64;
        self.at -= kept;
        if let Mode::Version { start, .. } = &mut self.mode {
            *start = 0;
        }
        if self.text.len().max(self.frame.text.len()) > gather.bounds.part_bytes { Err(Doubt::Form) } else { Ok(()) }
    }

    /// Ends the text; reports whether there is a version of the format.
    pub fn finish<W: Write>(self, gather: &mut Gather<W>) -> Result<bool, Doubt> {
        if !matches!(self.mode, Mode::Frame) {
            return Err(Doubt::Form);
        }
        let value = go_json::decode_shaped(&self.frame.text, &INDEX).map_err(|_| Doubt::Form)?;
        let map = value.as_map().ok_or(Doubt::Form)?;
        if let Some(Value::Map(entries)) = map.get(b"entries") {
            for (name, versions) in entries.borrow().iter() {
                // Null instead of a list.
                if versions.as_list().is_none_or(|list| list.is_nil()) {
                    gather.open(name.to_text().into_owned())?;
                }
            }
        }
        Ok(map.get(b"apiVersion").is_some_and(|version| version.as_str().is_some_and(|text| !text.is_empty())))
    }

    /// Goes over so many bytes; those of the frame are kept.
    fn copy(&mut self, count: usize) {
        if let (Mode::Frame, Some(bytes)) = (self.mode, self.text.get(self.at..self.at + count)) {
            self.frame.text.extend_from_slice(bytes);
        }
        self.at += count;
    }

    /// Goes on to what ends a string, or to the end of what is there.
    fn string(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = memchr::memchr2(b'"', b'\\', rest);
        self.inside = match found.and_then(|at| rest.get(at)) {
            Some(b'"') => Inside::Outside,
            Some(_) => Inside::Escaped,
            None => Inside::Within,
        };
        self.copy(found.map_or(rest.len(), |at| at + 1));
    }

    /// Takes a byte outside of strings.
    fn step<W: Write>(&mut self, byte: u8, gather: &mut Gather<W>) -> Result<(), Doubt> {
        match self.mode {
            Mode::Frame => self.frame_byte(byte, gather),
            Mode::List(next) => self.list_byte(byte, next, gather),
            Mode::Version { start, depth } => self.version_byte(byte, start, depth, gather),
        }
    }

    fn frame_byte<W: Write>(&mut self, byte: u8, gather: &mut Gather<W>) -> Result<(), Doubt> {
        let frame = &mut self.frame;
        let is_value = std::mem::take(&mut frame.is_value);
        match byte {
            b'"' => {
                frame.string = frame.text.len();
                self.inside = Inside::Within;
            }
            b':' => {
                frame.is_value = true;
                frame.name()?;
            }
            b'{' => {
                if is_value && frame.depth == 1 && frame.key == b"\"entries\"" {
                    if frame.had_entries {
                        return Err(Doubt::Form);
                    }
                    (frame.in_entries, frame.had_entries) = (true, true);
                }
                frame.depth += 1;
            }
            b'[' if is_value && frame.in_entries && frame.depth == 2 => {
                let name = go_json::decode(&frame.key).map_err(|_| Doubt::Form)?;
                let name = name.as_str().ok_or(Doubt::Form)?;
                gather.open(name.to_text().into_owned())?;
                self.copy(1);
                self.mode = Mode::List(Next::First);
                return Ok(());
            }
            b'[' => frame.depth += 1,
            b'}' | b']' => {
                frame.depth = frame.depth.checked_sub(1).ok_or(Doubt::Form)?;
                frame.in_entries &= frame.depth > 1;
            }
            b' ' | b'\t' | b'\r' | b'\n' => frame.is_value = is_value,
            _ => {}
        }
        self.copy(1);
        Ok(())
    }

    fn list_byte<W: Write>(&mut self, byte: u8, next: Next, gather: &mut Gather<W>) -> Result<(), Doubt> {
        match (byte, next) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => self.at += 1,
            (b']', Next::First | Next::Separator) => {
                self.mode = Mode::Frame;
                self.copy(1);
            }
            (b',', Next::Separator) => {
                self.mode = Mode::List(Next::Version);
                self.at += 1;
            }
            (b'{' | b'n', Next::First | Next::Version) => {
                self.mode = Mode::Version { start: self.at, depth: 0 };
                self.version_byte(byte, self.at, 0, gather)?;
            }
            _ => return Err(Doubt::Form),
        }
        Ok(())
    }

    fn version_byte<W: Write>(
        &mut self,
        byte: u8,
        start: usize,
        depth: usize,
        gather: &mut Gather<W>,
    ) -> Result<(), Doubt> {
        self.at += 1;
        let depth = match byte {
            b'{' | b'[' => depth + 1,
            b'}' | b']' => depth.checked_sub(1).ok_or(Doubt::Form)?,
            b'"' => {
                self.inside = Inside::Within;
                depth
            }
            _ => depth,
        };
        self.mode = Mode::Version { start, depth };
        let text = self.text.get(start..self.at).unwrap_or_default();
        let is_null = text == b"null";
        if !text.starts_with(b"{") && !b"null".starts_with(text) {
            return Err(Doubt::Form);
        }
        if is_null || depth == 0 && byte == b'}' {
            let bytes = u32::try_from(text.len()).map_err(|_| Doubt::Form)?;
            let place = Place { syntax: Syntax::Json, is_own: false, offset: self.offset + start as u64, bytes };
            let version = super::decode(text, Syntax::Json).map_err(|_| Doubt::Form)?;
            gather.check(version, place)?;
            self.mode = Mode::List(Next::Separator);
        }
        Ok(())
    }
}

impl Frame {
    /// Takes the last string as a name.
    fn name(&mut self) -> Result<(), Doubt> {
        self.key = self.text.get(self.string..).unwrap_or_default().trim_ascii_end().to_vec();
        let key = self.key.trim_ascii_start();
        // Go finds a field without regard to case and escapes.
        let is_odd = !key.is_ascii() || key.contains(&b'\\');
        let is_entries = key.eq_ignore_ascii_case(b"\"entries\"");
        if self.depth == 1 && (is_odd || is_entries && key != b"\"entries\"") { Err(Doubt::Form) } else { Ok(()) }
    }
}

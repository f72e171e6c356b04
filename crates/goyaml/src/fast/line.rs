//! Lines and their indentation: block mappings and sequences.

use super::{Collection, Doubt, Sink, Text};
use crate::fast::plain::Stop;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mapping,
    Sequence,
    /// A sequence at the indentation of the mapping that it is a value of.
    Indentless,
}

#[derive(Clone, Copy)]
struct Level {
    indent: usize,
    kind: Kind,
}

/// Deeper documents are rare, and the exact reader's.
const MAX_LEVELS: usize = 100;

/// A longer key may be too long for go-yaml.
const MAX_KEY_BYTES: usize = 1000;

pub(super) struct Lines<'t, 's, S> {
    pub text: &'t [u8],
    pub pos: usize,
    levels: Vec<Level>,
    /// The innermost collection, or the document, waits for the value of its key or item.
    waiting: bool,
    pub sink: &'s mut S,
    /// The text of a scalar that does not stand in the document as it is.
    pub scratch: Vec<u8>,
}

impl<'t, 's, S: Sink> Lines<'t, 's, S> {
    pub fn new(text: &'t [u8], sink: &'s mut S) -> Self {
        Lines { text, pos: 0, levels: Vec::new(), waiting: true, sink, scratch: Vec::new() }
    }

    pub fn document(mut self) -> Result<(), Doubt> {
        self.skip_start()?;
        while let Some(column) = self.next_content()? {
            self.content(column)?;
        }
        if self.levels.is_empty() {
            return Err(Doubt);
        }
        while !self.levels.is_empty() {
            self.close()?;
        }
        Ok(())
    }

    /// Skips a `---` line and the comments before it.
    fn skip_start(&mut self) -> Result<(), Doubt> {
        while self.at(0) == b'#' || self.at(0) == b'\n' {
            self.skip_line();
        }
        if self.text[self.pos..].starts_with(b"---") && self.is_blank(3) {
            self.pos += 3;
            self.end_line()?;
        }
        Ok(())
    }

    /// Goes to the next line that is neither empty nor a comment; none at the document's end. Gives its column.
    fn next_content(&mut self) -> Result<Option<usize>, Doubt> {
        loop {
            let column = self.spaces();
            match self.at(column) {
                b'\n' => self.pos += column + 1,
                b'#' => self.skip_line(),
                b'\t' => return Err(Doubt),
                0 => return Ok(None),
                b'%' if column == 0 => return Err(Doubt),
                b'-' | b'.' if column == 0 && self.is_document_marker(self.pos) => return Ok(None),
                _ => {
                    self.pos += column;
                    return Ok(Some(column));
                }
            }
        }
    }

    fn content(&mut self, column: usize) -> Result<(), Doubt> {
        while self.levels.last().is_some_and(|level| level.indent > column) {
            self.close()?;
        }
        let is_item = self.at(0) == b'-' && self.is_blank(1);
        let Some(&level) = self.levels.last().filter(|level| level.indent == column) else {
            return if self.waiting { self.node(column) } else { Err(Doubt) };
        };
        match (level.kind, is_item) {
            (Kind::Mapping, true) if self.waiting => {
                self.open(Kind::Indentless, column)?;
                self.item(column)
            }
            (Kind::Mapping, false) => {
                self.left_out()?;
                self.entry()
            }
            (Kind::Sequence | Kind::Indentless, true) => {
                self.left_out()?;
                self.item(column)
            }
            (Kind::Indentless, false) => {
                self.close()?;
                self.entry()
            }
            _ => Err(Doubt),
        }
    }

    /// Reads an item from its `-` on.
    fn item(&mut self, column: usize) -> Result<(), Doubt> {
        self.waiting = true;
        self.pos += 1;
        let spaces = self.spaces();
        self.pos += spaces;
        match self.at(0) {
            b'\n' | 0 | b'#' => self.end_line(),
            _ => self.node(column + 1 + spaces),
        }
    }

    /// Reads an entry of a mapping from its key on.
    fn entry(&mut self) -> Result<(), Doubt> {
        let start = self.pos;
        match self.at(0) {
            quote @ (b'\'' | b'"') => {
                let key = self.quoted(quote)?;
                if self.is_key_end(start) && !key.multiline {
                    let text = key.text(self.text, &self.scratch);
                    self.sink.key(Text::Quoted(text))?;
                    return self.after_key();
                }
                Err(Doubt)
            }
            _ if self.starts_plain() => match self.plain_line() {
                (end, Stop::Colon) => self.plain_key(start, end),
                _ => Err(Doubt),
            },
            _ => Err(Doubt),
        }
    }

    fn plain_key(&mut self, start: usize, end: usize) -> Result<(), Doubt> {
        let key = &self.text[start..end];
        if key == b"<<" || self.pos - start > MAX_KEY_BYTES {
            return Err(Doubt);
        }
        self.sink.key(Text::Plain(key))?;
        self.after_key()
    }

    /// Goes on behind the `:` of a key.
    fn after_key(&mut self) -> Result<(), Doubt> {
        self.waiting = true;
        self.pos += 1;
        self.pos += self.spaces();
        match self.at(0) {
            b'\n' | 0 | b'#' => self.end_line(),
            b'-' if self.is_blank(1) => Err(Doubt),
            b'\'' | b'"' | b'|' | b'>' | b'[' | b'{' => self.marked_value(),
            _ if self.starts_plain() => {
                let start = self.pos;
                match self.plain_line() {
                    (_, Stop::Colon) => Err(Doubt),
                    (end, stop) => self.plain_value(start, end, stop),
                }
            }
            _ => Err(Doubt),
        }
    }

    /// Reads a node that starts here: a collection, or a scalar.
    fn node(&mut self, column: usize) -> Result<(), Doubt> {
        let start = self.pos;
        match self.at(0) {
            b'-' if self.is_blank(1) => {
                self.open(Kind::Sequence, column)?;
                self.item(column)
            }
            quote @ (b'\'' | b'"') => {
                let scalar = self.quoted(quote)?;
                if !scalar.multiline && self.is_key_end(start) {
                    // The key is in the scratch text; opening does not touch it.
                    self.open(Kind::Mapping, column)?;
                    let text = scalar.text(self.text, &self.scratch);
                    self.sink.key(Text::Quoted(text))?;
                    return self.after_key();
                }
                self.pos = start;
                self.marked_value()
            }
            b'|' | b'>' | b'[' | b'{' => self.marked_value(),
            _ if self.starts_plain() => match self.plain_line() {
                (end, Stop::Colon) => {
                    self.open(Kind::Mapping, column)?;
                    self.plain_key(start, end)
                }
                (end, stop) => self.plain_value(start, end, stop),
            },
            _ => Err(Doubt),
        }
    }

    /// Reads a value that starts with a quote, a bracket, `|` or `>`.
    fn marked_value(&mut self) -> Result<(), Doubt> {
        let indent = self.indent()?;
        match self.at(0) {
            quote @ (b'\'' | b'"') => {
                let scalar = self.quoted(quote)?;
                let text = scalar.text(self.text, &self.scratch);
                self.sink.value(Text::Quoted(text))?;
                self.end_line()?;
            }
            b'[' | b'{' => {
                self.flow(0)?;
                self.end_line()?;
            }
            _ => {
                self.block_scalar(indent)?;
                self.sink.value(Text::Quoted(&self.scratch))?;
            }
        }
        self.waiting = false;
        Ok(())
    }

    /// Reads a plain value from the end of its first line on.
    fn plain_value(&mut self, start: usize, end: usize, stop: Stop) -> Result<(), Doubt> {
        let indent = self.indent()?;
        let line = &self.text[start..end];
        if stop == Stop::Comment || !self.continues(indent)? {
            self.sink.value(Text::Plain(line))?;
        } else {
            self.folded_plain(line, indent)?;
            self.sink.value(Text::Quoted(&self.scratch))?;
        }
        self.waiting = false;
        Ok(())
    }

    /// Returns the indentation of the innermost collection. A document of one scalar has none: it is not for us.
    fn indent(&self) -> Result<usize, Doubt> {
        self.levels.last().map(|level| level.indent).ok_or(Doubt)
    }

    fn open(&mut self, kind: Kind, indent: usize) -> Result<(), Doubt> {
        if self.levels.len() == MAX_LEVELS {
            return Err(Doubt);
        }
        self.levels.push(Level { indent, kind });
        self.waiting = false;
        self.sink.open(if kind == Kind::Mapping { Collection::Mapping } else { Collection::Sequence })
    }

    fn close(&mut self) -> Result<(), Doubt> {
        self.left_out()?;
        self.levels.pop();
        self.sink.close()
    }

    /// Gives null to what waits for a value.
    fn left_out(&mut self) -> Result<(), Doubt> {
        if self.waiting {
            self.waiting = false;
            self.sink.value(Text::Plain(b""))?;
        }
        Ok(())
    }

    /// Goes to the next line when nothing but a comment follows.
    pub fn end_line(&mut self) -> Result<(), Doubt> {
        self.pos += self.spaces();
        match self.at(0) {
            b'\n' | b'#' | 0 => {
                self.skip_line();
                Ok(())
            }
            _ => Err(Doubt),
        }
    }

    pub fn skip_line(&mut self) {
        let rest = &self.text[self.pos..];
        self.pos += memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
    }

    /// Goes to the `:` when one follows that makes what began at `start` a key.
    fn is_key_end(&mut self, start: usize) -> bool {
        self.pos += self.spaces();
        self.at(0) == b':' && self.is_blank(1) && self.pos - start <= MAX_KEY_BYTES
    }

    pub fn is_document_marker(&self, line: usize) -> bool {
        let rest = &self.text[line..];
        (rest.starts_with(b"---") || rest.starts_with(b"..."))
            && rest.get(3).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\n'))
    }

    /// Counts the spaces from here on.
    pub fn spaces(&self) -> usize {
        let rest = &self.text[self.pos..];
        rest.iter().position(|b| *b != b' ').unwrap_or(rest.len())
    }

    /// Returns the byte at an offset, 0 behind the end.
    #[inline]
    pub fn at(&self, offset: usize) -> u8 {
        self.text.get(self.pos + offset).copied().unwrap_or(0)
    }

    /// Reports a blank, a line break, or the end.
    #[inline]
    pub fn is_blank(&self, offset: usize) -> bool {
        matches!(self.at(offset), b' ' | b'\t' | b'\n' | 0)
    }
}

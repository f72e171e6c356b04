//! Where the emitter stands in its output, and the smallest pieces it writes.

use gostd::Value;

use super::Style;

pub(super) struct Emitter<'o> {
    pub out: &'o mut Vec<u8>,
    pub style: Style,
    /// Indentation of the current collection, -1 outside.
    pub indent: isize,
    /// Characters on the current line.
    pub column: usize,
    /// The last thing written is blank.
    pub whitespace: bool,
    /// The current line holds nothing but indentation and `-`, `?` and `:` of block collections.
    pub indention: bool,
    pub in_single_quotes: bool,
    /// Open collections; below a depth where Go begins to look for cycles, also which.
    pub depth: usize,
    pub path: Vec<Value>,
}

/// Text is folded at the first blank behind this column.
pub(super) const FOLD_COLUMN: usize = 80;
const INDENT: isize = 2;

impl<'o> Emitter<'o> {
    pub fn new(out: &'o mut Vec<u8>, style: Style) -> Self {
        Emitter {
            out,
            style,
            indent: -1,
            column: 0,
            whitespace: true,
            indention: true,
            in_single_quotes: false,
            depth: 0,
            path: Vec::new(),
        }
    }

    pub fn is_pretty(&self) -> bool {
        self.style == Style::Pretty
    }

    /// Reports whether the line is long enough to be folded here.
    pub fn may_fold(&self) -> bool {
        self.column > FOLD_COLUMN && !self.is_pretty()
    }

    /// Returns the indentation inside a scalar, or inside a collection one level deeper.
    pub fn deeper(&self, of_scalar: bool) -> isize {
        match self.indent {
            ..0 if of_scalar => INDENT,
            ..0 => 0,
            indent => indent + INDENT,
        }
    }

    pub fn put(&mut self, b: u8) {
        self.out.push(b);
        self.column += 1;
    }

    /// Writes text without line breaks.
    pub fn put_text(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.column += match text.is_ascii() {
            true => text.len(),
            false => text.iter().filter(|b| **b & 0xC0 != 0x80).count(),
        };
    }

    pub fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        if self.is_pretty() {
            self.indention = true;
        }
    }

    /// Writes a line break of a text: `\n` as the emitter's own, the Unicode ones as they are.
    pub fn put_text_break(&mut self, text: &[u8]) {
        if text == b"\n" {
            self.put_break();
        } else {
            self.out.extend_from_slice(text);
            self.column = 0;
        }
        self.indention = true;
    }

    /// Goes to the current indentation, on a new line where anything stands in the way.
    pub fn write_indent(&mut self) {
        let indent = self.indent.max(0) as usize;
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        if self.column < indent {
            self.out.resize(self.out.len() + indent - self.column, b' ');
            self.column = indent;
        }
        self.whitespace = true;
        if !self.is_pretty() {
            self.indention = true;
        }
    }

    /// Writes an indicator after a blank; `opens_block` for those that may stand before a block collection on its line.
    pub fn write_indicator(&mut self, indicator: &[u8], opens_block: bool) {
        if !self.whitespace {
            self.put(b' ');
        }
        let indention = self.indention && opens_block;
        self.write_tight(indicator);
        self.indention = indention;
    }

    /// Writes an indicator without a blank before it.
    pub fn write_tight(&mut self, indicator: &[u8]) {
        self.put_text(indicator);
        self.whitespace = false;
        self.indention = false;
    }
}

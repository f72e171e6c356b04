//! The text that is written, where its end stands, and the smallest pieces.

pub struct Output {
    pub text: Vec<u8>,
    /// Indentation of the current collection; none outside.
    pub indent: Option<usize>,
    /// Characters on the current line.
    pub column: usize,
    /// The last thing written is blank.
    pub whitespace: bool,
    /// The current line holds nothing but indentation and `-`, `?` and `:` of block collections.
    pub indention: bool,
    /// The indentation of the foot comment just written: an empty line parts it from what comes next there.
    pub foot_indent: Option<usize>,
}

pub const INDENT: usize = 2;

impl Default for Output {
    fn default() -> Self {
        Output { text: Vec::new(), indent: None, column: 0, whitespace: true, indention: true, foot_indent: None }
    }
}

impl Output {
    pub fn put(&mut self, b: u8) {
        self.text.push(b);
        self.column += 1;
    }

    /// Writes text without line breaks.
    pub fn put_text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.column += text.iter().filter(|b| **b & 0xC0 != 0x80).count();
    }

    pub fn put_break(&mut self) {
        self.text.push(b'\n');
        self.column = 0;
        self.indention = true;
    }

    /// Writes a line break of a text: `\n` as the emitter's own, every other as it is.
    pub fn put_text_break(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
        self.column = 0;
        self.indention = true;
    }

    /// Goes to the current indentation, on a new line where anything stands in the way.
    pub fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        if self.foot_indent == Some(indent) {
            self.put_break();
        }
        if self.column < indent {
            self.text.resize(self.text.len() + indent - self.column, b' ');
            self.column = indent;
        }
        self.whitespace = true;
        self.foot_indent = None;
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

    /// Makes room for the content of a collection or a scalar; returns what to go back to.
    pub fn deepen(&mut self, outermost: usize, deeper: usize) -> Option<usize> {
        let before = self.indent;
        self.indent = Some(before.map_or(outermost, |indent| indent + deeper));
        before
    }
}

//! Text to tokens, with the rules, limits and mistakes of go-yaml v2's scanner (itself a port of libyaml's).

mod block;
mod comment;
mod comment_block;
mod directive;
mod indent;
mod indicator;
mod key;
mod plain;
mod quoted;
mod tag;
mod token;

pub(crate) use comment::CommentKind;
pub(crate) use quoted::{Escape, escaped};
pub use token::Style;
pub(crate) use token::{Kind, Mark, Token};

use std::collections::VecDeque;

use crate::problem::Problem;
use crate::reader::{Chunks, Source};
use comment::Queue;
use key::Keys;

pub(crate) struct Scanner<'t> {
    text: &'t [u8],
    chunks: Option<Chunks>,
    /// Byte offset of the current character.
    pos: usize,
    /// Line of the current character, first = 0.
    line: usize,
    /// Characters since the line's start.
    column: usize,
    /// Characters since the text's start.
    index: usize,
    /// Where the token starts that is being scanned.
    start: Mark,
    tokens: VecDeque<Token<'t>>,
    /// How many tokens the parser has taken.
    taken: usize,
    /// The first token of the queue is known to be no simple key that is still open.
    ready: bool,
    started: bool,
    keys: Keys,
    /// Column of the innermost block collection, -1 outside.
    indent: isize,
    indents: Vec<isize>,
    flow_level: usize,
    simple_key_allowed: bool,
    /// Where comments are kept: they are for version 3 only, which reads two tokens ahead to place them.
    comments: Option<Box<Queue>>,
}

impl<'t> Scanner<'t> {
    pub fn new(source: &'t mut Source<'_>) -> Self {
        Scanner {
            chunks: source.chunks.take(),
            text: &source.text,
            pos: 0,
            line: 0,
            column: 0,
            index: 0,
            start: Mark::default(),
            tokens: VecDeque::new(),
            taken: 0,
            ready: false,
            started: false,
            keys: Keys::default(),
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            comments: None,
        }
    }

    /// Starts a scanner that keeps comments, as version 3 does.
    pub fn with_comments(source: &'t mut Source<'_>) -> Self {
        Scanner { comments: Some(Box::default()), ..Scanner::new(source) }
    }

    /// Looks at the next token.
    #[inline]
    pub fn peek(&mut self) -> Result<(Kind, usize), Problem> {
        if !self.ready {
            self.fetch_more()?;
        }
        let stream_end = (Kind::StreamEnd, self.line);
        Ok(self.tokens.front().map_or(stream_end, |token| (token.kind, token.start.line)))
    }

    /// Takes the token that was looked at.
    pub fn take(&mut self) -> Token<'t> {
        self.ready = false;
        self.taken += 1;
        self.tokens.pop_front().unwrap_or_else(|| Token::mark(Kind::StreamEnd, self.here()))
    }

    /// Scans until the first token of the queue cannot become a simple key any more.
    #[inline(never)]
    fn fetch_more(&mut self) -> Result<(), Problem> {
        let ahead = if self.comments.is_some() { 2 } else { 0 };
        while self.tokens.len() <= ahead || self.is_open_key(self.taken)? {
            self.fetch_next()?;
        }
        self.ready = true;
        Ok(())
    }

    fn fetch_next(&mut self) -> Result<(), Problem> {
        self.need(1)?;
        if !self.started {
            self.started = true;
            self.push(Kind::StreamStart);
            return Ok(());
        }
        let gap = self.here();
        self.skip_to_token(gap)?;
        self.start = self.here();
        self.unroll_indent(self.column as isize, gap);
        self.need(4)?;
        let b = self.at(0);
        if self.column == 0 {
            match b {
                b'%' => return self.fetch_directive(),
                b'-' if self.is_document_indicator() => return self.fetch_document_indicator(Kind::DocumentStart),
                b'.' if self.is_document_indicator() => return self.fetch_document_indicator(Kind::DocumentEnd),
                _ => {}
            }
        }
        if b == 0 {
            return self.fetch_stream_end();
        }
        if self.comments.is_some() {
            return self.fetch_commented(b);
        }
        self.fetch_content(b)
    }

    #[inline(never)]
    fn fetch_commented(&mut self, b: u8) -> Result<(), Problem> {
        let commented = self.commented_token(b);
        self.fetch_content(b)?;
        match self.tokens.back() {
            // A comment behind a `-` belongs to what follows.
            Some(token) if token.kind == Kind::BlockEntry => Ok(()),
            _ => self.note_line_comment(commented),
        }
    }

    // Values are read without comments: that way must not cost a call for each token.
    #[inline(always)]
    fn fetch_content(&mut self, b: u8) -> Result<(), Problem> {
        let (in_flow, before_blank) = (self.flow_level > 0, self.is_blankz(1));
        match b {
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if before_blank => self.fetch_block_entry(),
            b'?' if in_flow || before_blank => self.fetch_key(),
            b':' if in_flow || before_blank => self.fetch_value(),
            b'*' => self.fetch_anchor(Kind::Alias),
            b'&' => self.fetch_anchor(Kind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !in_flow => self.fetch_block_scalar(b == b'|'),
            b'\'' | b'"' => self.fetch_quoted(b == b'\''),
            b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => Err(self.problem(NO_TOKEN)),
            _ => self.fetch_plain(),
        }
    }

    fn push(&mut self, kind: Kind) {
        self.tokens.push_back(Token::mark(kind, self.start));
    }

    /// Eats blanks, comments and line breaks.
    fn skip_to_token(&mut self, gap: Mark) -> Result<(), Problem> {
        loop {
            self.need(1)?;
            if self.column == 0 && self.buffer_starts_with_bom() {
                self.skip();
            }
            self.need(1)?;
            // A tab may not stand where a simple key may start: it would be indentation.
            while self.at(0) == b' ' || (self.at(0) == b'\t' && (self.flow_level > 0 || !self.simple_key_allowed)) {
                self.skip();
                self.need(1)?;
            }
            if self.comments.is_some() {
                self.lift_entry_comment();
            }
            if self.at(0) == b'#' {
                self.skip_comments(gap)?;
            }
            if !self.is_break(0) {
                return Ok(());
            }
            self.need(2)?;
            self.skip_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn skip_line_rest(&mut self) -> Result<(), Problem> {
        while !self.is_breakz(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(())
    }

    fn skip_blanks(&mut self) -> Result<(), Problem> {
        while self.is_blank(0) {
            self.skip();
            self.need(1)?;
        }
        Ok(())
    }

    fn problem(&self, text: &'static str) -> Problem {
        Problem::scanner(self.line, text).within(self.start.line)
    }

    /// The place of the current character.
    fn here(&self) -> Mark {
        Mark { line: self.line, index: self.index }
    }

    /// Makes sure that so many characters are read; the only place where the reader can fail.
    #[inline]
    fn need(&mut self, count: usize) -> Result<(), Problem> {
        match &mut self.chunks {
            Some(chunks) => chunks.load(self.text, self.pos, count),
            None => Ok(()),
        }
    }

    fn buffer_starts_with_bom(&self) -> bool {
        self.chunks.as_ref().is_some_and(|c| self.text[c.buffer_start..].starts_with("\u{FEFF}".as_bytes()))
    }

    /// Returns the byte at an offset from the current character, 0 behind the end.
    #[inline]
    fn at(&self, offset: usize) -> u8 {
        self.text.get(self.pos + offset).copied().unwrap_or(0)
    }

    #[inline]
    fn is_blank(&self, offset: usize) -> bool {
        matches!(self.at(offset), b' ' | b'\t')
    }

    #[inline]
    fn is_break(&self, offset: usize) -> bool {
        match self.at(offset) {
            b'\r' | b'\n' => true,
            0xC2 => self.at(offset + 1) == 0x85,
            0xE2 => self.at(offset + 1) == 0x80 && matches!(self.at(offset + 2), 0xA8 | 0xA9),
            _ => false,
        }
    }

    #[inline]
    fn is_breakz(&self, offset: usize) -> bool {
        self.at(offset) == 0 || self.is_break(offset)
    }

    #[inline]
    fn is_blankz(&self, offset: usize) -> bool {
        self.is_blank(offset) || self.is_breakz(offset)
    }

    /// Reports `---` or `...` followed by a blank; only to be asked in column 0.
    fn is_document_indicator(&self) -> bool {
        let rest = self.text.get(self.pos..).unwrap_or_default();
        (rest.starts_with(b"---") || rest.starts_with(b"...")) && self.is_blankz(3)
    }

    /// Steps over the current character.
    #[inline]
    fn skip(&mut self) {
        self.index += 1;
        self.column += 1;
        self.pos = (self.pos + width(self.at(0))).min(self.text.len());
    }

    /// Steps over a line break.
    fn skip_break(&mut self) {
        self.read_break(&mut Vec::new());
    }

    /// Steps over a line break and appends it: the two Unicode separators as they are, every other as `\n`.
    fn read_break(&mut self, out: &mut Vec<u8>) {
        match (self.at(0), self.at(1)) {
            (b'\r', b'\n') => {
                out.push(b'\n');
                self.pos += 2;
                self.index += 1;
            }
            (b'\r' | b'\n', _) => {
                out.push(b'\n');
                self.pos += 1;
            }
            (0xC2, 0x85) => {
                out.push(b'\n');
                self.pos += 2;
            }
            (0xE2, _) => {
                out.extend_from_slice(&self.text[self.pos..self.pos + 3]);
                self.pos += 3;
            }
            _ => return,
        }
        self.index += 1;
        self.column = 0;
        self.line += 1;
    }
}

const NO_TOKEN: &str = "found character that cannot start any token";

/// Returns the bytes of the character with this first byte.
#[inline]
fn width(lead: u8) -> usize {
    match lead {
        0..=0x7F => 1,
        0x80..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

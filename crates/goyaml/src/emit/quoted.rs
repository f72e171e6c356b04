//! Text on one line or folded: plain, in single quotes, in double quotes.

use std::ops::Range;

use super::analyze::{break_width, has_break, is_printable, width};
use super::state::{Emitter, FOLD_COLUMN};

impl Emitter<'_> {
    pub fn plain(&mut self, text: &[u8], may_fold: bool) {
        if !self.whitespace {
            self.put(b' ');
        }
        if self.fits(text) {
            return self.write_tight(text);
        }
        let ends = if may_fold { 0..text.len() } else { 0..0 };
        self.words(text, ends);
        self.whitespace = false;
        self.indention = false;
    }

    pub fn single_quoted(&mut self, text: &[u8], may_fold: bool) {
        self.write_indicator(b"'", false);
        if self.fits(text) && memchr::memchr(b'\'', text).is_none() {
            self.put_text(text);
            return self.write_tight(b"'");
        }
        let ends = if may_fold { 1..text.len().saturating_sub(1) } else { 0..0 };
        self.in_single_quotes = true;
        self.words(text, ends);
        self.in_single_quotes = false;
        self.write_tight(b"'");
    }

    /// Reports a text that can be written as it is: it is not folded, and has no line breaks.
    fn fits(&self, text: &[u8]) -> bool {
        (self.is_pretty() || self.column + text.len() <= FOLD_COLUMN) && !has_break(text)
    }

    /// Writes the text of a plain or single-quoted scalar; in the range of `folds` a blank may become a line break.
    fn words(&mut self, text: &[u8], folds: Range<usize>) {
        let (mut after_space, mut after_break) = (false, false);
        let mut i = 0;
        while i < text.len() {
            if text[i] == b' ' {
                let single = !after_space && text.get(i + 1) != Some(&b' ');
                if single && self.may_fold() && folds.contains(&i) {
                    self.write_indent();
                } else {
                    self.put(b' ');
                }
                after_space = true;
                i += 1;
            } else if let Some(width) = break_width(text, i) {
                if !after_break && text[i] == b'\n' {
                    self.put_break();
                }
                self.put_text_break(&text[i..i + width]);
                after_break = true;
                i += width;
            } else {
                if after_break {
                    self.write_indent();
                }
                i = self.word(text, i);
                self.indention = false;
                (after_space, after_break) = (false, false);
            }
        }
    }

    /// Writes up to a blank, a break, or behind a quote, which is doubled; returns where it stopped.
    fn word(&mut self, text: &[u8], start: usize) -> usize {
        let stops = |b: &u8| matches!(b, b' ' | b'\'' | b'\r' | b'\n' | 0xC2 | 0xE2);
        let mut end = start + 1 + text[start + 1..].iter().position(stops).unwrap_or(text.len() - start - 1);
        if text[start] == b'\'' {
            end = start + 1;
            if self.in_single_quotes {
                self.put(b'\'');
            }
        }
        self.put_text(&text[start..end]);
        end
    }

    pub fn double_quoted(&mut self, text: &[u8], may_fold: bool) {
        self.write_indicator(b"\"", false);
        // go-yaml looks for the byte order mark at the text's start, whatever character it is at.
        let escape_all = text.starts_with("\u{FEFF}".as_bytes());
        let mut after_space = false;
        let mut i = 0;
        while i < text.len() {
            let b = text[i];
            if escape_all || !is_printable(text, i) || matches!(b, b'"' | b'\\') || break_width(text, i).is_some() {
                let width = width(b).min(text.len() - i);
                self.escape(&text[i..i + width]);
                after_space = false;
                i += width;
            } else if b == b' ' {
                if may_fold && !after_space && self.may_fold() && i > 0 && i + 1 < text.len() {
                    self.write_indent();
                    if text[i + 1] == b' ' {
                        self.put(b'\\');
                    }
                } else {
                    self.put(b' ');
                }
                after_space = true;
                i += 1;
            } else {
                let rest = &text[i..];
                let run =
                    rest.iter().position(|b| !matches!(b, b'!' | b'#'..=b'[' | b']'..=b'~')).unwrap_or(rest.len());
                let run = if run == 0 { width(b).min(rest.len()) } else { run };
                self.put_text(&rest[..run]);
                after_space = false;
                i += run;
            }
        }
        self.write_tight(b"\"");
    }

    fn escape(&mut self, character: &[u8]) {
        let c = std::str::from_utf8(character).ok().and_then(|s| s.chars().next()).unwrap_or('\u{FFFD}');
        let text = match c {
            '\0' => "\\0".to_owned(),
            '\x07' => "\\a".to_owned(),
            '\x08' => "\\b".to_owned(),
            '\t' => "\\t".to_owned(),
            '\n' => "\\n".to_owned(),
            '\x0B' => "\\v".to_owned(),
            '\x0C' => "\\f".to_owned(),
            '\r' => "\\r".to_owned(),
            '\x1B' => "\\e".to_owned(),
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\u{85}' => "\\N".to_owned(),
            '\u{A0}' => "\\_".to_owned(),
            '\u{2028}' => "\\L".to_owned(),
            '\u{2029}' => "\\P".to_owned(),
            '\0'..='\u{FF}' => format!("\\x{:02X}", c as u32),
            '\0'..='\u{FFFF}' => format!("\\u{:04X}", c as u32),
            _ => format!("\\U{:08X}", c as u32),
        };
        self.put_text(text.as_bytes());
    }
}

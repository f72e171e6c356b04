//! Text in the literal style `|`.

use super::analyze::break_width;
use super::state::Emitter;

impl Emitter<'_> {
    pub fn literal(&mut self, text: &[u8]) {
        self.write_indicator(b"|", false);
        self.hints(text);
        self.put_break();
        self.indention = true;
        self.whitespace = true;
        let mut rest = text;
        while !rest.is_empty() {
            let line = first_break(rest);
            if line > 0 {
                self.write_indent();
                self.put_text(&rest[..line]);
                self.indention = false;
            }
            rest = &rest[line..];
            if !rest.is_empty() {
                let width = break_width(rest, 0).unwrap_or(1);
                self.put_text_break(&rest[..width]);
                rest = &rest[width..];
            }
        }
    }

    /// Writes the indentation where the text's start would hide it, and how the text ends.
    fn hints(&mut self, text: &[u8]) {
        if text[0] == b' ' || break_width(text, 0).is_some() {
            self.write_tight(b"2");
        }
        let last = char_before(text, text.len());
        let ending: &[u8] = match last.filter(|last| break_width(text, *last).is_some()) {
            None => b"-",
            Some(last) => match char_before(text, last) {
                Some(before) if break_width(text, before).is_none() => return,
                _ => b"+",
            },
        };
        self.write_tight(ending);
    }
}

/// Returns where the first line ends.
fn first_break(text: &[u8]) -> usize {
    let line_feed = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let candidates = memchr::memchr3_iter(b'\r', 0xC2, 0xE2, &text[..line_feed]);
    candidates.into_iter().find(|i| break_width(text, *i).is_some()).unwrap_or(line_feed)
}

/// Returns where the character before an offset starts.
fn char_before(text: &[u8], end: usize) -> Option<usize> {
    (0..end).rev().find(|i| text[*i] & 0xC0 != 0x80)
}

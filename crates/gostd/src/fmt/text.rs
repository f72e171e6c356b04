//! Strings and bytes by the verbs `s q x X v d`.

use super::Limit;
use super::printer::Printer;
use crate::Value;
use crate::strconv::{append_quote, append_quote_ascii, can_backquote};
use crate::strings::runes;

const LOWER: &[u8; 17] = b"0123456789abcdefx";
const UPPER: &[u8; 17] = b"0123456789ABCDEFX";

impl Printer<'_> {
    pub fn text(&mut self, value: &Value, text: &[u8], verb: u32) -> Result<(), Limit> {
        match char::from_u32(verb) {
            Some('v') if self.flags.sharp_v => self.quoted(text),
            Some('v' | 's') => self.string(text),
            Some('x') => self.hex_text(text, LOWER),
            Some('X') => self.hex_text(text, UPPER),
            Some('q') => self.quoted(text),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }

    /// `[]byte`, or a named type of it; a type inside of something else is spelled `[]uint8`.
    pub fn bytes(&mut self, value: &Value, bytes: &[u8], verb: u32, go_type: &str) -> Result<(), Limit> {
        match char::from_u32(verb) {
            Some('s') => self.string(bytes),
            Some('x') => self.hex_text(bytes, LOWER),
            Some('X') => self.hex_text(bytes, UPPER),
            Some('q') => self.quoted(bytes),
            Some('p') => return self.bad_verb(value, verb),
            _ => return self.each_byte(bytes, verb, go_type),
        }
        Ok(())
    }

    pub fn string(&mut self, text: &[u8]) {
        let shown = self.truncated(text);
        self.pad(shown);
    }

    /// The first characters, as many as the precision says.
    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(count) = self.flags.precision else {
            return text;
        };
        let end = runes(text).nth(count).map_or(text.len(), |(at, _, _)| at);
        text.get(..end).unwrap_or(text)
    }

    fn quoted(&mut self, text: &[u8]) {
        let shown = self.truncated(text);
        let mut out = Vec::with_capacity(shown.len() + 2);
        if self.flags.sharp && can_backquote(shown) {
            out.push(b'`');
            out.extend_from_slice(shown);
            out.push(b'`');
        } else if self.flags.plus {
            append_quote_ascii(&mut out, shown);
        } else {
            append_quote(&mut out, shown);
        }
        self.pad(&out);
    }

    /// `%x`: `6162`, with a blank `61 62`, with `#` `0x6162`, with both `0x61 0x62`.
    fn hex_text(&mut self, text: &[u8], digits: &[u8; 17]) {
        let length = self.flags.precision.map_or(text.len(), |p| p.min(text.len()));
        if length == 0 {
            return self.fill(self.flags.width.unwrap_or(0));
        }
        let (space, sharp) = (self.flags.space, self.flags.sharp);
        let prefixes = if !sharp {
            0
        } else if space {
            length
        } else {
            1
        };
        let width = 2 * length + 2 * prefixes + if space { length - 1 } else { 0 };
        let missing = self.flags.width.unwrap_or(0).saturating_sub(width);
        if !self.flags.minus {
            self.fill(missing);
        }
        for (i, byte) in text.iter().take(length).enumerate() {
            if space && i > 0 {
                self.out.push(b' ');
            }
            if sharp && (space || i == 0) {
                self.out.extend_from_slice(&[b'0', digits[16]]);
            }
            self.out.extend_from_slice(&[digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
        if self.flags.minus {
            self.fill(missing);
        }
    }
}

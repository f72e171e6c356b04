//! Which style a string is written in.

use gostd::Str;

use super::analyze::{Kinds, analyze};
use super::state::Emitter;
use super::value::Place;
use super::{Stop, Style, route};
use crate::decode::encode_base64;
use crate::resolve::{is_base60, is_plain_string};

/// go-yaml breaks the base64 text of a string that is not UTF-8 into lines of this length.
const BASE64_LINE: usize = 70;
const BINARY: &[u8] = b"!!binary";

impl Emitter<'_> {
    pub fn string(&mut self, text: &Str, place: Place) -> Result<(), Stop> {
        let kinds = Kinds::of(text);
        if self.style == Style::Json && kinds.may_need_json() && route::needs_json(text) {
            return Err(Stop::NeedsJson);
        }
        let outer = self.indent;
        if self.is_pretty() && kinds.may_need_json() && text.to_utf8().is_none() {
            self.bare(BINARY);
            self.indent = self.deeper(true);
            let lines = base64_lines(text);
            self.styled(&lines, Kinds::of(&lines), place, true);
        } else {
            self.indent = self.deeper(true);
            self.styled(text, kinds, place, can_be_plain(text, self.is_pretty()));
        }
        self.indent = outer;
        Ok(())
    }

    fn styled(&mut self, text: &[u8], kinds: Kinds, place: Place, can_be_plain: bool) {
        if kinds.is_word() && can_be_plain && !text.is_empty() {
            return self.bare(text);
        }
        let in_key = place == Place::Key;
        let ways = analyze(text, kinds, self.is_pretty());
        if kinds.has_line_feed() {
            match ways.literal && !in_key {
                true => self.literal(text),
                false => self.double_quoted(text, !in_key),
            }
        } else if (in_key && ways.multiline) || !can_be_plain {
            self.double_quoted(text, !in_key);
        } else if ways.plain && !(text.is_empty() && in_key) {
            self.plain(text, !in_key);
        } else if ways.single_quoted {
            self.single_quoted(text, !in_key);
        } else {
            self.double_quoted(text, !in_key);
        }
    }
}

/// Reports whether a text without quotes is read back as a string.
fn can_be_plain(text: &[u8], v3: bool) -> bool {
    is_plain_string(text, v3) && !is_base60(text)
}

/// Reports whether the base64 text of a string with its tag is one line of at most so many bytes.
pub(super) fn is_short_binary(text: &[u8], max_bytes: usize) -> bool {
    let encoded = text.len().div_ceil(3) * 4;
    encoded < BASE64_LINE && BINARY.len() + encoded <= max_bytes
}

fn base64_lines(text: &[u8]) -> Vec<u8> {
    let encoded = encode_base64(text);
    if encoded.len() < BASE64_LINE {
        return encoded;
    }
    encoded.chunks(BASE64_LINE).flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
}

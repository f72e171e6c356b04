//! Which style a string is written in.

use gostd::Str;

use super::analyze::{Ways, analyze, is_simple};
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
        if self.style == Style::Json && route::needs_json(text) {
            return Err(Stop::NeedsJson);
        }
        if self.is_pretty() && text.to_utf8().is_none() {
            self.bare(BINARY);
            self.styled(&base64_lines(text), place, true);
        } else {
            self.styled(text, place, false);
        }
        Ok(())
    }

    fn styled(&mut self, text: &[u8], place: Place, tagged: bool) {
        let outer = self.indent;
        self.indent = self.deeper(true);
        if is_simple(text) {
            match tagged || can_be_plain(text, self.is_pretty()) {
                true => self.bare(text),
                false => self.double_quoted(text, false),
            }
        } else {
            self.analyzed(text, analyze(text, self.is_pretty()), place, tagged);
        }
        self.indent = outer;
    }

    fn analyzed(&mut self, text: &[u8], ways: Ways, place: Place, tagged: bool) {
        let in_key = place == Place::Key;
        if text.contains(&b'\n') {
            match ways.literal && !in_key {
                true => self.literal(text),
                false => self.double_quoted(text, !in_key),
            }
        } else if (in_key && ways.multiline) || !(tagged || can_be_plain(text, self.is_pretty())) {
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

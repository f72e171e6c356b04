//! From bytes to checked UTF-8, as go-yaml's reader does it: encoding by byte order mark, then every character checked.

use std::borrow::Cow;

use crate::problem::Problem;

/// The text of a document, and what the reader does when the scanner reaches for more of it.
pub(crate) struct Source<'a> {
    /// Valid UTF-8 without a first byte order mark. Where the reader fails, what comes before the failing chunk.
    pub text: Cow<'a, [u8]>,
    /// Absent for most documents: all the text is readable and holds no byte order mark.
    pub chunks: Option<Chunks>,
}

/// The reader's view of a text that it loads in chunks of 512 raw bytes.
///
/// Two things depend on it: an unreadable character is reported when its chunk is loaded, before any earlier mistake of
/// the same chunk, and go-yaml looks for a byte order mark at the start of its buffer instead of the current character.
pub(crate) struct Chunks {
    /// Where each chunk ends in the text.
    ends: std::vec::IntoIter<usize>,
    loaded: usize,
    /// What loading the chunk after the last one gives; none is the end of the input.
    failure: Option<Problem>,
    /// NUL characters that stand for the end of the input.
    nuls: usize,
    pub buffer_start: usize,
}

const CHUNK_BYTES: usize = 512;

impl<'a> Source<'a> {
    pub fn new(raw: &'a [u8]) -> Self {
        let raw = if raw.is_empty() { b"\n" } else { raw };
        let text = match raw {
            [0xFF, 0xFE, ..] => return chunked(raw, 2, Encoding::Utf16Le),
            [0xFE, 0xFF, ..] => return chunked(raw, 2, Encoding::Utf16Be),
            [0xEF, 0xBB, 0xBF, rest @ ..] => rest,
            _ => raw,
        };
        if is_clean(text) {
            return Source { text: Cow::Borrowed(text), chunks: None };
        }
        chunked(raw, raw.len() - text.len(), Encoding::Utf8)
    }
}

impl Chunks {
    /// Makes sure that `count` characters from `pos` on are loaded, as go-yaml's `yaml_parser_update_buffer` does.
    pub fn load(&mut self, text: &[u8], pos: usize, count: usize) -> Result<(), Problem> {
        let mut unread = self.nuls;
        if pos < self.loaded {
            unread += text[pos..self.loaded].iter().filter(|b| **b & 0xC0 != 0x80).take(count).count();
        }
        if unread >= count {
            return Ok(());
        }
        self.buffer_start = pos;
        while unread < count {
            match (self.ends.next(), &self.failure) {
                (Some(end), _) => {
                    unread += text[self.loaded..end].iter().filter(|b| **b & 0xC0 != 0x80).count();
                    self.loaded = end;
                }
                (None, Some(problem)) => return Err(problem.clone()),
                (None, None) => {
                    self.nuls += 1;
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Reports whether the reader takes every character and none is a byte order mark.
pub(crate) fn is_clean(text: &[u8]) -> bool {
    let (mut wrong, mut high) = (false, false);
    for &b in text {
        wrong |= (b < 0x20 && b != b'\n' && b != b'\t' && b != b'\r') | (b == 0x7F);
        high |= b >= 0x80;
    }
    if wrong || !high {
        return !wrong;
    }
    std::str::from_utf8(text).is_ok_and(|text| text.chars().all(|c| is_allowed(c) && c != '\u{FEFF}'))
}

fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// One step of decoding: a character and its raw width, a character cut off by the chunk's end, or a failure.
enum Step {
    Char(char, usize),
    CutOff(&'static str),
    Wrong(&'static str),
}

fn chunked(raw: &[u8], first: usize, encoding: Encoding) -> Source<'static> {
    let mut text = Vec::with_capacity(raw.len());
    let mut ends = Vec::new();
    let (mut pos, mut chunk_start, mut failure) = (first, 0, None);
    while pos < raw.len() && failure.is_none() {
        let chunk_end = (chunk_start + CHUNK_BYTES).min(raw.len());
        let before = text.len();
        let cut_off = match decode_chunk(&raw[..chunk_end], &mut pos, encoding, &mut text) {
            Ok(cut_off) => cut_off,
            Err(problem) => {
                text.truncate(before);
                failure = Some(Problem::plain(problem));
                break;
            }
        };
        ends.push(text.len());
        if let (Some(problem), true) = (cut_off, chunk_end == raw.len()) {
            failure = Some(Problem::plain(problem));
        }
        chunk_start = pos;
    }
    let chunks = Chunks { ends: ends.into_iter(), loaded: 0, failure, nuls: 0, buffer_start: 0 };
    Source { text: Cow::Owned(text), chunks: Some(chunks) }
}

/// Decodes from `pos` to the end of the chunk; gives the problem that a character cut off there is at the end of input.
fn decode_chunk(
    chunk: &[u8],
    pos: &mut usize,
    encoding: Encoding,
    text: &mut Vec<u8>,
) -> Result<Option<&'static str>, &'static str> {
    while *pos < chunk.len() {
        let rest = &chunk[*pos..];
        let step = match encoding {
            Encoding::Utf8 => step_utf8(rest),
            Encoding::Utf16Le => step_utf16(rest, u16::from_le_bytes),
            Encoding::Utf16Be => step_utf16(rest, u16::from_be_bytes),
        };
        match step {
            Step::Wrong(problem) => return Err(problem),
            Step::CutOff(problem) => return Ok(Some(problem)),
            Step::Char(c, _) if !is_allowed(c) => return Err("control characters are not allowed"),
            Step::Char(c, width) => {
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                *pos += width;
            }
        }
    }
    Ok(None)
}

fn step_utf8(rest: &[u8]) -> Step {
    let Some(&lead) = rest.first() else { return Step::CutOff("incomplete UTF-8 octet sequence") };
    let (width, bits) = match lead {
        0..=0x7F => return Step::Char(char::from(lead), 1),
        0xC0..=0xDF => (2, lead & 0x1F),
        0xE0..=0xEF => (3, lead & 0x0F),
        0xF0..=0xF7 => (4, lead & 0x07),
        _ => return Step::Wrong("invalid leading UTF-8 octet"),
    };
    let Some(trailing) = rest.get(1..width) else { return Step::CutOff("incomplete UTF-8 octet sequence") };
    let mut value = u32::from(bits);
    for octet in trailing {
        if octet & 0xC0 != 0x80 {
            return Step::Wrong("invalid trailing UTF-8 octet");
        }
        value = value << 6 | u32::from(octet & 0x3F);
    }
    if value < [0, 0, 0x80, 0x800, 0x10000][width] {
        return Step::Wrong("invalid length of a UTF-8 sequence");
    }
    char::from_u32(value).map_or(Step::Wrong("invalid Unicode character"), |c| Step::Char(c, width))
}

fn step_utf16(rest: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Step {
    let at = |i: usize| rest.get(i..i + 2).and_then(|pair| pair.try_into().ok()).map(&unit);
    let Some(first) = at(0) else { return Step::CutOff("incomplete UTF-16 character") };
    match first & 0xFC00 {
        0xDC00 => return Step::Wrong("unexpected low surrogate area"),
        0xD800 => {}
        _ => return char::from_u32(u32::from(first)).map_or(Step::Wrong(""), |c| Step::Char(c, 2)),
    }
    let Some(second) = at(2) else { return Step::CutOff("incomplete UTF-16 surrogate pair") };
    if second & 0xFC00 != 0xDC00 {
        return Step::Wrong("expected low surrogate area");
    }
    let value = 0x10000 + (u32::from(first & 0x3FF) << 10) + u32::from(second & 0x3FF);
    char::from_u32(value).map_or(Step::Wrong(""), |c| Step::Char(c, 4))
}

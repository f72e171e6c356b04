//! `camelcase`, `snakecase` and `kebabcase` as huandu/xstrings 1.5.0 cuts words.

use gostd::strings::{append_rune, decode_rune, runes};
use gostd::unicode;

const INVALID: u32 = 0xFFFD;

fn is_connector(rune: u32) -> bool {
    rune == u32::from('-') || rune == u32::from('_') || unicode::is_space(rune)
}

/// Joins words with a capital each; connectors in front, and all but one of a row, stay.
pub(crate) fn pascal(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len());
    let mut rest = runes(s).map(|(_, rune, _)| rune);
    let (mut last, mut connector) = (None, None);
    for rune in rest.by_ref() {
        if !is_connector(rune) {
            last = Some(rune);
            break;
        }
        append_rune(&mut out, rune);
        connector = Some(rune);
    }
    let Some(first) = last else {
        // The original writes the last connector twice when there is nothing else.
        if let Some(last) = connector {
            append_rune(&mut out, last);
        }
        return out;
    };
    let mut upper = unicode::is_upper(first);
    let mut previous = unicode::to_upper(first);
    for mut rune in rest {
        if is_connector(previous) && is_connector(rune) {
            append_rune(&mut out, previous);
        } else if is_connector(previous) {
            upper = unicode::is_upper(rune);
            rune = unicode::to_upper(rune);
        } else {
            if upper && unicode::is_upper(rune) {
                rune = unicode::to_lower(rune);
            } else {
                upper = false;
            }
            append_rune(&mut out, previous);
        }
        previous = rune;
    }
    append_rune(&mut out, previous);
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invalid,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

impl Kind {
    /// Reports whether a connector goes between a word and one of this kind.
    fn wants_connector(self) -> bool {
        !matches!(self, Kind::Connector | Kind::Punctuation)
    }
}

struct Word<'a> {
    kind: Kind,
    text: &'a [u8],
}

/// Decodes the next character that is valid, with the bytes it took; at the end `previous` and what was left.
fn next_valid(s: &[u8], previous: u32) -> (u32, usize) {
    let mut size = 0;
    while size < s.len() {
        let (rune, width) = decode_rune(s.get(size..).unwrap_or_default());
        size += width.max(1);
        if rune != INVALID {
            return (rune, size);
        }
    }
    (previous, size)
}

/// A letter that is no Han character of the ranges that xstrings lists.
fn is_alphabet(rune: u32) -> bool {
    unicode::is_letter(rune) && !matches!(rune, 0x4E00..=0x9FCC | 0x3400..=0x4D85 | 0x20000..=0x2B81D)
}

fn is_small(rune: u32) -> bool {
    is_alphabet(rune) && !unicode::is_upper(rune)
}

fn is_other(rune: u32) -> bool {
    !is_connector(rune) && !is_alphabet(rune) && !unicode::is_number(rune) && !unicode::is_punct(rune)
}

/// Extends a word from `offset` over all characters that `more` accepts.
fn extend(s: &[u8], mut offset: usize, mut rune: u32, more: fn(u32) -> bool) -> usize {
    while offset < s.len() {
        let (next, size) = next_valid(s.get(offset..).unwrap_or_default(), rune);
        rune = next;
        if !more(rune) {
            break;
        }
        offset += size;
    }
    offset
}

/// Returns the end of a word that starts with a capital of `offset` bytes.
fn upper_word(s: &[u8], mut offset: usize, first: u32) -> usize {
    if offset == s.len() {
        return offset;
    }
    let (mut rune, mut size) = next_valid(s.get(offset..).unwrap_or_default(), first);
    if !unicode::is_upper(rune) {
        return if is_alphabet(rune) { extend(s, offset + size, rune, is_small) } else { offset };
    }
    let mut last = size;
    offset += size;
    while offset < s.len() {
        (rune, size) = next_valid(s.get(offset..).unwrap_or_default(), rune);
        if !unicode::is_upper(rune) {
            break;
        }
        last = size;
        offset += size;
    }
    // Of "HTTPStatus" the "S" belongs to the next word.
    if offset < s.len() && is_alphabet(rune) { offset - last } else { offset }
}

/// Cuts the first word off; what is left is empty at the end.
fn next_word(s: &[u8]) -> (Word<'_>, &[u8]) {
    let (rune, size) = next_valid(s, INVALID);
    let (kind, end) = if rune == INVALID {
        (Kind::Invalid, size)
    } else if is_connector(rune) {
        (Kind::Connector, extend(s, size, rune, is_connector))
    } else if unicode::is_punct(rune) {
        (Kind::Punctuation, extend(s, size, rune, unicode::is_punct))
    } else if unicode::is_upper(rune) {
        (Kind::Upper, upper_word(s, size, rune))
    } else if is_alphabet(rune) {
        (Kind::Alphabet, extend(s, size, rune, is_small))
    } else if unicode::is_number(rune) {
        (Kind::Number, extend(s, size, rune, unicode::is_number))
    } else {
        (Kind::Other, extend(s, size, rune, is_other))
    };
    let (text, rest) = s.split_at_checked(end).unwrap_or((s, &[]));
    (Word { kind, text }, rest)
}

/// Writes words in lower case with a connector between.
struct Lower<'a> {
    out: Vec<u8>,
    connector: u8,
    word: Word<'a>,
    rest: &'a [u8],
}

impl<'a> Lower<'a> {
    fn advance(&mut self) {
        (self.word, self.rest) = next_word(self.rest);
    }

    fn write(&mut self, kind: Kind, text: &[u8]) {
        if !matches!(kind, Kind::Upper | Kind::Connector) {
            return self.out.extend_from_slice(text);
        }
        for (_, rune, _) in runes(text) {
            match is_connector(rune) {
                true => self.out.push(self.connector),
                false => {
                    append_rune(&mut self.out, if unicode::is_upper(rune) { unicode::to_lower(rune) } else { rune })
                }
            }
        }
    }

    fn connect_unless_at_end(&mut self) {
        if self.word.kind != Kind::Invalid {
            self.connect();
        }
    }

    fn connect(&mut self) {
        if self.word.kind.wants_connector() {
            self.out.push(self.connector);
        }
    }

    /// Writes what follows a number and belongs to it: `20x`, `2m3s`.
    fn number_tail(&mut self) {
        while matches!(self.word.kind, Kind::Alphabet | Kind::Number) {
            let text = self.word.text;
            self.write(self.word.kind, text);
            self.advance();
        }
        self.connect_unless_at_end();
    }

    /// Decides where a number that follows a word belongs: to it (`bld4_floor`) or to the letters after (`http_2xx`).
    fn after_word(&mut self) {
        if self.word.kind != Kind::Number {
            return self.connect();
        }
        if self.rest.is_empty() {
            return;
        }
        let number = self.word.text;
        self.advance();
        if self.word.kind != Kind::Alphabet {
            self.write(Kind::Number, number);
            return self.connect();
        }
        self.out.push(self.connector);
        self.write(Kind::Number, number);
        self.number_tail();
    }
}

/// Puts `connector` between the words of a text and makes capitals small.
pub(crate) fn lower(s: &[u8], connector: u8) -> Vec<u8> {
    let (word, rest) = next_word(s);
    let mut state = Lower { out: Vec::with_capacity(s.len() + 8), connector, word, rest };
    while !state.rest.is_empty() {
        let (kind, text) = (state.word.kind, state.word.text);
        if kind != Kind::Connector {
            state.write(kind, text);
        }
        state.advance();
        match kind {
            Kind::Number => state.number_tail(),
            Kind::Connector => state.write(kind, text),
            Kind::Punctuation => {}
            _ => state.after_word(),
        }
    }
    let (kind, text) = (state.word.kind, state.word.text);
    state.write(kind, text);
    state.out
}

//! Reads the text of a schema document, as `jsonschema.UnmarshalJSON` does with Go's `json.Decoder` and `UseNumber`.

use std::borrow::Cow;
use std::rc::Rc;

use gostd::GoError;
use gostd::strings::append_rune;

use crate::doc::{Doc, Object};

/// Objects and arrays inside each other; Go's limit too.
const DEPTH_LIMIT: usize = 10_000;

/// Reads one JSON value.
///
/// # Errors
/// Go's syntax errors; `EOF` for no value at all; `invalid character after top-level value` for anything behind it.
pub fn parse(text: &[u8]) -> Result<Doc, GoError> {
    let mut reader = Reader { text, at: 0 };
    match reader.value(0) {
        Some(doc) if reader.peek().is_none() => Ok(doc),
        Some(_) => Err(GoError::new("invalid character after top-level value")),
        // The texts of syntax errors live with the JSON of gostd.
        None => Err(match gostd::json::decode_first(text) {
            Err(error) => error,
            Ok(_) => GoError::new("unexpected EOF"),
        }),
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

/// Every method returns nothing when the text is no JSON.
impl Reader<'_> {
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn value(&mut self, depth: usize) -> Option<Doc> {
        match self.peek()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => Some(Doc::Str(self.string()?.as_ref().into())),
            b't' => self.literal("true", Doc::Bool(true)),
            b'f' => self.literal("false", Doc::Bool(false)),
            b'n' => self.literal("null", Doc::Null),
            _ => self.number(),
        }
    }

    fn literal(&mut self, word: &str, doc: Doc) -> Option<Doc> {
        self.text.get(self.at..)?.starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            doc
        })
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.text.get(self.at) == Some(&wanted);
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.text.get(self.at..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn number(&mut self) -> Option<Doc> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
        }
        let text = std::str::from_utf8(self.text.get(start..self.at)?).ok()?;
        Some(Doc::Number(text.into()))
    }

    fn array(&mut self, depth: usize) -> Option<Doc> {
        let mut items = Vec::new();
        let mut more = self.open(b']', depth)?;
        while more {
            items.push(self.value(depth + 1)?);
            more = self.more(b']')?;
        }
        Some(Doc::Array(items))
    }

    fn object(&mut self, depth: usize) -> Option<Doc> {
        let mut members = Vec::new();
        let mut more = self.open(b'}', depth)?;
        while more {
            if self.peek()? != b'"' {
                return None;
            }
            let key = Rc::from(self.string()?.as_ref());
            if self.peek()? != b':' {
                return None;
            }
            self.at += 1;
            members.push((key, self.value(depth + 1)?));
            more = self.more(b'}')?;
        }
        Some(Doc::Object(Object::new(members)))
    }

    fn open(&mut self, close: u8, depth: usize) -> Option<bool> {
        if depth >= DEPTH_LIMIT {
            return None;
        }
        self.at += 1;
        let empty = self.peek()? == close;
        self.at += usize::from(empty);
        Some(!empty)
    }

    fn more(&mut self, close: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => Some(true),
            byte if byte == close => Some(false),
            _ => None,
        }
    }

    fn string(&mut self) -> Option<Cow<'_, str>> {
        self.at += 1;
        let start = self.at;
        let mut escaped = false;
        loop {
            match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 2;
                }
                0..0x20 => return None,
                _ => self.at += 1,
            }
        }
        let raw = self.text.get(start..self.at)?;
        self.at += 1;
        if escaped { unescape(raw).map(Cow::Owned) } else { Some(lossy(raw)) }
    }
}

/// Replaces each invalid byte by U+FFFD, as Go does; Rust's own replacement takes several bytes at once.
fn lossy(raw: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(raw) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for chunk in raw.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(out)
}

fn unescape(raw: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, tail)) = rest.split_first() {
        if byte != b'\\' {
            out.push(byte);
            rest = tail;
            continue;
        }
        let (&letter, tail) = tail.split_first()?;
        rest = tail;
        match letter {
            b'"' | b'\\' | b'/' => out.push(letter),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => rest = unescape_unicode(&mut out, tail)?,
            _ => return None,
        }
    }
    Some(lossy(&out).into_owned())
}

/// Appends the character of the four digits here, or of two such escapes; half a pair is U+FFFD.
fn unescape_unicode<'a>(out: &mut Vec<u8>, text: &'a [u8]) -> Option<&'a [u8]> {
    let first = hex(text.get(..4)?)?;
    let second = match text.get(4..10) {
        Some([b'\\', b'u', digits @ ..]) => hex(digits),
        _ => None,
    };
    if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (first, second) {
        append_rune(out, 0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00));
        return text.get(10..);
    }
    append_rune(out, first);
    text.get(4..)
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, b| Some(value * 16 + char::from(*b).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_as_go_reads_them() {
        let text = |json: &[u8]| match parse(json) {
            Ok(Doc::Str(text)) => text.into_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(text(br#""a\n\u00e9\/""#), "a\n\u{e9}/");
        assert_eq!(text(br#""\ud83d\ude00""#), "\u{1F600}");
        assert_eq!(text(br#""\ud83dx""#), "\u{FFFD}x");
        assert_eq!(text(b"\"\xff\xfe\""), "\u{FFFD}\u{FFFD}");
    }

    #[test]
    fn errors_are_those_of_go() {
        let error = |json: &str| parse(json.as_bytes()).map_err(|e| e.text).unwrap_err();
        assert_eq!(error(""), "EOF");
        assert_eq!(error("{"), "unexpected EOF");
        assert_eq!(error("{} x"), "invalid character after top-level value");
        assert_eq!(error("{\"a\" 1}"), "invalid character '1' after object key");
        assert!(parse(b"1e999").is_ok());
    }
}

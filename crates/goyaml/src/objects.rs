//! Streams of YAML or JSON objects, as `NewYAMLOrJSONDecoder` of k8s.io/apimachinery reads them.

use std::borrow::Cow;

use gostd::json::{self, Shape};
use gostd::strings::{decode_rune, trim_space};
use gostd::unicode::is_space;
use gostd::{GoError, Value};

use crate::decode::Mode;
use crate::documents::Documents;
use crate::{from_yaml_shaped, read};

/// The objects of a stream, read into a Go type; see [`from_yaml_shaped`]. An empty document gives nil.
///
/// A stream whose first 4096 bytes begin with `{` is read as JSON objects one after another until one is none; from
/// there on, and any other stream, as YAML documents.
pub struct Objects<'a> {
    reader: Reader<'a>,
    bytes: usize,
    read: Read<'a>,
    count: usize,
}

/// What the objects become.
#[derive(Clone, Copy)]
enum Read<'a> {
    Shaped(&'a Shape),
    /// `interface {}` with integers.
    Integers,
}

enum Reader<'a> {
    /// What is left of the stream.
    Json(&'a [u8]),
    Yaml(Documents<'a>),
    End,
}

/// How far Helm's lint looks for the `{`.
const PEEK_BYTES: usize = 4096;

impl<'a> Objects<'a> {
    pub fn new(stream: &'a [u8], shape: &'a Shape) -> Self {
        Self::reading(stream, Read::Shaped(shape))
    }

    /// The objects as a cluster gets them: integers that 64 bits with a sign hold stay integers, where [`Objects::new`]
    /// makes a float64 of every number.
    pub fn with_integers(stream: &'a [u8]) -> Self {
        Self::reading(stream, Read::Integers)
    }

    fn reading(stream: &'a [u8], read: Read<'a>) -> Self {
        let start = &stream[..stream.len().min(PEEK_BYTES)];
        let reader = match trim_space(start).first() {
            Some(b'{') => Reader::Json(stream),
            _ => Reader::Yaml(Documents::new(stream)),
        };
        Objects { reader, bytes: stream.len(), read, count: 0 }
    }

    /// Reads a JSON object; where there is none, the stream goes on as YAML, and only if that fails too, JSON's error is
    /// told.
    fn next_json(&mut self, stream: &'a [u8]) -> Option<Result<Value, GoError>> {
        let json_error = match self.first_json(stream) {
            Ok((value, length)) => match self.shaped(value) {
                Ok(value) => {
                    self.reader = Reader::Json(&stream[length..]);
                    return Some(Ok(value));
                }
                Err(error) => error,
            },
            Err(error) if error.text == "EOF" => return None,
            Err(error) if self.count > 1 || error.text == "unexpected EOF" => error,
            Err(error) => {
                let offset = self.bytes - stream.len() + json_offset(stream);
                GoError::new(format!("json: offset {offset}: {}", error.text))
            }
        };
        if self.count > 1 {
            return Some(Err(json_error));
        }
        let Some(stream) = skip_blank_line(stream) else { return Some(Err(json_error)) };
        let mut documents = Documents::new(stream);
        let first = documents.next().map(|document| document.and_then(|text| self.read_yaml(text)));
        self.reader = Reader::Yaml(documents);
        match first {
            Some(Err(_)) => Some(Err(json_error)),
            first => first,
        }
    }

    fn first_json(&self, stream: &[u8]) -> Result<(Value, usize), GoError> {
        match self.read {
            Read::Shaped(_) => json::decode_first(stream),
            Read::Integers => json::decode_first_with_integers(stream),
        }
    }

    fn shaped(&self, value: Value) -> Result<Value, GoError> {
        match self.read {
            Read::Shaped(shape) => json::shape_value(&value, shape, ""),
            Read::Integers => Ok(value),
        }
    }

    fn read_yaml(&self, document: Cow<'_, [u8]>) -> Result<Value, GoError> {
        match self.read {
            Read::Shaped(shape) => from_yaml_shaped(&document, shape),
            Read::Integers => read(&document, Mode::Objects, None),
        }
    }
}

impl Iterator for Objects<'_> {
    /// An error is the last item.
    type Item = Result<Value, GoError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = match std::mem::replace(&mut self.reader, Reader::End) {
            Reader::Json(stream) => self.next_json(stream),
            Reader::Yaml(mut documents) => {
                let document = documents.next()?;
                self.reader = Reader::Yaml(documents);
                Some(document.and_then(|text| self.read_yaml(text)))
            }
            Reader::End => None,
        };
        self.count += 1;
        if let Some(Err(_)) | None = item {
            self.reader = Reader::End;
        }
        item
    }
}

/// Skips blanks up to the first line end, or up to the first character that is none; nothing when no text is left.
fn skip_blank_line(mut stream: &[u8]) -> Option<&[u8]> {
    loop {
        let (rune, width) = decode_rune(stream);
        if width == 0 {
            return None;
        }
        if !is_space(rune) {
            return Some(stream);
        }
        stream = &stream[width..];
        if rune == u32::from(b'\n') {
            return Some(stream);
        }
    }
}

/// Finds where JSON goes wrong: the end of the character that makes the text more than just cut off.
fn json_offset(stream: &[u8]) -> usize {
    let (mut cut_off, mut wrong) = (0, stream.len().max(1));
    while cut_off + 1 < wrong {
        let middle = (cut_off + wrong) / 2;
        match json::decode_first(&stream[..middle]) {
            Err(error) if error.text != "EOF" && error.text != "unexpected EOF" => wrong = middle,
            _ => cut_off = middle,
        }
    }
    wrong + decode_rune(&stream[wrong - 1..]).1 - 1
}

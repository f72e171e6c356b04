//! Writes JSON objects of structs in the order and with the omissions of Go's `encoding/json`.

use data_encoding::BASE64;
use gostd::json::append_quote;
use gostd::strconv::append_int;
use gostd::time::Time;
use gostd::{GoError, Value, json};

use crate::times;

/// An object being written.
pub struct Object<'a> {
    pub out: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> Object<'a> {
    pub fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Object { out, first: true }
    }

    pub fn close(self) {
        self.out.push(b'}');
    }

    /// Writes a name; a value must follow.
    pub fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        append_quote(self.out, name.as_bytes());
        self.out.push(b':');
        self.out
    }

    pub fn text(&mut self, name: &str, text: &[u8]) {
        append_quote(self.name(name), text);
    }

    /// `omitempty` of a string.
    pub fn text_unless_empty(&mut self, name: &str, text: &[u8]) {
        if !text.is_empty() {
            self.text(name, text);
        }
    }

    pub fn number(&mut self, name: &str, number: i64) {
        append_int(self.name(name), number);
    }

    /// `omitempty` of an int.
    pub fn number_unless_zero(&mut self, name: &str, number: i64) {
        if number != 0 {
            append_int(self.name(name), number);
        }
    }

    /// `omitempty` of a bool.
    pub fn flag_unless_false(&mut self, name: &str, flag: bool) {
        if flag {
            self.name(name).extend_from_slice(b"true");
        }
    }

    /// `omitempty` of a list of strings.
    pub fn texts_unless_empty(&mut self, name: &str, texts: &[String]) {
        if !texts.is_empty() {
            list(self.name(name), texts, |out, text| append_quote(out, text.as_bytes()));
        }
    }

    /// `omitzero` of a time.
    pub fn time_unless_zero(&mut self, name: &str, time: Option<&Time>) {
        if let Some(time) = time {
            self.time(name, Some(time));
        }
    }

    /// A time; Go's zero time when there is none.
    pub fn time(&mut self, name: &str, time: Option<&Time>) {
        let text = times::text(time.unwrap_or(&Time::zero()));
        append_quote(self.name(name), &text);
    }

    /// A `[]byte`.
    pub fn bytes(&mut self, name: &str, bytes: Option<&[u8]>) {
        let out = self.name(name);
        let Some(bytes) = bytes else { return out.extend_from_slice(b"null") };
        out.push(b'"');
        let start = out.len();
        out.resize(start + BASE64.encode_len(bytes.len()), b'=');
        if let Some(space) = out.get_mut(start..) {
            BASE64.encode_mut(bytes, space);
        }
        out.push(b'"');
    }

    /// A value of any type.
    pub fn value(&mut self, name: &str, value: &Value) -> Result<(), GoError> {
        // Into a text of its own: the limit of one document is not that of the record around it.
        let text = json::encode(value)?;
        self.name(name).extend_from_slice(&text);
        Ok(())
    }
}

/// Writes an array.
pub fn list<T>(out: &mut Vec<u8>, items: &[T], mut item: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (at, each) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        item(out, each);
    }
    out.push(b']');
}

//! Writes JSON objects of structs: members in the order and with the omissions of Go's `encoding/json`.

use super::{append_quote, encode};
use crate::strconv::append_int;
use crate::{GoError, Value};

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
            append_list(self.name(name), texts, |out, text| append_quote(out, text.as_bytes()));
        }
    }

    /// A value of any type.
    ///
    /// # Errors
    /// As [`encode`].
    pub fn value(&mut self, name: &str, value: &Value) -> Result<(), GoError> {
        // Into a text of its own: the limit of one document is not that of what is around it.
        let text = encode(value)?;
        self.name(name).extend_from_slice(&text);
        Ok(())
    }
}

/// Writes an array.
pub fn append_list<T>(out: &mut Vec<u8>, items: &[T], mut item: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (at, each) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        item(out, each);
    }
    out.push(b']');
}

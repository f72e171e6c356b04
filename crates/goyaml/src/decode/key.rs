//! Mapping keys.

use std::borrow::Cow;

use gostd::Str;

use super::{Decoder, Mode, json_text, scalar, typed};
use crate::compose::{Content, Id};
use crate::numbers;
use crate::problem::Problem;
use crate::resolve::{Resolved, Tag};

/// A decoded key, and its text in JSON; none for what the conversion to JSON rejects.
pub(super) struct Key {
    pub resolved: Resolved,
    pub text: Option<Str>,
    /// In strict mode the text as Go's map has it, which need not be UTF-8.
    pub raw: Str,
}

impl Decoder<'_> {
    /// Reports a `<<` that is not quoted.
    pub(super) fn is_merge(&self, id: Id) -> bool {
        match &self.document.nodes[id].content {
            Content::Scalar { tag, value, implicit } => **value == *b"<<" && (*implicit || *tag == Tag::Merge),
            _ => false,
        }
    }

    pub(super) fn key(&mut self, id: Id) -> Result<Key, Problem> {
        self.limit.count(!self.following.is_empty())?;
        match &self.document.nodes[id].content {
            Content::Alias { target, .. } => {
                self.follow(id)?;
                let key = self.key(*target);
                self.following.remove(&id);
                key
            }
            Content::Scalar { .. } => {
                let (resolved, text) = scalar(self.document, id)?;
                let raw = if self.mode == Mode::Strict { Str::from(&*text) } else { Str::default() };
                let text = key_text(resolved, &text).map(|text| self.interner.key(&text));
                Ok(Key { resolved, text, raw })
            }
            _ => {
                self.counted_value(id, None)?;
                Err(typed::invalid_key(self.document, id))
            }
        }
    }
}

/// Returns the text of a key in JSON; none for null and for integers above int64, which are errors.
pub(crate) fn key_text(resolved: Resolved, text: &[u8]) -> Option<Cow<'_, [u8]>> {
    Some(match resolved {
        Resolved::Null | Resolved::Uint(_) => return None,
        Resolved::Bool(true) => Cow::Borrowed(b"true"),
        Resolved::Bool(false) => Cow::Borrowed(b"false"),
        Resolved::Int(int) => Cow::Owned(int.to_string().into_bytes()),
        Resolved::Float(float) => Cow::Owned(float_key(float).into_bytes()),
        Resolved::Timestamp | Resolved::String => json_text(text),
    })
}

/// Returns the text of a float key; in 32 bits more numbers are infinite than in 64.
fn float_key(float: f64) -> String {
    match &*numbers::short_float(float) {
        "NaN" => ".nan".to_owned(),
        "+Inf" => ".inf".to_owned(),
        "-Inf" => "-.inf".to_owned(),
        text => text.to_owned(),
    }
}

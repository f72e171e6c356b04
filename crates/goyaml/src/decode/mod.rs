//! Nodes to a value, with go-yaml v2's decoding rules and sigs.k8s.io/yaml's conversion to what JSON can hold.

mod base64;
mod finite;
mod intern;
mod key;
mod limit;
mod mapping;
pub(crate) mod target;
mod typed;

pub(crate) use base64::encode as encode_base64;
pub(crate) use intern::Interner;
pub(crate) use key::key_text;

use std::borrow::Cow;
use std::collections::HashSet;

use gostd::json::Shape;
use gostd::value::IntKind;
use gostd::{GoError, Str, Value};

use crate::compose::{Content, Document, Id};
use crate::numbers;
use crate::problem::Problem;
use crate::resolve::{Resolved, Tag, resolve_tagged};
use limit::Limit;
use mapping::Fields;

/// How to decode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `Unmarshal`: all numbers become float64.
    Json,
    /// `UnmarshalStrict`: a key that is there twice is an error.
    Strict,
    /// Integers stay integers: the text was JSON and goes back to YAML.
    Exact,
    /// What goes to a cluster: integers of 64 bits with a sign stay, all other numbers become float64
    /// (k8s.io/apimachinery pkg/util/json).
    Objects,
}

/// Decodes a document; a scalar where `shape` wants a string becomes one.
///
/// # Errors
/// Complete texts, as sigs.k8s.io/yaml's `yamlToJSON` gives them.
pub(crate) fn decode(document: &Document<'_>, mode: Mode, shape: Option<&Shape>) -> Result<Value, GoError> {
    if document.nodes.is_empty() {
        return Ok(Value::Nil);
    }
    let mut decoder = Decoder::new(document, mode);
    decoder.limit.count(false)?;
    let value = decoder.value(0, shape)?;
    if !decoder.errors.is_empty() {
        return Err(GoError::new(format!("yaml: unmarshal errors:\n  {}", decoder.errors.join("\n  "))));
    }
    if decoder.has_bad_key {
        typed::check_keys(document)?;
    }
    if decoder.too_deep {
        return Err(GoError::new("exceeded max depth"));
    }
    if decoder.has_infinite {
        finite::check(&value)?;
    }
    Ok(value)
}

pub(super) struct Decoder<'d> {
    document: &'d Document<'d>,
    mode: Mode,
    limit: Limit,
    /// The aliases that are being followed.
    following: HashSet<Id>,
    interner: Interner,
    /// What strict decoding found, one line each.
    errors: Vec<String>,
    /// A key is null or too large an integer, which only the conversion to JSON reports.
    has_bad_key: bool,
    has_infinite: bool,
    /// Open collections, and these with the open merges.
    depth: usize,
    recursion: usize,
    too_deep: bool,
}

/// The depth that encoding/json takes.
const MAX_DEPTH: usize = 10_000;

impl<'d> Decoder<'d> {
    fn new(document: &'d Document<'d>, mode: Mode) -> Self {
        Decoder {
            document,
            mode,
            limit: Limit::default(),
            following: HashSet::new(),
            interner: Interner::default(),
            errors: Vec::new(),
            has_bad_key: false,
            has_infinite: false,
            depth: 0,
            recursion: 0,
            too_deep: false,
        }
    }

    fn value(&mut self, id: Id, shape: Option<&Shape>) -> Result<Value, Problem> {
        self.limit.count(!self.following.is_empty())?;
        self.counted_value(id, shape)
    }

    fn counted_value(&mut self, id: Id, shape: Option<&Shape>) -> Result<Value, Problem> {
        match &self.document.nodes[id].content {
            Content::Alias { target, .. } => {
                self.follow(id)?;
                let value = self.value(*target, shape);
                self.following.remove(&id);
                value
            }
            Content::Scalar { value, .. } => {
                self.limit.weigh(|weight| weight.text(value.len()))?;
                self.scalar_value(id, shape)
            }
            Content::Sequence { first } => {
                let item_shape = target::item(shape);
                self.open()?;
                let mut items = Vec::new();
                for item in self.document.list(*first) {
                    items.push(self.value(item, item_shape)?);
                }
                self.close();
                self.limit.weigh(|weight| weight.list(items.len()))?;
                Ok(Value::list(items))
            }
            Content::Mapping { first } => {
                self.open()?;
                let mut fields = Fields::new(shape, self.mode);
                self.fill(*first, &mut fields)?;
                self.close();
                self.limit.weigh(|weight| weight.map(fields.len()))?;
                Ok(fields.into_value())
            }
        }
    }

    fn open(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        self.too_deep |= self.depth > MAX_DEPTH;
        self.enter()
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.recursion -= 1;
    }

    fn enter(&mut self) -> Result<(), Problem> {
        self.recursion += 1;
        match self.recursion > limit::MAX_RECURSION {
            true => Err(Problem::plain("exceeded max depth")),
            false => Ok(()),
        }
    }

    fn follow(&mut self, alias: Id) -> Result<(), Problem> {
        if self.following.insert(alias) {
            return Ok(());
        }
        let Content::Alias { name, .. } = &self.document.nodes[alias].content else { return Ok(()) };
        Err(Problem::plain(format!("anchor '{}' value contains itself", String::from_utf8_lossy(name))))
    }

    fn scalar_value(&mut self, id: Id, shape: Option<&Shape>) -> Result<Value, Problem> {
        let (resolved, text) = scalar(self.document, id)?;
        if target::is_string(shape)
            && let Some(text) = target::scalar_text(resolved)
        {
            return Ok(Value::Str(text));
        }
        Ok(match resolved {
            Resolved::Null => Value::Nil,
            Resolved::Bool(b) => Value::Bool(b),
            Resolved::Int(int) if matches!(self.mode, Mode::Exact | Mode::Objects) => Value::Int64(int),
            Resolved::Uint(uint) if self.mode == Mode::Exact => Value::Sized(IntKind::Uint64, uint as i64),
            Resolved::Int(int) => Value::Float(int as f64),
            Resolved::Uint(uint) => Value::Float(uint as f64),
            Resolved::Float(float) => {
                self.has_infinite |= !float.is_finite();
                Value::Float(float)
            }
            Resolved::Timestamp | Resolved::String => Value::Str(self.interner.value(&json_text(&text))),
        })
    }
}

/// Resolves a scalar node; the text is valid UTF-8, as JSON makes it.
pub(super) fn scalar<'d>(document: &'d Document<'d>, id: Id) -> Result<(Resolved, Cow<'d, [u8]>), Problem> {
    let Content::Scalar { tag, value, implicit } = &document.nodes[id].content else {
        return Ok((Resolved::Null, Cow::Borrowed(&[])));
    };
    match tag {
        Tag::None if !implicit => Ok((Resolved::String, Cow::Borrowed(value))),
        Tag::Binary => {
            let Some(bytes) = base64::decode(value) else {
                return Err(Problem::plain("!!binary value contains invalid base64 data"));
            };
            Ok((Resolved::String, Cow::Owned(bytes)))
        }
        tag => Ok((resolve_tagged(*tag, value)?, Cow::Borrowed(value))),
    }
}

/// Replaces every byte that is not UTF-8 by U+FFFD, as encoding/json does.
pub(super) fn json_text(text: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(text).is_ok() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 16);
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            out.extend_from_slice("\u{FFFD}".as_bytes());
        }
    }
    Cow::Owned(out)
}

/// Returns the text of a number where sigs.k8s.io/yaml puts it into a string.
fn float_text(float: f64) -> Str {
    Str::from(numbers::short_float(float))
}

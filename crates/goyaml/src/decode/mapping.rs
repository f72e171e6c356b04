//! Mappings: keys and values in order, and what `<<` merges in.

use std::collections::HashSet;

use gostd::json::Shape;
use gostd::{Str, Value};

use super::key::Key;
use super::{Decoder, Mode, target, typed};
use crate::compose::{Content, Id};
use crate::problem::Problem;
use crate::resolve::Resolved;

/// A mapping that is being filled, in the order of its text: a later entry replaces an earlier one.
pub(super) struct Fields<'s> {
    entries: Vec<(Str, Value)>,
    shape: Option<&'s Shape>,
    /// The keys so far as Go tells them apart, where a second one is an error.
    seen: Option<HashSet<(u8, Vec<u8>)>>,
}

impl<'s> Fields<'s> {
    pub fn new(shape: Option<&'s Shape>, mode: Mode) -> Self {
        Fields { entries: Vec::new(), shape, seen: (mode == Mode::Strict).then(HashSet::new) }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn into_value(self) -> Value {
        Value::map(self.entries.into_iter().collect())
    }

    /// Reports whether a key is new; a Go map never finds NaN again.
    fn is_new(&mut self, key: &Key) -> bool {
        let identity = match key.resolved {
            Resolved::Float(float) if float.is_nan() => return true,
            Resolved::Null => (0, Vec::new()),
            Resolved::Bool(b) => (1, vec![u8::from(b)]),
            Resolved::Int(int) => (2, int.to_be_bytes().to_vec()),
            Resolved::Uint(uint) => (3, uint.to_be_bytes().to_vec()),
            Resolved::Float(float) => (4, (float + 0.0).to_be_bytes().to_vec()),
            Resolved::Timestamp | Resolved::String => (5, key.raw.to_vec()),
        };
        self.seen.as_mut().is_none_or(|seen| seen.insert(identity))
    }
}

impl Decoder<'_> {
    pub(super) fn fill(&mut self, first: Option<Id>, fields: &mut Fields<'_>) -> Result<(), Problem> {
        let document = self.document;
        let mut nodes = document.list(first);
        while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
            if self.is_merge(key) {
                self.merge(value, fields)?;
                continue;
            }
            let key = self.key(key)?;
            let shape = key.text.as_ref().and_then(|text| target::member(fields.shape, text));
            let decoded = self.value(value, shape)?;
            if !fields.is_new(&key) {
                let line = document.nodes[value].line + 1;
                let key = typed::quote_key(key.resolved, &key.raw);
                self.errors.push(format!("line {line}: key {key} already set in map"));
                continue;
            }
            match key.text {
                Some(text) => fields.entries.push((text, decoded)),
                None => self.has_bad_key = true,
            }
        }
        Ok(())
    }

    /// Merges a mapping, an alias of one, or a sequence of both, of which the first wins.
    fn merge(&mut self, id: Id, fields: &mut Fields<'_>) -> Result<(), Problem> {
        let document = self.document;
        match &document.nodes[id].content {
            Content::Mapping { .. } | Content::Alias { .. } => self.merge_one(id, fields),
            Content::Sequence { first } => {
                let items: Vec<Id> = document.list(*first).collect();
                items.into_iter().rev().try_for_each(|item| self.merge_one(item, fields))
            }
            Content::Scalar { .. } => Err(Problem::plain(NOT_A_MAP)),
        }
    }

    fn merge_one(&mut self, id: Id, fields: &mut Fields<'_>) -> Result<(), Problem> {
        let document = self.document;
        match &document.nodes[id].content {
            Content::Mapping { .. } => self.merge_mapping(id, fields),
            Content::Alias { target, .. } if matches!(document.nodes[*target].content, Content::Mapping { .. }) => {
                self.limit.count(!self.following.is_empty())?;
                self.follow(id)?;
                let merged = self.merge_mapping(*target, fields);
                self.following.remove(&id);
                merged
            }
            _ => Err(Problem::plain(NOT_A_MAP)),
        }
    }

    fn merge_mapping(&mut self, id: Id, fields: &mut Fields<'_>) -> Result<(), Problem> {
        self.limit.count(!self.following.is_empty())?;
        let Content::Mapping { first } = &self.document.nodes[id].content else { return Ok(()) };
        self.enter()?;
        let filled = self.fill(*first, fields);
        self.recursion -= 1;
        filled
    }
}

const NOT_A_MAP: &str = "map merge requires map or sequence of maps as the value";

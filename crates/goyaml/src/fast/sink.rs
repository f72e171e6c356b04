//! What the scanner tells, and to whom.

use super::Doubt;
use crate::resolve::{Resolved, resolve};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Collection {
    Mapping,
    Sequence,
}

/// The text of a scalar.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text<'a> {
    /// Without quotes: to be resolved. Empty where the value is left out.
    Plain(&'a [u8]),
    /// A string.
    Quoted(&'a [u8]),
}

impl<'a> Text<'a> {
    /// Returns what a scalar is, with its text.
    pub fn resolved(self) -> (Resolved, &'a [u8]) {
        match self {
            Text::Quoted(text) => (Resolved::String, text),
            Text::Plain(text) => (resolve(text), text),
        }
    }
}

/// Takes the document in its order: a mapping gets a key before each value or collection.
pub(crate) trait Sink {
    /// Reports whether the text of the value that comes next is of interest; else a long one comes as some other string.
    fn wants_text(&self) -> bool;

    fn open(&mut self, collection: Collection) -> Result<(), Doubt>;

    fn close(&mut self) -> Result<(), Doubt>;

    fn key(&mut self, key: Text<'_>) -> Result<(), Doubt>;

    fn value(&mut self, value: Text<'_>) -> Result<(), Doubt>;
}

//! Checks a document without making its values: for who wants to know no more than whether they can be read.

use gostd::GoError;
use gostd::limits::Weight;

use crate::decode::{Mode, key_text};
use crate::fast::{self, Collection, Doubt, Sink, Text};
use crate::resolve::{Resolved, resolve};

/// Checks what [`crate::from_yaml_map`] would read.
///
/// # Errors
/// The same.
pub fn check_map(text: &[u8]) -> Result<(), GoError> {
    let mut checker = Checker::default();
    match fast::scan(text, &mut checker) {
        Ok(()) if checker.is_map => Ok(()),
        _ => crate::map_of(crate::exact(text, Mode::Json, None)?).map(drop),
    }
}

/// Takes a document as the reader that makes values of it does, and is in doubt where that one is.
#[derive(Default)]
struct Checker {
    is_map: bool,
    /// Open collections, with how many entries or items they have.
    open: Vec<(Collection, usize)>,
    weight: Weight,
}

impl Checker {
    /// Counts a value as an item; entries are counted by their keys.
    fn item(&mut self) {
        if let Some((Collection::Sequence, count)) = self.open.last_mut() {
            *count += 1;
        }
    }

    fn weighed(is_light: bool) -> Result<(), Doubt> {
        if is_light { Ok(()) } else { Err(Doubt) }
    }
}

impl Sink for Checker {
    fn wants_text(&self) -> bool {
        true
    }

    fn open(&mut self, collection: Collection) -> Result<(), Doubt> {
        self.is_map |= self.open.is_empty() && collection == Collection::Mapping;
        self.open.push((collection, 0));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Doubt> {
        let (collection, count) = self.open.pop().ok_or(Doubt)?;
        self.item();
        Self::weighed(match collection {
            Collection::Sequence => self.weight.list(count),
            Collection::Mapping => self.weight.map(count),
        })
    }

    fn key(&mut self, key: Text<'_>) -> Result<(), Doubt> {
        if let Text::Plain(text) = key {
            key_text(resolve(text), text).ok_or(Doubt)?;
        }
        if let Some((_, count)) = self.open.last_mut() {
            *count += 1;
        }
        Ok(())
    }

    fn value(&mut self, value: Text<'_>) -> Result<(), Doubt> {
        self.item();
        let (resolved, text) = value.resolved();
        let text = match resolved {
            Resolved::Float(float) if !float.is_finite() => return Err(Doubt),
            // Each value weighs something, and a text as much again as it is long.
            Resolved::Timestamp | Resolved::String => Some(text.len()),
            _ => None,
        };
        Self::weighed(self.weight.text(0) && text.is_none_or(|bytes| self.weight.text(bytes)))
    }
}

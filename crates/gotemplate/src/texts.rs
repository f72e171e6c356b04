//! Texts that were parsed before: subcharts bring the same library charts again and again.

use std::collections::hash_map::Entry;
use std::rc::Rc;

use gostd::Str;

use crate::hash::FastMap;
use crate::parse::Parsed;

/// Parsed texts, found by their bytes. Texts are hashed only where others are as long: most are not.
#[derive(Default)]
pub(crate) struct Texts {
    by_length: FastMap<usize, Known>,
}

enum Known {
    One(Rc<Parsed>),
    Many(FastMap<Str, Rc<Parsed>>),
}

impl Texts {
    /// Returns what an equal text was parsed to.
    pub fn find(&self, text: &Str) -> Option<&Rc<Parsed>> {
        match self.by_length.get(&text.len())? {
            Known::One(parsed) => (parsed.text() == text).then_some(parsed),
            Known::Many(texts) => texts.get(text),
        }
    }

    /// Keeps what a text was parsed to.
    pub fn insert(&mut self, parsed: Rc<Parsed>) {
        match self.by_length.entry(parsed.text().len()) {
            Entry::Vacant(place) => {
                place.insert(Known::One(parsed));
            }
            Entry::Occupied(mut known) => known.get_mut().add(parsed),
        }
    }
}

impl Known {
    fn add(&mut self, parsed: Rc<Parsed>) {
        if let Known::One(first) = self {
            *self = Known::Many(FastMap::from_iter([(first.text().clone(), first.clone())]));
        }
        if let Known::Many(texts) = self {
            texts.insert(parsed.text().clone(), parsed);
        }
    }
}

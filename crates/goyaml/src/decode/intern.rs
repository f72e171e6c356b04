//! One allocation for texts that come back: keys, and short values.

use gostd::Str;

/// A cache of fixed size, one place for each hash; a newcomer takes the place.
pub(crate) struct Interner {
    places: Vec<Option<Str>>,
}

const PLACES: usize = 512;
/// Longer values are hardly ever repeated.
const MAX_VALUE_BYTES: usize = 24;

impl Default for Interner {
    fn default() -> Self {
        Interner { places: vec![None; PLACES] }
    }
}

impl Interner {
    pub fn key(&mut self, text: &[u8]) -> Str {
        let place = &mut self.places[place(text)];
        match place {
            Some(known) if **known == *text => known.clone(),
            _ => place.insert(Str::from(text)).clone(),
        }
    }

    /// Returns a value's text.
    pub fn value(&mut self, text: &[u8]) -> Str {
        if text.len() > MAX_VALUE_BYTES { Str::from(text) } else { self.key(text) }
    }
}

fn place(text: &[u8]) -> usize {
    let hash = text.iter().fold(text.len() as u32, |hash, b| (hash ^ u32::from(*b)).wrapping_mul(0x0100_0193));
    (hash ^ hash >> 15) as usize % PLACES
}

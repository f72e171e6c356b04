//! A fast hash for names and texts, seeded once per map so that a chart cannot choose names that collide.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A map with the fast hash.
pub type FastMap<K, V> = HashMap<K, V, Seed>;

#[derive(Clone)]
pub struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Seed(RandomState::new().hash_one(0u8))
    }
}

impl BuildHasher for Seed {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Mixes eight bytes at a time by a multiplication to 128 bits whose halves are folded together.
pub struct Folded(u64);

/// Bits without a pattern: digits of pi.
const MULTIPLIER: u64 = 0x243f_6a88_85a3_08d3;

impl Folded {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(MULTIPLIER);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.mix(u64::from_le_bytes(last));
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn finish(&self) -> u64 {
        // The map looks at the highest bits and the lowest: both come from all of the state.
        self.0 ^ self.0.rotate_left(32)
    }
}

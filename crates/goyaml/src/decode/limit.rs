//! go-yaml's limit for documents that grow by aliases.

use gostd::limits::{TOO_HEAVY, Weight};

use crate::problem::Problem;

/// Our own limit for collections inside collections, which only aliases and merges can reach; Go's is its stack.
pub(super) const MAX_RECURSION: usize = 200_000;

/// Up to so many decoded nodes nearly all may come from aliases; from `LARGE` on, one in ten.
const SMALL: usize = 400_000;
const LARGE: usize = 4_000_000;

#[derive(Default)]
pub(super) struct Limit {
    decoded: usize,
    by_alias: usize,
    weight: Weight,
}

impl Limit {
    /// Counts a value that is kept, as what [`Weight`] knows.
    pub fn weigh(&mut self, is_light: impl FnOnce(&mut Weight) -> bool) -> Result<(), Problem> {
        if is_light(&mut self.weight) { Ok(()) } else { Err(Problem::too_large(TOO_HEAVY)) }
    }

    /// Counts a node that is decoded.
    pub fn count(&mut self, by_alias: bool) -> Result<(), Problem> {
        self.decoded += 1;
        self.by_alias += usize::from(by_alias);
        if self.by_alias > 100
            && self.decoded > 1000
            && self.by_alias as f64 / self.decoded as f64 > allowed_ratio(self.decoded)
        {
            return Err(Problem::plain("document contains excessive aliasing"));
        }
        Ok(())
    }
}

fn allowed_ratio(decoded: usize) -> f64 {
    match decoded {
        ..=SMALL => 0.99,
        LARGE.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - SMALL) as f64 / (LARGE - SMALL) as f64),
    }
}

//! Pages of long lists: `--limit` and `--page`.

use chart::log::Log;

use super::count;
use crate::failure::Failure;
use crate::flags::Parsed;
use crate::log::Stderr;

/// A part of a list.
pub struct Page {
    number: usize,
    limit: usize,
}

impl Page {
    pub fn of(flags: &Parsed) -> Result<Page, Failure> {
        let (number, limit) = (count(flags, "page", 1)?, count(flags, "limit", 20)?);
        if number == 0 {
            return Err(Failure::new("pages are counted from 1"));
        }
        Ok(Page { number, limit: if limit == 0 { usize::MAX } else { limit } })
    }

    fn start(&self) -> usize {
        (self.number - 1).saturating_mul(self.limit)
    }

    pub fn of_list<'a>(&self, list: &'a [String]) -> &'a [String] {
        let rest = list.get(self.start()..).unwrap_or_default();
        rest.get(..self.limit).unwrap_or(rest)
    }

    /// Says how to see the rest of a list, if there is one.
    pub fn tell_more(&self, what: &str, shown: usize, total: usize) {
        let (first, last) = (self.start(), self.start().saturating_add(shown));
        if last < total && shown > 0 {
            let (total, next) = (total.to_string(), (self.number + 1).to_string());
            let range = format!("{}-{last}", first + 1);
            Stderr.info(what, &[("shown", &range), ("of", &total), ("next page", &next)]);
        }
    }
}

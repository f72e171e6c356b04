//! Searches indexes for charts (`pkg/cmd/search` of Helm 4.3.1).
//!
//! Helm searches all versions of all charts, whatever it shows of them. So does this; but of a chart of which only one
//! version is shown, no more are kept.

use std::cmp::Ordering;
use std::io;
use std::ops::ControlFlow;

use gostd::regexp::Regexp;
use gostd::semver::{Constraints, Version};
use gostd::{GoError, path, strings};

use crate::index::{Index, RowRef};

/// What a chart must have.
pub enum Term {
    /// Everything matches.
    Any,
    /// This text, in whatever case; in lower case here.
    Text(Vec<u8>),
    Pattern(Regexp),
}

impl Term {
    /// Looks for a text.
    pub fn text(text: &str) -> Self {
        Term::Text(strings::to_lower(text.as_bytes()))
    }

    /// Looks for a regular expression.
    ///
    /// # Errors
    /// That of Go's `regexp.Compile`.
    pub fn pattern(pattern: &str) -> Result<Self, GoError> {
        Regexp::new(pattern.as_bytes()).map(Term::Pattern)
    }
}

/// What is searched for.
pub struct Query {
    pub term: Term,
    /// Which versions count.
    pub versions: Constraints,
    /// All versions of a chart are shown, not the best alone.
    pub shows_all: bool,
}

/// A version of a chart that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// `REPOSITORY/CHART`.
    pub name: String,
    pub version: String,
    pub app_version: String,
    pub description: String,
    score: usize,
}

/// Matches behind so many parts are none.
const WORST_SCORE: usize = 25;

const SEPARATOR: u8 = 0x0B;

/// Returns what is found in an index.
///
/// # Errors
/// Of a file that changes while it is read.
pub fn search(repository: &str, index: &Index, query: &Query) -> Result<Vec<Hit>, GoError> {
    let mut hits = Vec::new();
    let catalogue = index.catalogue();
    let mut matcher = Matcher { repository, term: &query.term, line: Vec::new(), last: None };
    for head in catalogue.heads() {
        let name = path::join(&[repository.as_bytes(), head.name.as_bytes()]);
        let name = String::from_utf8_lossy(&name).into_owned();
        // The name ends where Helm's mark of versions stands.
        let name = name.split("$$").next().unwrap_or_default();
        let from = hits.len();
        matcher.last = None;
        let gone_through = catalogue.each_row(&head, |row| {
            matcher.row(row, query, name, from, &mut hits);
            ControlFlow::<()>::Continue(())
        });
        gone_through.map_err(|error| unreadable(&error))?;
    }
    Ok(hits)
}

fn unreadable(error: &io::Error) -> GoError {
    GoError::new(format!("cannot read an index: {error}"))
}

/// Puts hits in order: the best first, then by name, then the newest.
pub fn sort(hits: &mut [Hit]) {
    hits.sort_by(|a, b| a.score.cmp(&b.score).then_with(|| a.name.cmp(&b.name)).then_with(|| newest_first(a, b)));
}

fn newest_first(a: &Hit, b: &Hit) -> Ordering {
    let version = |hit: &Hit| Version::new(hit.version.as_bytes()).ok();
    version(b).zip(version(a)).map_or(Ordering::Equal, |(b, a)| b.compare(&a))
}

struct Matcher<'a> {
    repository: &'a str,
    term: &'a Term,
    line: Vec<u8>,
    /// The score of the row before, if the next one has the same texts.
    last: Option<Option<usize>>,
}

impl Matcher<'_> {
    fn row(&mut self, row: &RowRef<'_>, query: &Query, name: &str, from: usize, hits: &mut Vec<Hit>) {
        if row.is_shadowed {
            return;
        }
        let Some(score) = self.score(row) else { return };
        // Of one chart the first row with the best score is shown; rows come newest first.
        let best = hits.get(from).filter(|_| !query.shows_all).map(|hit| hit.score);
        if best.is_some_and(|best| best <= score) {
            return;
        }
        let counts = Version::new(row.version.as_bytes()).is_ok_and(|version| query.versions.check(&version));
        if !counts {
            return;
        }
        if best.is_some() {
            hits.truncate(from);
        }
        hits.push(Hit {
            name: name.to_owned(),
            version: row.version.to_owned(),
            app_version: row.app_version.to_owned(),
            description: row.description.to_owned(),
            score,
        });
    }

    fn score(&mut self, row: &RowRef<'_>) -> Option<usize> {
        if matches!(self.term, Term::Any) {
            return Some(0);
        }
        let before = std::mem::take(&mut self.line);
        let mut line = Vec::with_capacity(before.len());
        for part in [row.name, "\u{b}", self.repository, "/", row.name, "\u{b}", row.description, "\u{b}", row.keywords]
        {
            line.extend_from_slice(part.as_bytes());
        }
        let score = match self.last.filter(|_| before == line) {
            Some(score) => score,
            None => self.score_of(&line),
        };
        self.line = line;
        self.last = Some(score);
        score
    }

    fn score_of(&self, line: &[u8]) -> Option<usize> {
        let score = match self.term {
            Term::Any => 0,
            Term::Text(text) if line.is_ascii() => {
                let line = line.to_ascii_lowercase();
                score(strings::index(&line, text)?, &line)
            }
            Term::Text(text) => {
                let line = strings::to_lower(line);
                score(strings::index(&line, text)?, &line)
            }
            Term::Pattern(pattern) => score(pattern.find(line)?.start, line),
        };
        (score < WORST_SCORE).then_some(score)
    }
}

/// Counts the parts of a line before a place.
fn score(place: usize, line: &[u8]) -> usize {
    line.iter().take(place).filter(|byte| **byte == SEPARATOR).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_count_the_parts_before() {
        let line = b"a\x0br/a\x0bdescription\x0bk l";
        for (text, expected) in [("a", 0), ("r/", 1), ("descr", 2), ("l", 3)] {
            let place = strings::index(line, text.as_bytes()).map(|place| score(place, line));
            assert_eq!(place, Some(expected), "{text}");
        }
    }
}

//! Which matcher searches a text: by tries for short texts, an automaton for long ones, else all ways at once.

use std::cell::Cell;
use std::ops::Range;

use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Input, meta};

use super::backtrack::Backtracker;
use super::program::Program;
use super::{Regexp, pike};

/// Start and end of the whole match and of each group; only as many as are wanted.
pub(super) type Slots = [usize];
/// The slot of a group that took no part.
pub(super) const UNSET: usize = usize::MAX;

/// From this length on, in bytes, an automaton pays for its building.
const LONG_TEXT: usize = 8 << 10;
/// Choices of the program times positions of the text: bounds memory and time of a search by tries.
const MAX_TRIES: usize = 1 << 20;

thread_local! {
    /// The memory of the last search by tries, for the next one.
    static IDLE: Cell<Option<Backtracker>> = const { Cell::new(None) };
}

/// A search of one text, from any position on.
pub(super) struct Search<'r, 't> {
    pub(super) program: &'r Program,
    pub(super) text: &'t [u8],
    pub(super) matcher: Matcher<'r>,
}

pub(super) enum Matcher<'r> {
    Tries(Backtracker),
    Automaton(&'r meta::Regex),
    AllWays,
}

impl<'r, 't> Search<'r, 't> {
    pub(super) fn new(regexp: &'r Regexp, text: &'t [u8]) -> Search<'r, 't> {
        let program = &regexp.program;
        let places = program.choices.max(program.joins).max(1) as usize;
        let short = text.len() < LONG_TEXT && places.saturating_mul(text.len() + 1) <= MAX_TRIES;
        let matcher = match short {
            true => Matcher::Tries(prepared(program, text)),
            // The automaton knows only UTF-8.
            false => match std::str::from_utf8(text).ok().and_then(|_| regexp.automaton()) {
                Some(automaton) => Matcher::Automaton(automaton),
                None => Matcher::AllWays,
            },
        };
        Search { program, text, matcher }
    }

    /// Finds the leftmost match that starts at a position or later, and fills as many slots as there are.
    pub(super) fn find(&mut self, start: usize, slots: &mut Slots) -> bool {
        match &mut self.matcher {
            Matcher::Tries(tries) => tries.search(self.program, self.text, start, slots),
            Matcher::Automaton(automaton) => run(automaton, self.text, start, slots),
            Matcher::AllWays => pike::search(self.program, self.text, start, slots),
        }
    }

    /// Finds the leftmost match that starts at a position or later.
    pub(super) fn find_range(&mut self, start: usize) -> Option<Range<usize>> {
        let mut slots = [UNSET; 2];
        self.find(start, &mut slots).then(|| slots[0]..slots[1])
    }
}

impl Drop for Search<'_, '_> {
    fn drop(&mut self) {
        if let Matcher::Tries(tries) = &mut self.matcher {
            IDLE.set(Some(std::mem::take(tries)));
        }
    }
}

pub(super) fn prepared(program: &Program, text: &[u8]) -> Backtracker {
    let mut tries = IDLE.take().unwrap_or_default();
    tries.prepare(program, text);
    tries
}

fn run(automaton: &meta::Regex, text: &[u8], start: usize, slots: &mut Slots) -> bool {
    let input = Input::new(text).span(start..text.len());
    if let [first, last] = slots {
        return automaton.search(&input).map(|found| (*first, *last) = (found.start(), found.end())).is_some();
    }
    let mut found: Vec<Option<NonMaxUsize>> = vec![None; slots.len()];
    if automaton.search_slots(&input, &mut found).is_none() {
        return false;
    }
    for (slot, found) in slots.iter_mut().zip(found) {
        *slot = found.map_or(UNSET, NonMaxUsize::get);
    }
    true
}

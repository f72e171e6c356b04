//! Sets of characters as sorted ranges of code points: classes, their negation, and their closure over case.

use super::tables::{FOLDS, Range};
use crate::unicode::{MAX_RUNE, simple_fold};

/// A set of code points; ranges are inclusive. After [`Class::clean`] they are sorted and do not touch.
#[derive(Debug, Default, Clone)]
pub(super) struct Class(Vec<(u32, u32)>);

impl Class {
    pub(super) fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }

    /// Returns the one member of a clean class of one.
    pub(super) fn only(&self) -> Option<u32> {
        match self.0.as_slice() {
            [(low, high)] if low == high => Some(*low),
            _ => None,
        }
    }

    pub(super) fn push(&mut self, low: u32, high: u32) {
        // What follows or overlaps the last range extends it: tables come in order.
        if let Some(last) = self.0.last_mut()
            && low >= last.0
            && low <= last.1.saturating_add(1)
        {
            last.1 = last.1.max(high);
            return;
        }
        self.0.push((low, high));
    }

    /// Adds a range and all that is equal to its members without regard to case.
    pub(super) fn push_folded(&mut self, low: u32, high: u32) {
        self.push(low, high);
        let first = FOLDS.partition_point(|range| range.1 < low);
        for &(start, end, step) in FOLDS.iter().skip(first).take_while(|range| range.0 <= high) {
            let from = start + low.saturating_sub(start).div_ceil(step) * step;
            for rune in (from..=end.min(high)).step_by(step as usize) {
                self.push_orbit(rune);
            }
        }
    }

    /// Adds what is equal to a character without regard to case, but not the character itself.
    fn push_orbit(&mut self, rune: u32) {
        let mut other = simple_fold(rune);
        while other != rune {
            self.push(other, other);
            other = simple_fold(other);
        }
    }

    pub(super) fn push_table(&mut self, table: &[Range]) {
        for &(low, high, step) in table {
            match step {
                1 => self.push(low, high),
                _ => (low..=high).step_by(step as usize).for_each(|rune| self.push(rune, rune)),
            }
        }
    }

    pub(super) fn append(&mut self, other: &Class) {
        other.0.iter().for_each(|&(low, high)| self.push(low, high));
    }

    /// Sorts the ranges and joins those that overlap or touch.
    pub(super) fn clean(&mut self) {
        if self.0.is_sorted_by(|a, b| a.1.saturating_add(1) < b.0) {
            return;
        }
        self.0.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(self.0.len());
        for &(low, high) in &self.0 {
            match joined.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => joined.push((low, high)),
            }
        }
        self.0 = joined;
    }

    /// Turns a clean class into all other code points.
    pub(super) fn negate(&mut self) {
        let mut others = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for &(low, high) in &self.0 {
            if next < low {
                others.push((next, low - 1));
            }
            next = high.saturating_add(1);
        }
        if next <= MAX_RUNE {
            others.push((next, MAX_RUNE));
        }
        self.0 = others;
    }
}

//! The matcher for short texts: tries one way after the other, and no place of the program twice at a position.

use super::program::{NONE, Op, Program, holds};
use super::search::{Slots, UNSET};
use crate::strings::decode_rune;

/// Memory of a search, kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Backtracker {
    jobs: Vec<Job>,
    /// One bit per position and join: tried already. Those before `dirty_from` and from `dirty_to` on are clear.
    visited: Vec<u64>,
    dirty_from: usize,
    dirty_to: usize,
}

#[derive(Debug)]
enum Job {
    /// Go on there.
    Try { at: u32, position: usize },
    /// Put back what a slot held.
    Restore { slot: usize, position: usize },
}

impl Backtracker {
    /// Makes room for searches of a text with this program.
    pub(super) fn prepare(&mut self, program: &Program, text: &[u8]) {
        let words = (program.joins as usize * (text.len() + 1)).div_ceil(64);
        self.clear();
        if self.visited.len() < words {
            self.visited.resize(words, 0);
        }
    }

    fn clear(&mut self) {
        if let Some(dirty) = self.visited.get_mut(self.dirty_from..self.dirty_to) {
            dirty.fill(0);
        }
        (self.dirty_from, self.dirty_to) = (0, 0);
    }

    /// Finds the leftmost match from a position on and fills the slots.
    pub(super) fn search(&mut self, program: &Program, text: &[u8], start: usize, slots: &mut Slots) -> bool {
        self.clear();
        self.dirty_from = start * program.joins as usize / 64;
        self.dirty_to = self.dirty_from;
        let mut next = Some(start);
        while let Some(position) = next.and_then(|from| candidate(program, text, from)) {
            if self.run(program, text, position, slots) {
                return true;
            }
            next = (position < text.len()).then(|| position + width(text, position));
        }
        false
    }

    /// Tells whether this place is new at this position, and marks it.
    fn visit(&mut self, joins: u32, join: u32, position: usize) -> bool {
        let bit = position * joins as usize + join as usize;
        let (word, mask) = (bit / 64, 1 << (bit % 64));
        self.dirty_to = self.dirty_to.max(word + 1);
        match self.visited.get_mut(word) {
            Some(bits) if *bits & mask == 0 => {
                *bits |= mask;
                true
            }
            _ => false,
        }
    }

    fn run(&mut self, program: &Program, text: &[u8], start: usize, slots: &mut Slots) -> bool {
        slots.fill(UNSET);
        self.jobs.clear();
        self.jobs.push(Job::Try { at: program.start, position: start });
        while let Some(job) = self.jobs.pop() {
            match job {
                Job::Restore { slot, position } => {
                    if let Some(held) = slots.get_mut(slot) {
                        *held = position;
                    }
                }
                Job::Try { at, position } => {
                    if self.follow(program, text, (at, position), slots) {
                        if let Some(first) = slots.first_mut() {
                            *first = start;
                        }
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Follows one way until it fails or matches; what else could be tried becomes jobs.
    fn follow(&mut self, program: &Program, text: &[u8], from: (u32, usize), slots: &mut Slots) -> bool {
        let (mut at, mut position) = from;
        while let Some(inst) = program.insts.get(at as usize) {
            if inst.join != NONE && !self.visit(program.joins, inst.join, position) {
                return false;
            }
            let next = text.get(position).copied();
            let step = match inst.op {
                Op::Char => match next {
                    Some(byte @ 0..=0x7F) => (u32::from(byte) == inst.arg).then_some(1),
                    _ => take(text, position, |rune| rune == inst.arg),
                },
                Op::Set => {
                    let set = program.sets.get(inst.arg as usize);
                    take(text, position, |rune| set.is_some_and(|set| set.contains(rune)))
                }
                Op::AnyInLine => take(text, position, |rune| rune != u32::from(b'\n')),
                Op::Any => take(text, position, |_| true),
                Op::Either => {
                    self.jobs.push(Job::Try { at: inst.arg, position });
                    Some(0)
                }
                Op::Save => {
                    let slot = inst.arg as usize;
                    if let Some(held) = slots.get_mut(slot) {
                        self.jobs.push(Job::Restore { slot, position: *held });
                        *held = position;
                    }
                    Some(0)
                }
                Op::Match => return true,
                Op::Fail => None,
                look => holds(look, text, position).then_some(0),
            };
            let Some(width) = step else {
                return false;
            };
            position += width;
            at = inst.out;
        }
        false
    }
}

/// Returns the width of the character at a position if it is one that is wanted.
fn take(text: &[u8], position: usize, wanted: impl Fn(u32) -> bool) -> Option<usize> {
    let (rune, width) = rune_at(text, position);
    (width > 0 && wanted(rune)).then_some(width)
}

/// Returns the character at a position and its width, which is 0 at the end.
pub(super) fn rune_at(text: &[u8], position: usize) -> (u32, usize) {
    match text.get(position) {
        Some(byte @ 0..=0x7F) => (u32::from(*byte), 1),
        _ => decode_rune(text.get(position..).unwrap_or_default()),
    }
}

fn width(text: &[u8], position: usize) -> usize {
    rune_at(text, position).1.max(1)
}

/// Finds the next position where a match can start.
pub(super) fn candidate(program: &Program, text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    if program.anchored {
        return (from == 0 && rest.starts_with(&program.prefix)).then_some(0);
    }
    match (program.prefix.as_slice(), program.first) {
        ([], None) => Some(from),
        ([], Some(first)) => {
            let mut at = from;
            while let Some(byte) = text.get(at) {
                if first.contains(*byte) {
                    return Some(at);
                }
                at += width(text, at);
            }
            None
        }
        ([byte], _) => memchr::memchr(*byte, rest).map(|at| from + at),
        (prefix, _) => memchr::memmem::find(rest, prefix).map(|at| from + at),
    }
}

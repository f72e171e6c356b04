//! The matcher for what is too large for the others: follows all ways at once, in memory that does not grow with the
//! text.

use super::backtrack::{candidate, rune_at};
use super::program::{Op, Program, holds};
use super::search::{Slots, UNSET};

/// The places of the program that are alive at a position, the preferred first, each with its slots.
#[derive(Default)]
struct Threads {
    places: Vec<u32>,
    slots: Vec<usize>,
    /// By place: the round that reached it last.
    seen: Vec<usize>,
}

enum Job {
    Follow(u32),
    Restore(usize, usize),
}

/// Finds the leftmost match from a position on and fills the slots.
pub(super) fn search(program: &Program, text: &[u8], start: usize, slots: &mut Slots) -> bool {
    let (mut now, mut then) = (Threads::new(program), Threads::new(program));
    let mut jobs = Vec::new();
    let mut matched = false;
    let mut position = start;
    let mut held = vec![UNSET; slots.len()];
    loop {
        if now.places.is_empty() {
            if matched {
                return true;
            }
            match candidate(program, text, position) {
                Some(next) => position = next,
                None => return false,
            }
        }
        if !matched {
            held.fill(UNSET);
            if let Some(first) = held.first_mut() {
                *first = position;
            }
            now.add(program, (text, position), program.start, &mut held, &mut jobs);
        }
        let (rune, width) = rune_at(text, position);
        for (index, &place) in now.places.iter().enumerate() {
            let Some(inst) = program.insts.get(place as usize) else {
                continue;
            };
            let Some(thread) = now.slots.get(index * slots.len()..(index + 1) * slots.len()) else {
                continue;
            };
            let taken = match inst.op {
                Op::Match => {
                    slots.copy_from_slice(thread);
                    matched = true;
                    break;
                }
                Op::Char => rune == inst.arg,
                Op::Set => program.sets.get(inst.arg as usize).is_some_and(|set| set.contains(rune)),
                Op::AnyInLine => rune != u32::from(b'\n'),
                Op::Any => true,
                _ => false,
            };
            if taken && width > 0 {
                held.copy_from_slice(thread);
                then.add(program, (text, position + width), inst.out, &mut held, &mut jobs);
            }
        }
        now.clear();
        std::mem::swap(&mut now, &mut then);
        if width == 0 {
            return matched;
        }
        position += width;
    }
}

impl Threads {
    fn new(program: &Program) -> Threads {
        Threads { places: Vec::new(), slots: Vec::new(), seen: vec![UNSET; program.insts.len()] }
    }

    fn clear(&mut self) {
        self.places.clear();
        self.slots.clear();
    }

    /// Adds what can be reached from a place without taking a character.
    fn add(
        &mut self,
        program: &Program,
        (text, position): (&[u8], usize),
        start: u32,
        held: &mut [usize],
        jobs: &mut Vec<Job>,
    ) {
        jobs.push(Job::Follow(start));
        while let Some(job) = jobs.pop() {
            let place = match job {
                Job::Follow(place) => place,
                Job::Restore(slot, position) => {
                    if let Some(held) = held.get_mut(slot) {
                        *held = position;
                    }
                    continue;
                }
            };
            let (Some(inst), Some(seen)) = (program.insts.get(place as usize), self.seen.get_mut(place as usize))
            else {
                continue;
            };
            if std::mem::replace(seen, position) == position {
                continue;
            }
            match inst.op {
                Op::Fail => {}
                Op::Either => jobs.extend([Job::Follow(inst.arg), Job::Follow(inst.out)]),
                Op::Save => {
                    let slot = inst.arg as usize;
                    if let Some(held) = held.get_mut(slot) {
                        jobs.push(Job::Restore(slot, std::mem::replace(held, position)));
                    }
                    jobs.push(Job::Follow(inst.out));
                }
                Op::Char | Op::Set | Op::AnyInLine | Op::Any | Op::Match => {
                    self.places.push(place);
                    self.slots.extend_from_slice(held);
                }
                look => {
                    if holds(look, text, position) {
                        jobs.push(Job::Follow(inst.out));
                    }
                }
            }
        }
    }
}

//! From a parsed expression to its program. Parts are compiled from the last to the first, each knowing what follows.

use std::collections::HashMap;
use std::rc::Rc;

use super::class::Class;
use super::node::{Kind, Node, Repeat};
use super::program::{Inst, NONE, Op, Program, Set};
use crate::unicode::simple_fold;

/// Instructions of a program: more than Go's parser lets through but for huge literals, which it does not count.
const MAX_INSTS: usize = 8 << 20;

struct Compiler {
    insts: Vec<Inst>,
    sets: Vec<Set>,
    /// The sets of classes that stand in several places, by address of the class.
    shared: HashMap<usize, u32>,
    /// How many counted repetitions are open.
    copying: u32,
}

/// Compiles; nothing when the program would be too large.
pub(super) fn compile(root: &Node) -> Option<Program> {
    let mut compiler = Compiler { insts: Vec::with_capacity(16), sets: Vec::new(), shared: HashMap::new(), copying: 0 };
    let end = compiler.add(Op::Match, NONE, 0)?;
    let end = compiler.add(Op::Save, end, 1)?;
    let start = compiler.emit(root, end)?;
    Some(Program::new(compiler.insts, compiler.sets, start))
}

impl Compiler {
    fn add(&mut self, op: Op, out: u32, arg: u32) -> Option<u32> {
        if self.insts.len() >= MAX_INSTS {
            return None;
        }
        self.insts.push(Inst { op, out, arg, join: NONE });
        u32::try_from(self.insts.len() - 1).ok()
    }

    fn either(&mut self, greedy: bool, part: u32, next: u32) -> Option<u32> {
        match greedy {
            true => self.add(Op::Either, part, next),
            false => self.add(Op::Either, next, part),
        }
    }

    /// Compiles a node that `next` follows; returns where it starts.
    fn emit(&mut self, node: &Node, next: u32) -> Option<u32> {
        let op = match &node.kind {
            Kind::Empty => return Some(next),
            Kind::Literal { runes, fold } => {
                return runes.iter().rev().try_fold(next, |next, rune| self.rune(*rune, *fold, next));
            }
            Kind::Class(class) => return self.class(class, next),
            Kind::Capture(number, sub) => {
                let slot = u32::try_from(2 * number).ok()?;
                let close = self.add(Op::Save, next, slot + 1)?;
                let body = self.emit(sub, close)?;
                return self.add(Op::Save, body, slot);
            }
            Kind::Repeat(repeat, sub) => {
                self.copying += 1;
                let start = self.repeat(*repeat, sub, next);
                self.copying -= 1;
                return start;
            }
            Kind::Concat(subs) => return subs.iter().rev().try_fold(next, |next, sub| self.emit(sub, next)),
            Kind::Alternate(subs) => return self.alternate(subs, next),
            Kind::AnyInLine => Op::AnyInLine,
            Kind::Any => Op::Any,
            Kind::LineStart => Op::LineStart,
            Kind::LineEnd => Op::LineEnd,
            Kind::TextStart => Op::TextStart,
            Kind::TextEnd => Op::TextEnd,
            Kind::WordBoundary => Op::WordBoundary,
            Kind::NoWordBoundary => Op::NoWordBoundary,
        };
        self.add(op, next, 0)
    }

    fn rune(&mut self, rune: u32, fold: bool, next: u32) -> Option<u32> {
        if !fold || simple_fold(rune) == rune {
            return self.add(Op::Char, next, rune);
        }
        let mut class = Class::default();
        class.push_folded(rune, rune);
        class.clean();
        let set = self.add_set(&class)?;
        self.add(Op::Set, next, set)
    }

    fn add_set(&mut self, class: &Class) -> Option<u32> {
        self.sets.push(Set::new(class));
        u32::try_from(self.sets.len() - 1).ok()
    }

    fn class(&mut self, class: &Rc<Class>, next: u32) -> Option<u32> {
        if class.ranges().is_empty() {
            return self.add(Op::Fail, NONE, 0);
        }
        if self.copying == 0 && Rc::strong_count(class) == 1 {
            let set = self.add_set(class)?;
            return self.add(Op::Set, next, set);
        }
        let address = Rc::as_ptr(class).addr();
        let set = match self.shared.get(&address) {
            Some(set) => *set,
            None => self.add_set(class)?,
        };
        self.shared.insert(address, set);
        self.add(Op::Set, next, set)
    }

    fn alternate(&mut self, subs: &[Node], next: u32) -> Option<u32> {
        let (last, others) = subs.split_last()?;
        let last = self.emit(last, next)?;
        others.iter().rev().try_fold(last, |rest, sub| {
            let start = self.emit(sub, next)?;
            self.add(Op::Either, start, rest)
        })
    }

    fn repeat(&mut self, repeat: Repeat, sub: &Node, next: u32) -> Option<u32> {
        let Repeat { min, max, greedy, .. } = repeat;
        let Some(max) = max else {
            let many = self.any_number(min, sub, greedy, next)?;
            return (1..min).try_fold(many, |next, _| self.emit(sub, next));
        };
        // x{2,5} is xx(x(x(x)?)?)?, so that fewer ways are open at a time.
        let optional = (min..max).try_fold(next, |rest, _| {
            let part = self.emit(sub, rest)?;
            self.either(greedy, part, next)
        })?;
        (0..min).try_fold(optional, |next, _| self.emit(sub, next))
    }

    /// Compiles x* when `min` is 0, else x+.
    fn any_number(&mut self, min: u32, sub: &Node, greedy: bool, next: u32) -> Option<u32> {
        let head = self.either(greedy, NONE, next)?;
        let body = self.emit(sub, head)?;
        let inst = self.insts.get_mut(head as usize)?;
        match greedy {
            true => inst.out = body,
            false => inst.arg = body,
        }
        match (min, sub.nullable) {
            (0, false) => Some(head),
            // What can be empty is (x+)?, or the order of the ways would be wrong (golang.org/issue/46123).
            (0, true) => self.either(greedy, body, next),
            _ => Some(body),
        }
    }
}

//! The program of an expression: instructions over characters, and what is known of the texts it can match.

use super::class::Class;

/// No instruction of a program, no position of a text.
pub(super) const NONE: u32 = u32::MAX;

/// What an instruction does; where it succeeds, the program goes on at `out`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// Takes the character `arg`.
    Char,
    /// Takes a character of set `arg`.
    Set,
    /// Takes any character but a line feed.
    AnyInLine,
    Any,
    /// Tries `out` first, then `arg`.
    Either,
    /// Stores the position in slot `arg`.
    Save,
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordBoundary,
    NoWordBoundary,
    Match,
    Fail,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Inst {
    pub op: Op,
    pub out: u32,
    pub arg: u32,
    /// Number among the instructions that more than one way leads to, else [`NONE`].
    pub join: u32,
}

/// A set of characters, fast for ASCII.
#[derive(Debug)]
pub(super) struct Set {
    ascii: [u64; 2],
    /// The members above ASCII; sorted.
    others: Vec<(u32, u32)>,
}

/// A set of bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ByteSet([u64; 4]);

#[derive(Debug)]
pub(super) struct Program {
    pub insts: Vec<Inst>,
    pub sets: Vec<Set>,
    pub start: u32,
    /// How many instructions are joins.
    pub joins: u32,
    /// How many instructions choose between two ways.
    pub choices: u32,
    /// What every match starts with.
    pub prefix: Vec<u8>,
    /// The bytes that a match can start with; nothing when it can be empty.
    pub first: Option<ByteSet>,
    /// Matches only at the start of the text.
    pub anchored: bool,
}

impl Set {
    pub(super) fn new(class: &Class) -> Set {
        let mut set = Set { ascii: [0; 2], others: Vec::new() };
        for &(low, high) in class.ranges() {
            for byte in low..=high.min(0x7F) {
                if let Some(word) = set.ascii.get_mut((byte / 64) as usize) {
                    *word |= 1 << (byte % 64);
                }
            }
            if high > 0x7F {
                set.others.push((low.max(0x80), high));
            }
        }
        set
    }

    pub(super) fn contains(&self, rune: u32) -> bool {
        if rune < 0x80 {
            return self.ascii.get((rune / 64) as usize).is_some_and(|word| word >> (rune % 64) & 1 == 1);
        }
        let next = self.others.partition_point(|range| range.0 <= rune);
        next.checked_sub(1).and_then(|i| self.others.get(i)).is_some_and(|range| rune <= range.1)
    }
}

impl ByteSet {
    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte / 64)).is_some_and(|word| word >> (byte % 64) & 1 == 1)
    }

    fn insert(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte / 64)) {
            *word |= 1 << (byte % 64);
        }
    }

    fn insert_all(&mut self, ascii: [u64; 2], others: bool) {
        let [low, high, ..] = &mut self.0;
        *low |= ascii[0];
        *high |= ascii[1];
        if others {
            self.0[2] = u64::MAX;
            self.0[3] = u64::MAX;
        }
    }
}

impl Program {
    /// Completes a program of instructions: counts its joins, and finds how its matches start.
    pub(super) fn new(insts: Vec<Inst>, sets: Vec<Set>, start: u32) -> Program {
        let choices = insts.iter().filter(|inst| inst.op == Op::Either).count() as u32;
        let mut program =
            Program { insts, sets, start, joins: 0, choices, prefix: Vec::new(), first: None, anchored: false };
        program.number_joins();
        program.find_prefix();
        if program.prefix.is_empty() && !program.anchored {
            program.first = program.first_bytes();
        }
        program
    }

    fn inst(&self, at: u32) -> Option<&Inst> {
        self.insts.get(at as usize)
    }

    fn number_joins(&mut self) {
        let mut ways = vec![0u8; self.insts.len()];
        let mut count = |at: u32| {
            if let Some(n) = ways.get_mut(at as usize) {
                *n = n.saturating_add(1);
            }
        };
        count(self.start);
        for inst in &self.insts {
            match inst.op {
                Op::Match | Op::Fail => {}
                Op::Either => [inst.out, inst.arg].into_iter().for_each(&mut count),
                _ => count(inst.out),
            }
        }
        for (inst, ways) in self.insts.iter_mut().zip(ways) {
            if ways > 1 {
                inst.join = self.joins;
                self.joins += 1;
            }
        }
    }

    fn find_prefix(&mut self) {
        let mut at = self.start;
        while let Some(inst) = self.inst(at).copied() {
            let rune = match inst.op {
                Op::Save => None,
                Op::TextStart if self.prefix.is_empty() => {
                    self.anchored = true;
                    None
                }
                // U+FFFD also stands for bytes that are no UTF-8.
                Op::Char if inst.arg != 0xFFFD => char::from_u32(inst.arg),
                _ => return,
            };
            if let Some(rune) = rune {
                self.prefix.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
            } else if inst.op == Op::Char {
                return;
            }
            at = inst.out;
        }
    }

    /// Finds the first bytes of all matches.
    fn first_bytes(&self) -> Option<ByteSet> {
        let mut bytes = ByteSet::default();
        let mut seen = vec![false; self.insts.len()];
        let mut open = vec![self.start];
        while let Some(at) = open.pop() {
            match seen.get_mut(at as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let inst = self.inst(at)?;
            match inst.op {
                Op::Match => return None,
                Op::Fail => {}
                Op::Char if inst.arg < 0x80 => bytes.insert(inst.arg as u8),
                Op::Char => bytes.insert_all([0; 2], true),
                Op::Set => {
                    let set = self.sets.get(inst.arg as usize)?;
                    bytes.insert_all(set.ascii, !set.others.is_empty());
                }
                Op::Any => return None,
                Op::AnyInLine => bytes.insert_all([!(1 << b'\n'), !0], true),
                Op::Either => open.extend([inst.out, inst.arg]),
                _ => open.push(inst.out),
            }
        }
        Some(bytes)
    }
}

/// Tells whether a condition on a position holds; `op` takes no character.
pub(super) fn holds(op: Op, text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|i| text.get(i)).copied();
    let after = text.get(at).copied();
    let word = |byte: Option<u8>| byte.is_some_and(|b| b == b'_' || b.is_ascii_alphanumeric());
    match op {
        Op::LineStart => before.is_none_or(|b| b == b'\n'),
        Op::LineEnd => after.is_none_or(|b| b == b'\n'),
        Op::TextStart => at == 0,
        Op::TextEnd => at == text.len(),
        Op::WordBoundary => word(before) != word(after),
        Op::NoWordBoundary => word(before) == word(after),
        _ => false,
    }
}

//! The tree of a parsed expression, with the measures that Go limits: height, compiled size, copies of a repetition.

use std::rc::Rc;

use super::class::Class;

/// One part of an expression.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub kind: Kind,
    /// Levels below and including this one.
    pub height: u32,
    /// Instructions that Go's compiler would make, as its parser estimates them.
    pub size: u64,
    /// How often the innermost part is copied when counted repetitions are written out.
    pub copies: u64,
    /// Whether it can match without taking a character.
    pub nullable: bool,
}

#[derive(Debug, Default)]
pub(super) enum Kind {
    #[default]
    Empty,
    Literal {
        runes: Vec<u32>,
        /// Without regard to case.
        fold: bool,
    },
    Class(Rc<Class>),
    /// Any character but a line feed.
    AnyInLine,
    Any,
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordBoundary,
    NoWordBoundary,
    Capture(usize, Box<Node>),
    Repeat(Repeat, Box<Node>),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
}

/// How often something repeats.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repeat {
    pub min: u32,
    /// No maximum: any number.
    pub max: Option<u32>,
    pub greedy: bool,
    /// Written as `{…}`: only these count for the limit of copies.
    pub counted: bool,
}

impl Node {
    pub(super) fn new(kind: Kind) -> Node {
        let (height, size, copies) = measure(&kind);
        let nullable = match &kind {
            Kind::Literal { .. } | Kind::Class(_) | Kind::AnyInLine | Kind::Any => false,
            Kind::Capture(_, sub) => sub.nullable,
            Kind::Repeat(repeat, sub) => repeat.min == 0 || sub.nullable,
            Kind::Concat(subs) => subs.iter().all(|sub| sub.nullable),
            Kind::Alternate(subs) => subs.iter().any(|sub| sub.nullable),
            _ => true,
        };
        Node { kind, height, size: size.max(1), copies, nullable }
    }

    pub(super) fn literal(rune: u32, fold: bool) -> Node {
        Node { kind: Kind::Literal { runes: vec![rune], fold }, height: 1, size: 1, copies: 1, nullable: false }
    }

    /// Ranges of characters that this node itself holds, as Go counts them against its limit.
    pub(super) fn held_runes(&self) -> usize {
        match &self.kind {
            Kind::Literal { runes, .. } => runes.len(),
            Kind::Class(class) => 2 * class.ranges().len(),
            _ => 0,
        }
    }
}

/// Height, size and copies of a node over its children.
fn measure(kind: &Kind) -> (u32, u64, u64) {
    match kind {
        Kind::Literal { runes, .. } => (1, runes.len() as u64, 1),
        Kind::Capture(_, sub) => (sub.height + 1, sub.size.saturating_add(2), sub.copies),
        Kind::Repeat(repeat, sub) => (sub.height + 1, repeat.size(sub.size), repeat.copies(sub.copies)),
        Kind::Concat(subs) => measure_all(subs, 0),
        Kind::Alternate(subs) => measure_all(subs, subs.len().saturating_sub(1) as u64),
        _ => (1, 1, 1),
    }
}

fn measure_all(subs: &[Node], own: u64) -> (u32, u64, u64) {
    subs.iter().fold((1, own, 1), |(height, size, copies), sub| {
        (height.max(sub.height + 1), size.saturating_add(sub.size), copies.max(sub.copies))
    })
}

impl Repeat {
    /// Follows `calcSize`: a star is taken as two instructions more, plus and question mark as one.
    fn size(self, sub: u64) -> u64 {
        match (self.min, self.max) {
            (0, None) => sub.saturating_add(2),
            (min, None) => u64::from(min).saturating_mul(sub).saturating_add(1),
            (min, Some(max)) => u64::from(max).saturating_mul(sub).saturating_add(u64::from(max.saturating_sub(min))),
        }
    }

    fn copies(self, sub: u64) -> u64 {
        match (self.counted, self.max) {
            (false, _) => sub,
            (true, Some(0)) => 1,
            (true, Some(max)) => sub.saturating_mul(u64::from(max)),
            (true, None) => sub.saturating_mul(u64::from(self.min.max(1))),
        }
    }
}

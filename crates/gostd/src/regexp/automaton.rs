//! The automaton for long texts, by `regex-automata`: dear to build (some 50 µs), fast to run.

use regex_automata::meta;
use regex_syntax::hir::{self, Class as HirClass, ClassUnicode, ClassUnicodeRange, Hir, Look};

use super::class::Class;
use super::node::{Kind, Node};
use crate::unicode::simple_fold;

const FIRST_SURROGATE: u32 = 0xD800;
const LAST_SURROGATE: u32 = 0xDFFF;

/// Bytes of the automaton of one expression.
const MAX_AUTOMATON: usize = 16 << 20;

/// Builds the automaton: leftmost-first, over UTF-8; nothing when it would be too large.
pub(super) fn build(node: &Node) -> Option<meta::Regex> {
    let config = meta::Config::new().utf8_empty(true).nfa_size_limit(Some(MAX_AUTOMATON));
    meta::Builder::new().configure(config).build_from_hir(&hir(node)).ok()
}

fn hir(node: &Node) -> Hir {
    match &node.kind {
        Kind::Empty => Hir::empty(),
        Kind::Literal { runes, fold: false } => literal(runes),
        Kind::Literal { runes, fold: true } => Hir::concat(runes.iter().map(|rune| folded(*rune)).collect()),
        Kind::Class(members) => class(members),
        Kind::AnyInLine => Hir::dot(hir::Dot::AnyCharExceptLF),
        Kind::Any => Hir::dot(hir::Dot::AnyChar),
        Kind::LineStart => Hir::look(Look::StartLF),
        Kind::LineEnd => Hir::look(Look::EndLF),
        Kind::TextStart => Hir::look(Look::Start),
        Kind::TextEnd => Hir::look(Look::End),
        Kind::WordBoundary => Hir::look(Look::WordAscii),
        Kind::NoWordBoundary => Hir::look(Look::WordAsciiNegate),
        Kind::Capture(number, sub) => {
            let index = u32::try_from(*number).unwrap_or(u32::MAX);
            Hir::capture(hir::Capture { index, name: None, sub: Box::new(hir(sub)) })
        }
        Kind::Repeat(repeat, _) if repeat.max == Some(0) => Hir::empty(),
        Kind::Repeat(repeat, sub) => Hir::repetition(hir::Repetition {
            min: repeat.min,
            max: repeat.max,
            greedy: repeat.greedy,
            sub: Box::new(hir(sub)),
        }),
        Kind::Concat(subs) => Hir::concat(subs.iter().map(hir).collect()),
        Kind::Alternate(subs) => Hir::alternation(subs.iter().map(hir).collect()),
    }
}

/// A surrogate is no character of any text, so an expression that needs one never matches.
fn literal(runes: &[u32]) -> Hir {
    match runes.iter().map(|rune| char::from_u32(*rune)).collect::<Option<String>>() {
        Some(text) => Hir::literal(text.into_bytes()),
        None => Hir::fail(),
    }
}

fn folded(rune: u32) -> Hir {
    if simple_fold(rune) == rune {
        return literal(&[rune]);
    }
    let mut members = Class::default();
    members.push_folded(rune, rune);
    members.clean();
    class(&members)
}

fn class(members: &Class) -> Hir {
    let ranges = members.ranges().iter().flat_map(|&(low, high)| {
        let below = (low, high.min(FIRST_SURROGATE - 1));
        let above = (low.max(LAST_SURROGATE + 1), high);
        [below, above].into_iter().filter_map(|(low, high)| {
            let (low, high) = (char::from_u32(low)?, char::from_u32(high)?);
            (low <= high).then(|| ClassUnicodeRange::new(low, high))
        })
    });
    Hir::class(HirClass::Unicode(ClassUnicode::new(ranges)))
}

//! Classes that have names: Perl's `\d`, POSIX `[:alpha:]`, and Unicode categories and scripts.

use super::class::Class;
use super::tables::{NAMES, Range};
use crate::unicode::MAX_RUNE;

const DIGIT: &[Range] = &[(0x30, 0x39, 1)];
const SPACE: &[Range] = &[(0x9, 0xA, 1), (0xC, 0xD, 1), (0x20, 0x20, 1)];
const WORD: &[Range] = &[(0x30, 0x39, 1), (0x41, 0x5A, 1), (0x5F, 0x5F, 1), (0x61, 0x7A, 1)];
const PUNCT: &[Range] = &[(0x21, 0x2F, 1), (0x3A, 0x40, 1), (0x5B, 0x60, 1), (0x7B, 0x7E, 1)];
const ANY: &[Range] = &[(0, MAX_RUNE, 1)];
const ASCII: &[Range] = &[(0, 0x7F, 1)];
/// What is equal to an ASCII letter: the long s and the Kelvin sign.
const ASCII_FOLD: &[Range] = &[(0x17F, 0x17F, 1), (0x212A, 0x212A, 1)];

const POSIX: &[(&str, &[Range])] = &[
    ("alnum", &[(0x30, 0x39, 1), (0x41, 0x5A, 1), (0x61, 0x7A, 1)]),
    ("alpha", &[(0x41, 0x5A, 1), (0x61, 0x7A, 1)]),
    ("ascii", ASCII),
    ("blank", &[(0x9, 0x9, 1), (0x20, 0x20, 1)]),
    ("cntrl", &[(0, 0x1F, 1), (0x7F, 0x7F, 1)]),
    ("digit", DIGIT),
    ("graph", &[(0x21, 0x7E, 1)]),
    ("lower", &[(0x61, 0x7A, 1)]),
    ("print", &[(0x20, 0x7E, 1)]),
    ("punct", PUNCT),
    ("space", &[(0x9, 0xD, 1), (0x20, 0x20, 1)]),
    ("upper", &[(0x41, 0x5A, 1)]),
    ("word", WORD),
    ("xdigit", &[(0x30, 0x39, 1), (0x41, 0x46, 1), (0x61, 0x66, 1)]),
];

/// A named set, or all that is not in it.
pub(super) struct Named {
    members: &'static [Range],
    negated: bool,
    folding: Folding,
}

/// What a named set gains where case does not matter.
enum Folding {
    /// The closure over the members.
    Closure,
    /// A table of its own.
    Table(&'static [Range]),
}

/// Finds `\d`, `\D`, `\s`, `\S`, `\w`, `\W` by its letter.
pub(super) fn perl(letter: u8) -> Option<Named> {
    let members = match letter.to_ascii_lowercase() {
        b'd' => DIGIT,
        b's' => SPACE,
        b'w' => WORD,
        _ => return None,
    };
    Some(Named { members, negated: letter.is_ascii_uppercase(), folding: Folding::Closure })
}

/// Finds `alpha` or `^alpha`, what stands between `[:` and `:]`.
pub(super) fn posix(name: &[u8]) -> Option<Named> {
    let (negated, name) = match name.strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, name),
    };
    let (_, members) = POSIX.iter().find(|(known, _)| known.as_bytes() == name)?;
    Some(Named { members, negated, folding: Folding::Closure })
}

/// Finds a Unicode category or script by any of its names, without regard to case, blanks, `_` and `-`.
pub(super) fn unicode(name: &[u8], negated: bool) -> Option<Named> {
    let name = canonical(name);
    let (members, fold, inverse) = match name.as_slice() {
        b"Any" => (ANY, ANY, false),
        b"Assigned" => (table(b"Cn")?.0, &[] as &[Range], true),
        b"Ascii" => (ASCII, ASCII_FOLD, false),
        other => table(other).map(|(members, fold)| (members, fold, false))?,
    };
    Some(Named { members, negated: negated != inverse, folding: Folding::Table(fold) })
}

fn table(name: &[u8]) -> Option<(&'static [Range], &'static [Range])> {
    let found = NAMES.binary_search_by(|(known, ..)| known.as_bytes().cmp(name)).ok()?;
    NAMES.get(found).map(|(_, members, fold)| (*members, *fold))
}

/// First letter large, the others small, without `_`, `-` and blank: follows `canonicalName`.
fn canonical(name: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = name.iter().copied().filter(|b| !matches!(b, b'_' | b'-' | b' ')).collect();
    out.make_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

impl Named {
    /// Returns the set by itself.
    pub(super) fn class(&self, fold: bool) -> Class {
        let mut class = Class::default();
        self.add_to(&mut class, fold);
        class.clean();
        class
    }

    pub(super) fn add_to(&self, class: &mut Class, fold: bool) {
        if !fold && !self.negated {
            return class.push_table(self.members);
        }
        let mut members = Class::default();
        match (fold, &self.folding) {
            (true, Folding::Closure) => self.members.iter().for_each(|range| members.push_folded(range.0, range.1)),
            (true, Folding::Table(table)) => {
                members.push_table(self.members);
                members.push_table(table);
            }
            (false, _) => members.push_table(self.members),
        }
        members.clean();
        if self.negated {
            members.negate();
        }
        class.append(&members);
    }
}

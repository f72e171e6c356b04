//! Whether a text matches: follows the `Match` methods of `match`.

use std::collections::HashMap;

use super::matcher::{Matcher, Tree};
use crate::GoError;
use crate::strings::{decode_rune, runes};

/// Places that a match may try: patterns with many stars try each place of each part for each place of the others.
const MAX_STEPS: usize = 20_000_000;
/// Until then, nothing is remembered: most matches end sooner.
const FEW_STEPS: usize = 1000;

/// A part of the text, from a byte to a byte.
pub(super) type Span = (usize, usize);

/// One match of a text.
pub(super) struct Run<'t> {
    text: &'t [u8],
    /// What a tree said of a part of the text, by number of the tree.
    known: HashMap<(usize, Span), bool>,
    steps: usize,
}

pub(super) type Answer<T = bool> = Result<T, GoError>;

pub(super) fn run(matcher: &Matcher, text: &[u8]) -> Answer {
    let mut run = Run { text, known: HashMap::new(), steps: 0 };
    run.matches(matcher, (0, text.len()))
}

impl<'t> Run<'t> {
    pub(super) fn part(&self, (from, to): Span) -> &'t [u8] {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn matches(&mut self, matcher: &Matcher, span: Span) -> Answer {
        let text = self.part(span);
        Ok(match matcher {
            Matcher::Any(separators) => index_any(text, separators).is_none(),
            Matcher::AnyOf(matchers) => {
                for matcher in matchers {
                    if self.matches(matcher, span)? {
                        return Ok(true);
                    }
                }
                false
            }
            Matcher::EveryOf(matchers) => {
                for matcher in matchers {
                    if !self.matches(matcher, span)? {
                        return Ok(false);
                    }
                }
                true
            }
            Matcher::Tree(tree) => return self.tree(tree, span),
            Matcher::Row { matchers, length } => {
                return Ok(runes(text).take(length + 1).count() == *length && self.row(matchers, span)?);
            }
            other => plain(other, text),
        })
    }

    /// Tells whether the text starts with a row of matchers.
    pub(super) fn row(&mut self, matchers: &[Matcher], (start, to): Span) -> Answer {
        let mut from = start;
        for matcher in matchers {
            let length = matcher.length().unwrap_or_default();
            let (mut last, mut count) = (0, 0);
            for (at, ..) in runes(self.part((from, to))) {
                (last, count) = (at, count + 1);
                if count == length {
                    break;
                }
            }
            if count < length {
                return Ok(false);
            }
            // As in Go, only the first byte of the last character is taken.
            let next = from + last + 1;
            if next > to {
                let (next, length) = (next - start, to - start);
                let text = format!("runtime error: slice bounds out of range [:{next}] with length {length}");
                return Err(GoError::new(text));
            }
            if !self.matches(matcher, (from, next))? {
                return Ok(false);
            }
            from = next;
        }
        Ok(true)
    }

    fn tree(&mut self, tree: &Tree, span: Span) -> Answer {
        if self.steps < FEW_STEPS {
            return self.search(tree, span);
        }
        if let Some(known) = self.known.get(&(tree.id, span)) {
            return Ok(*known);
        }
        let answer = self.search(tree, span)?;
        self.known.insert((tree.id, span), answer);
        Ok(answer)
    }

    /// Looks for the value of a tree where its sides match too.
    fn search(&mut self, tree: &Tree, (from, to): Span) -> Answer {
        let length = to - from;
        if tree.length.is_some_and(|least| least > length) {
            return Ok(false);
        }
        let mut at = from + tree.left_length.unwrap_or(0);
        let Some(limit) = to.checked_sub(tree.right_length.unwrap_or(0)) else {
            return Ok(false);
        };
        while at < limit {
            let Some((index, lengths)) = self.find(&tree.value, (at, limit))? else {
                return Ok(false);
            };
            let found = at + index;
            self.step(1 + lengths.len())?;
            if self.side(&tree.left, (from, found))? {
                for length in lengths.iter().rev() {
                    if self.side(&tree.right, ((found + length).min(to), to))? {
                        return Ok(true);
                    }
                }
            }
            at = found + decode_rune(self.part((found, to))).1;
        }
        Ok(false)
    }

    fn side(&mut self, matcher: &Option<Matcher>, span: Span) -> Answer {
        match matcher {
            Some(matcher) => self.matches(matcher, span),
            None => Ok(span.0 == span.1),
        }
    }

    pub(super) fn step(&mut self, count: usize) -> Answer<()> {
        self.steps += count;
        match self.steps > MAX_STEPS {
            true => Err(GoError::new("glob match takes too long")),
            false => Ok(()),
        }
    }
}

/// Answers for the matchers without parts.
fn plain(matcher: &Matcher, text: &[u8]) -> bool {
    let one = |wanted: &dyn Fn(u32) -> bool| {
        let (rune, width) = decode_rune(text);
        text.len() <= width && wanted(rune)
    };
    match matcher {
        Matcher::Contains { needle, not } => memchr::memmem::find(text, needle.as_bytes()).is_some() != *not,
        Matcher::List { chars, not } => one(&|rune| has(chars, rune) != *not),
        Matcher::Range { low, high, not } => one(&|rune| within(*low, *high, rune) != *not),
        Matcher::Single(separators) => one(&|rune| !has(separators, rune)),
        Matcher::Max(most) => runes(text).take(most + 1).count() <= *most,
        Matcher::Min(least) => *least > 0 && runes(text).take(*least).count() == *least,
        Matcher::Nothing => text.is_empty(),
        Matcher::Prefix(prefix) => text.starts_with(prefix.as_bytes()),
        Matcher::Suffix(suffix) => text.ends_with(suffix.as_bytes()),
        Matcher::PrefixSuffix(prefix, suffix) => {
            text.starts_with(prefix.as_bytes()) && text.ends_with(suffix.as_bytes())
        }
        Matcher::PrefixAny(prefix, separators) => {
            text.strip_prefix(prefix.as_bytes()).is_some_and(|rest| index_any(rest, separators).is_none())
        }
        Matcher::SuffixAny(suffix, separators) => {
            text.strip_suffix(suffix.as_bytes()).is_some_and(|rest| index_any(rest, separators).is_none())
        }
        Matcher::Text(own) => text == own.as_bytes(),
        _ => true,
    }
}

pub(super) fn has(chars: &[char], rune: u32) -> bool {
    chars.iter().any(|c| u32::from(*c) == rune)
}

pub(super) fn within(low: char, high: char, rune: u32) -> bool {
    (u32::from(low)..=u32::from(high)).contains(&rune)
}

/// Finds the first of the characters that occurs at all, as the library does.
pub(super) fn index_any(text: &[u8], chars: &[char]) -> Option<usize> {
    chars.iter().find_map(|c| memchr::memmem::find(text, c.encode_utf8(&mut [0; 4]).as_bytes()))
}

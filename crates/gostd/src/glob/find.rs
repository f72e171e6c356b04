//! Where in a text a matcher first matches, and with which lengths: follows the `Index` methods of `match`.

use memchr::memmem;

use super::matcher::Matcher;
use super::matching::{Answer, Run, Span, has, index_any, within};
use crate::strings::runes;

/// A place in bytes, and the lengths in bytes that match there, in ascending order.
pub(super) type Found = Option<(usize, Vec<usize>)>;

/// Bytes of a character as Go writes it: U+FFFD for a byte that is no UTF-8.
fn written(rune: u32) -> usize {
    char::from_u32(rune).map_or(3, char::len_utf8)
}

impl Run<'_> {
    pub(super) fn find(&mut self, matcher: &Matcher, span: Span) -> Answer<Found> {
        let text = self.part(span);
        self.step(text.len() / 64 + 1)?;
        Ok(match matcher {
            Matcher::AnyOf(matchers) => return self.find_any_of(matchers, span),
            Matcher::EveryOf(matchers) => return self.find_every(matchers, span),
            Matcher::Row { matchers, length } => return self.find_row(matchers, *length, span),
            // The library does not look for trees.
            Matcher::Tree(_) => None,
            Matcher::Any(separators) => match index_any(text, separators) {
                Some(0) => Some((0, vec![0])),
                Some(end) => Some((0, starts(text.get(..end).unwrap_or_default(), 0))),
                None => Some((0, starts(text, 0))),
            },
            Matcher::Super => Some((0, starts(text, 0))),
            Matcher::Nothing => Some((0, vec![0])),
            Matcher::Contains { needle, not } => contains(text, needle.as_bytes(), *not),
            Matcher::List { chars, not } => one(text, |rune| has(chars, rune) != *not),
            Matcher::Range { low, high, not } => one(text, |rune| within(*low, *high, rune) != *not),
            Matcher::Single(separators) => one(text, |rune| !has(separators, rune)),
            Matcher::Max(most) => {
                let ends = runes(text).take(*most).map(|(at, rune, _)| at + written(rune));
                Some((0, [0].into_iter().chain(ends).collect()))
            }
            Matcher::Min(least) => {
                let ends = runes(text).skip(least.saturating_sub(1)).map(|(at, rune, _)| at + written(rune));
                Some((0, ends.collect::<Vec<_>>())).filter(|(_, ends)| text.len() >= *least && !ends.is_empty())
            }
            Matcher::Prefix(prefix) => memmem::find(text, prefix.as_bytes()).map(|at| {
                let rest = text.get(at + prefix.len()..).unwrap_or_default();
                (at, ends(rest, prefix.len()))
            }),
            Matcher::PrefixAny(prefix, separators) => memmem::find(text, prefix.as_bytes()).map(|at| {
                let rest = text.get(at + prefix.len()..).unwrap_or_default();
                let end = index_any(rest, separators).unwrap_or(rest.len());
                (at, ends(rest.get(..end).unwrap_or_default(), prefix.len()))
            }),
            Matcher::PrefixSuffix(prefix, suffix) => prefix_suffix(text, prefix.as_bytes(), suffix.as_bytes()),
            Matcher::Suffix(suffix) => memmem::find(text, suffix.as_bytes()).map(|at| (0, vec![at + suffix.len()])),
            Matcher::SuffixAny(suffix, separators) => memmem::find(text, suffix.as_bytes()).map(|at| {
                let start = after_last(text.get(..at).unwrap_or_default(), separators);
                (start, vec![at + suffix.len() - start])
            }),
            Matcher::Text(own) => memmem::find(text, own.as_bytes()).map(|at| (at, vec![own.len()])),
        })
    }

    /// The first place of all alternatives, with the lengths of those that match there.
    fn find_any_of(&mut self, matchers: &[Matcher], span: Span) -> Answer<Found> {
        let mut best: Found = None;
        for matcher in matchers {
            let Some((at, lengths)) = self.find(matcher, span)? else {
                continue;
            };
            match &mut best {
                Some((known, _)) if at > *known => {}
                Some((known, merged)) if at == *known => {
                    merged.extend(lengths);
                    merged.sort_unstable();
                    merged.dedup();
                }
                _ => best = Some((at, lengths)),
            }
        }
        Ok(best)
    }

    /// The lengths that all matchers agree on; all of them match at the start.
    fn find_every(&mut self, matchers: &[Matcher], span: Span) -> Answer<Found> {
        let mut common: Option<Vec<usize>> = None;
        for matcher in matchers {
            let Some((_, lengths)) = self.find(matcher, span)? else {
                return Ok(None);
            };
            match &mut common {
                Some(common) => common.retain(|length| lengths.binary_search(length).is_ok()),
                None => common = Some(lengths),
            }
            if common.as_ref().is_some_and(Vec::is_empty) {
                return Ok(None);
            }
        }
        Ok(Some((0, common.unwrap_or_default())))
    }

    fn find_row(&mut self, matchers: &[Matcher], length: usize, (from, to): Span) -> Answer<Found> {
        for (at, ..) in runes(self.part((from, to))) {
            if to - from - at < length {
                break;
            }
            self.step(1)?;
            if self.row(matchers, (from + at, to))? {
                return Ok(Some((at, vec![length])));
            }
        }
        Ok(None)
    }
}

/// Where each character starts, and the end.
fn starts(text: &[u8], offset: usize) -> Vec<usize> {
    runes(text).map(|(at, ..)| offset + at).chain([offset + text.len()]).collect()
}

/// An offset, and where each character after it ends.
fn ends(text: &[u8], offset: usize) -> Vec<usize> {
    [offset].into_iter().chain(runes(text).map(|(at, rune, _)| offset + at + written(rune))).collect()
}

/// The first character that is wanted.
fn one(text: &[u8], wanted: impl Fn(u32) -> bool) -> Found {
    runes(text).find(|(_, rune, _)| wanted(*rune)).map(|(at, rune, _)| (at, vec![written(rune)]))
}

fn contains(text: &[u8], needle: &[u8], not: bool) -> Found {
    let at = memmem::find(text, needle);
    if not {
        return Some((0, starts(text.get(..at.unwrap_or(text.len())).unwrap_or_default(), 0)));
    }
    let offset = at? + needle.len();
    Some((0, starts(text.get(offset..).unwrap_or_default(), offset)))
}

fn prefix_suffix(text: &[u8], prefix: &[u8], suffix: &[u8]) -> Found {
    let at = memmem::find(text, prefix)?;
    let mut rest = text.get(at..)?;
    if suffix.is_empty() {
        return Some((at, vec![rest.len()]));
    }
    let mut lengths = Vec::new();
    while let Some(found) = memmem::rfind(rest, suffix) {
        lengths.push(found + suffix.len());
        rest = rest.get(..found)?;
    }
    lengths.reverse();
    (!lengths.is_empty()).then_some((at, lengths))
}

/// The place behind the last of the characters; the first of them that occurs counts, as in the library.
fn after_last(text: &[u8], chars: &[char]) -> usize {
    let last = |c: &char| match u8::try_from(*c) {
        Ok(byte) if byte.is_ascii() => memchr::memrchr(byte, text),
        _ => memmem::find(text, c.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    chars.iter().find_map(last).map_or(0, |at| at + 1)
}

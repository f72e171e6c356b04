//! Parts of a text.

use super::search::index;
use super::utf8::decode_rune;
use crate::unicode::is_space;

/// `strings.Split`.
pub fn split<'a>(text: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    split_n(text, separator, -1)
}

/// `strings.SplitN`: at most `count` parts, the last one unsplit; all for a negative count, none for 0. An empty
/// separator splits into characters.
pub fn split_n<'a>(text: &'a [u8], separator: &[u8], count: i64) -> Vec<&'a [u8]> {
    parts(text, separator, 0, count)
}

/// `strings.SplitAfter`: the separators stay at the ends of the parts.
pub fn split_after<'a>(text: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    parts(text, separator, separator.len(), -1)
}

fn parts<'a>(text: &'a [u8], separator: &[u8], kept: usize, count: i64) -> Vec<&'a [u8]> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    if limit == 0 {
        return found;
    }
    if separator.is_empty() {
        return characters(text, limit);
    }
    let mut rest = text;
    while found.len() + 1 < limit
        && let Some(at) = index(rest, separator)
    {
        found.push(rest.get(..at + kept).unwrap_or_default());
        rest = rest.get(at + separator.len()..).unwrap_or_default();
    }
    found.push(rest);
    found
}

fn characters(text: &[u8], limit: usize) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && found.len() + 1 < limit {
        let (character, tail) = rest.split_at(decode_rune(rest).1);
        found.push(character);
        rest = tail;
    }
    if !rest.is_empty() {
        found.push(rest);
    }
    found
}

/// `strings.Fields`: the words between blanks.
pub fn fields(text: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, rune, _) in super::utf8::runes(text) {
        match (is_space(rune), start) {
            (true, Some(from)) => {
                found.push(text.get(from..at).unwrap_or_default());
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    found.extend(start.and_then(|from| text.get(from..)));
    found
}

/// `strings.Cut`: what is before and after the first separator.
pub fn cut<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = index(text, separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

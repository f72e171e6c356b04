//! Classes of characters: `[a-z]`, and the names that stand within and outside of brackets: `[:alpha:]`, `\d`, `\pL`.

use super::class::Class;
use super::escape::{check_utf8, escape, next_rune};
use super::fault::{self, Code};
use super::named::{self, Named};
use crate::GoError;

type Parsed<T> = Result<T, GoError>;
/// What a name stands for and what follows it; nothing when no name stands there.
type Found<'p> = Option<(Named, &'p [u8])>;

/// Takes a class; `whole` starts with the bracket.
pub(super) fn class(whole: &[u8], fold: bool) -> Parsed<(Class, &[u8])> {
    let mut text = whole.get(1..).unwrap_or_default();
    let negated = text.first() == Some(&b'^');
    if negated {
        text = text.get(1..).unwrap_or_default();
    }
    let mut class = Class::default();
    let mut first = true;
    while first || text.first() != Some(&b']') {
        first = false;
        text = item(&mut class, text, whole, fold)?;
    }
    class.clean();
    if negated {
        class.negate();
    }
    Ok((class, text.get(1..).unwrap_or_default()))
}

/// Takes a named class, a character or a range.
fn item<'p>(class: &mut Class, text: &'p [u8], whole: &[u8], fold: bool) -> Parsed<&'p [u8]> {
    let mut found = posix_class(text)?;
    if found.is_none() {
        found = class_escape(text)?;
    }
    if let Some((named, rest)) = found {
        named.add_to(class, fold);
        return Ok(rest);
    }
    let (low, mut rest) = class_rune(text, whole)?;
    let mut high = low;
    if let [b'-', next, ..] = rest
        && *next != b']'
    {
        (high, rest) = class_rune(rest.get(1..).unwrap_or_default(), whole)?;
        if high < low {
            return Err(fault::up_to(Code::InvalidCharRange, text, rest));
        }
    }
    match fold {
        true => class.push_folded(low, high),
        false => class.push(low, high),
    }
    Ok(rest)
}

/// Takes `[:alpha:]` within a class.
fn posix_class(text: &[u8]) -> Parsed<Found<'_>> {
    let Some(inner) = text.strip_prefix(b"[:") else {
        return Ok(None);
    };
    let Some(end) = memchr::memmem::find(inner, b":]") else {
        return Ok(None);
    };
    let rest = inner.get(end + 2..).unwrap_or_default();
    match named::posix(inner.get(..end).unwrap_or_default()) {
        Some(named) => Ok(Some((named, rest))),
        None => Err(fault::up_to(Code::InvalidCharRange, text, rest)),
    }
}

/// Takes `\d` and its like, `\pN`, `\p{Name}`.
pub(super) fn class_escape(text: &[u8]) -> Parsed<Found<'_>> {
    match text {
        [b'\\', b'p' | b'P', ..] => unicode_class(text).map(Some),
        [b'\\', letter, rest @ ..] => Ok(named::perl(*letter).map(|named| (named, rest))),
        _ => Ok(None),
    }
}

fn unicode_class(text: &[u8]) -> Parsed<(Named, &[u8])> {
    let body = text.get(2..).unwrap_or_default();
    let (first, mut rest) = next_rune(body)?;
    let mut name = body.get(..body.len() - rest.len()).unwrap_or_default();
    if first == u32::from(b'{') {
        let Some(end) = memchr::memchr(b'}', body) else {
            check_utf8(text)?;
            return Err(fault::new(Code::InvalidCharRange, text));
        };
        name = body.get(1..end).unwrap_or_default();
        rest = body.get(end + 1..).unwrap_or_default();
        check_utf8(name)?;
    }
    let mut negated = text.get(1) == Some(&b'P');
    if let Some(plain) = name.strip_prefix(b"^") {
        negated = !negated;
        name = plain;
    }
    match named::unicode(name, negated) {
        Some(named) => Ok((named, rest)),
        None => Err(fault::up_to(Code::InvalidCharRange, text, rest)),
    }
}

fn class_rune<'p>(text: &'p [u8], whole: &[u8]) -> Parsed<(u32, &'p [u8])> {
    match text.first() {
        None => Err(fault::new(Code::MissingBracket, whole)),
        Some(b'\\') => escape(text),
        Some(_) => next_rune(text),
    }
}

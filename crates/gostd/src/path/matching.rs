//! Shell patterns (`path.Match`).

use crate::GoError;
use crate::strings::decode_rune;

/// Reports whether a whole name matches a pattern: `*` and `?` do not match `/`, `[a-z]` and `[^a-z]` one character.
///
/// Takes time in the product of both lengths at most: a star that fails is tried again only from the last star on.
///
/// # Errors
/// `syntax error in pattern`, wherever in the pattern the error is.
pub fn match_pattern(pattern: &[u8], name: &[u8]) -> Result<bool, GoError> {
    check(pattern)?;
    let (mut p, mut n) = (pattern, name);
    // Where to go on when what follows the last star does not match here.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        if let Some(after) = p.strip_prefix(b"*") {
            retry = Some((after, n));
            p = after;
            continue;
        }
        if p.is_empty() && n.is_empty() {
            return Ok(true);
        }
        if let Some((after_pattern, after_name)) = one(p, n) {
            (p, n) = (after_pattern, after_name);
            continue;
        }
        match retry {
            Some((after, from)) if from.first().is_some_and(|b| *b != b'/') => {
                retry = Some((after, &from[1..]));
                (p, n) = (after, &from[1..]);
            }
            _ => return Ok(false),
        }
    }
}

/// Matches one character of the name by the first element of a good pattern that is no star.
fn one<'a>(pattern: &'a [u8], name: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = *name.first()?;
    match pattern {
        [] => None,
        [b'?', rest @ ..] => (first != b'/').then(|| (rest, &name[decode_rune(name).1..])),
        [b'[', rest @ ..] => {
            let (rune, length) = decode_rune(name);
            let (matched, rest) = class(rest, rune)?;
            matched.then(|| (rest, &name[length..]))
        }
        [b'\\', byte, rest @ ..] | [byte, rest @ ..] => (*byte == first).then(|| (rest, &name[1..])),
    }
}

/// Reads a class behind its bracket; returns whether a character is in it, and what follows.
fn class(pattern: &[u8], rune: u32) -> Option<(bool, &[u8])> {
    let (negated, mut rest) = match pattern.strip_prefix(b"^") {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    let mut matched = false;
    let mut ranges = 0;
    loop {
        if let (Some(after), true) = (rest.strip_prefix(b"]"), ranges > 0) {
            return Some((matched != negated, after));
        }
        let (low, after) = class_char(rest)?;
        let (high, after) = match after.strip_prefix(b"-") {
            Some(after) => class_char(after)?,
            None => (low, after),
        };
        matched |= (low..=high).contains(&rune);
        rest = after;
        ranges += 1;
    }
}

fn class_char(pattern: &[u8]) -> Option<(u32, &[u8])> {
    let rest = match pattern {
        [] | [b'-' | b']', ..] => return None,
        [b'\\', rest @ ..] => rest,
        rest => rest,
    };
    if rest.is_empty() {
        return None;
    }
    let (rune, length) = decode_rune(rest);
    let after = &rest[length..];
    // A class must end; an invalid byte cannot be in one.
    let invalid = rune == 0xFFFD && length == 1;
    if invalid || after.is_empty() { None } else { Some((rune, after)) }
}

fn check(pattern: &[u8]) -> Result<(), GoError> {
    let bad = || GoError::new("syntax error in pattern");
    let mut rest = pattern;
    while let Some(byte) = rest.first() {
        rest = match byte {
            b'[' => class(&rest[1..], 0).ok_or_else(bad)?.1,
            b'\\' => rest.get(2..).ok_or_else(bad)?,
            _ => &rest[1..],
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::match_pattern;

    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, name, want) in [
            ("abc", "abc", Some(true)),
            ("*", "abc", Some(true)),
            ("*c", "abc", Some(true)),
            ("a*", "ab/c", Some(false)),
            ("a*/b", "a/c/b", Some(false)),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f", Some(true)),
            ("a*b?c*x", "abxbbxdbxebxczzy", Some(false)),
            ("ab[e-g]", "abc", Some(false)),
            ("ab[^e-g]", "abc", Some(true)),
            ("a\\*b", "a*b", Some(true)),
            ("[a-ζ]*", "α", Some(true)),
            ("a?b", "a/b", Some(false)),
            ("[-]", "-", None),
            ("[]a]", "]", None),
            ("[", "a", None),
            ("a[", "ab", None),
            ("[^]", "a", None),
            ("\\", "a", None),
        ] {
            assert_eq!(match_pattern(pattern.as_bytes(), name.as_bytes()).ok(), want, "{pattern} {name}");
        }
    }
}

//! Replacement texts: `$1`, `${name}`, `$$`, as `Regexp.Expand`.

use std::ops::Range;

use crate::strings::decode_rune;
use crate::unicode::{is_digit, is_letter};

/// A replacement text that was read once, to be written for each match.
pub(super) struct Template<'t>(Vec<Part<'t>>);

enum Part<'t> {
    Text(&'t [u8]),
    /// The groups that may stand here: the first one that matched is written.
    Groups(Vec<usize>),
}

impl<'t> Template<'t> {
    /// Text that stands for itself.
    pub(super) fn literal(text: &'t [u8]) -> Template<'t> {
        Template(vec![Part::Text(text)])
    }

    /// Reads a template; `names` are those of the groups, by number.
    pub(super) fn new(mut text: &'t [u8], names: &[String]) -> Template<'t> {
        let mut parts = Vec::new();
        while let Some(at) = memchr::memchr(b'$', text) {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            match (after.strip_prefix(b"$"), variable(after)) {
                (Some(rest), _) => {
                    parts.push(Part::Text(text.get(..at + 1).unwrap_or_default()));
                    text = rest;
                }
                (None, Some((name, rest))) => {
                    parts.extend([Part::Text(before), Part::Groups(groups(name, names))]);
                    text = rest;
                }
                (None, None) => {
                    parts.push(Part::Text(text.get(..at + 1).unwrap_or_default()));
                    text = after;
                }
            }
        }
        parts.push(Part::Text(text));
        Template(parts)
    }

    /// Tells whether the text refers to groups.
    pub(super) fn has_groups(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Groups(_)))
    }

    /// Writes the text for one match; `group` gives what a group matched.
    pub(super) fn write(&self, out: &mut Vec<u8>, source: &[u8], group: impl Fn(usize) -> Option<Range<usize>>) {
        for part in &self.0 {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Groups(numbers) => {
                    let matched = numbers.iter().find_map(|number| group(*number));
                    out.extend_from_slice(matched.and_then(|range| source.get(range)).unwrap_or_default());
                }
            }
        }
    }
}

/// Takes `name` or `{name}` of letters, digits and `_`, as long as possible.
fn variable(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (braced, text) = match text.strip_prefix(b"{") {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    let mut length = 0;
    loop {
        let (rune, width) = decode_rune(text.get(length..).unwrap_or_default());
        if !is_letter(rune) && !is_digit(rune) && rune != u32::from(b'_') {
            break;
        }
        length += width;
    }
    let (name, rest) = text.split_at_checked(length).filter(|(name, _)| !name.is_empty())?;
    match braced {
        true => Some((name, rest.strip_prefix(b"}")?)),
        false => Some((name, rest)),
    }
}

/// Finds the groups of a name; ASCII digits are a number, unless they start with a zero or are huge.
fn groups(name: &[u8], names: &[String]) -> Vec<usize> {
    let number = (name == b"0" || name.first() != Some(&b'0')).then(|| number(name)).flatten();
    match number {
        Some(number) => vec![number],
        None => (0..names.len()).filter(|i| names.get(*i).is_some_and(|known| known.as_bytes() == name)).collect(),
    }
}

fn number(name: &[u8]) -> Option<usize> {
    name.iter().try_fold(0usize, |n, byte| {
        (byte.is_ascii_digit() && n < 100_000_000).then(|| n * 10 + usize::from(byte - b'0'))
    })
}

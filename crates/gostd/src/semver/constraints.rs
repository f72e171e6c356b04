//! Constraints: their grammar.

use super::Version;
use super::check::{Constraint, Operator};
use super::version::suffix;
use crate::{GoError, strconv};

const MAX_LENGTH: usize = 512;
const MAX_GROUPS: usize = 32;

/// Alternatives (`||`) of conditions that hold together.
#[derive(Clone, Debug)]
pub struct Constraints {
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    constraints: Vec<Constraint>,
    /// Prereleases count only where a condition names one.
    with_prerelease: bool,
}

impl Constraints {
    /// Reads constraints.
    ///
    /// # Errors
    /// `improper constraint: "…"`, `constraint parser error`, or what says that the text is too long.
    pub fn new(text: &[u8]) -> Result<Constraints, GoError> {
        if text.len() > MAX_LENGTH {
            return Err(format!("constraint string is too long (max {MAX_LENGTH} bytes)").into());
        }
        let text = rewrite_ranges(text);
        let alternatives = split_alternatives(&text);
        if alternatives.len() > MAX_GROUPS {
            return Err(format!("too many constraint groups (max {MAX_GROUPS})").into());
        }
        let groups: Result<Vec<Group>, GoError> = alternatives.into_iter().map(group).collect();
        Ok(Constraints { groups: groups? })
    }

    /// Reports whether a version meets one of the alternatives.
    pub fn check(&self, version: &Version) -> bool {
        let met = |group: &Group| group.constraints.iter().all(|c| c.check(version, group.with_prerelease).is_ok());
        self.groups.iter().any(met)
    }

    /// Returns why a version meets none of the alternatives; nothing when it meets one.
    pub fn validate(&self, version: &Version) -> Vec<GoError> {
        let mut errors = Vec::new();
        let mut said = false;
        for group in &self.groups {
            let before = errors.len();
            let mut met = true;
            for constraint in &group.constraints {
                if !group.with_prerelease && !version.prerelease.is_empty() {
                    met = false;
                    if !said {
                        errors.push(super::check::prerelease_error(version));
                        said = true;
                    }
                } else if let Err(error) = constraint.check(version, group.with_prerelease) {
                    errors.push(error);
                }
            }
            if met && errors.len() == before {
                return Vec::new();
            }
        }
        errors
    }
}

fn split_alternatives(text: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"||") {
        parts.push(&rest[..at]);
        rest = &rest[at + 2..];
    }
    parts.push(rest);
    parts
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

fn skip_space(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|b| is_space(b)).count()..]
}

/// Reads conditions separated by white space or commas.
fn group(text: &[u8]) -> Result<Group, GoError> {
    let improper = || GoError::new(format!("improper constraint: {}", String::from_utf8_lossy(&strconv::quote(text))));
    let mut constraints = Vec::new();
    let mut rest = skip_space(text);
    loop {
        let (operator, after) = Operator::read(rest);
        let (version, after) = read_version(skip_space(after)).ok_or_else(improper)?;
        constraints.push(version.constraint(operator)?);
        rest = skip_space(after);
        if rest.is_empty() {
            break;
        }
        match rest.strip_prefix(b",") {
            Some(next) => rest = skip_space(next),
            None if rest.len() < after.len() => {}
            None => return Err(improper()),
        }
    }
    let with_prerelease = constraints.iter().any(|c| !c.version.prerelease.is_empty());
    Ok(Group { constraints, with_prerelease })
}

/// A version as constraints write it: with wild cards, and only as far as it matters.
struct Written<'a> {
    whole: &'a [u8],
    numbers: [&'a [u8]; 3],
    prerelease: &'a [u8],
}

fn read_version(text: &[u8]) -> Option<(Written<'_>, &[u8])> {
    let is_digit = |b: &u8| b.is_ascii_digit() || matches!(b, b'x' | b'X' | b'*' | b'|');
    let mut rest = text.strip_prefix(b"v").unwrap_or(text);
    let mut numbers: [&[u8]; 3] = [b"", b"", b""];
    for (at, number) in numbers.iter_mut().enumerate() {
        let body = if at == 0 { Some(rest) } else { rest.strip_prefix(b".") };
        let length = body.map_or(0, |body| body.iter().take_while(|b| is_digit(b)).count());
        match body {
            Some(body) if length > 0 => (*number, rest) = body.split_at(length),
            _ if at == 0 => return None,
            _ => break,
        }
    }
    let (prerelease, rest) = suffix(rest, b'-');
    let (_, rest) = suffix(rest, b'+');
    Some((Written { whole: &text[..text.len() - rest.len()], numbers, prerelease }, rest))
}

impl Written<'_> {
    fn constraint(&self, operator: Operator) -> Result<Constraint, GoError> {
        let is_open = |number: &[u8]| matches!(number, b"" | b"x" | b"X" | b"*");
        let open = self.numbers.iter().position(|number| is_open(number));
        let number = |at: usize| match open {
            Some(first) if at >= first => "0".into(),
            _ => String::from_utf8_lossy(self.numbers[at]),
        };
        let dash = if self.prerelease.is_empty() { "" } else { "-" };
        let prerelease = String::from_utf8_lossy(self.prerelease);
        let text = format!("{}.{}.{}{dash}{prerelease}", number(0), number(1), number(2));
        let version = Version::new(text.as_bytes()).map_err(|_| GoError::new("constraint parser error"))?;
        Ok(Constraint {
            operator,
            version,
            text: String::from_utf8_lossy(self.whole).into_owned(),
            dirty: open.is_some(),
            minor_dirty: open == Some(1),
            patch_dirty: open == Some(2),
        })
    }
}

/// Writes `1.2 - 2.0` as `>= 1.2, <= 2.0 `.
fn rewrite_ranges(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    'next: while !rest.is_empty() {
        for start in 0..rest.len() {
            if let Some((low, high, after)) = read_range(&rest[start..]) {
                out.extend_from_slice(&rest[..start]);
                out.extend_from_slice(&[b">= ", low, b", <= ", high, b" "].concat());
                rest = after;
                continue 'next;
            }
        }
        out.extend_from_slice(rest);
        break;
    }
    out
}

fn read_range(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (low, after) = read_version(skip_space(text))?;
    let dash = skip_space(after);
    let after_dash = dash.strip_prefix(b"-").filter(|_| dash.len() < after.len())?;
    let high = skip_space(after_dash);
    if high.len() == after_dash.len() {
        return None;
    }
    let (high, after) = read_version(high)?;
    Some((low.whole, high.whole, skip_space(after)))
}

//! Versions: lenient and strict reading, order, increments.

use std::cmp::Ordering;
use std::fmt;

use crate::{GoError, strconv};

/// Longest text that is read (`MaxVersionLen`).
const MAX_LENGTH: usize = 256;

/// A semantic version, with the text it was read from.
#[derive(Clone, Debug)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    /// Without the dash.
    pub prerelease: String,
    /// Without the plus.
    pub metadata: String,
    pub original: String,
    /// Go's type is `semver.Version` instead of a pointer to it: the result of an increment.
    pub(super) by_value: bool,
}

impl Version {
    /// Reads a version leniently, as `NewVersion`: a leading `v`, one or two numbers only, leading zeros.
    ///
    /// # Errors
    /// `invalid semantic version`, `version string is too long (max 256 bytes)`, `version segment starts with 0` and
    /// others of the library.
    pub fn new(text: &[u8]) -> Result<Version, GoError> {
        check_length(text)?;
        let invalid = || GoError::new("invalid semantic version");
        let (parts, rest) = loose(text).ok_or_else(invalid)?;
        if !rest.is_empty() {
            return Err(invalid());
        }
        let segment = |digits: &[u8]| match digits {
            [] => Ok(0),
            digits => strconv::parse_uint(digits, 10, 64)
                .map_err(|error| GoError::wrap(format!("error parsing version segment: {}", error.text), error)),
        };
        let [major, minor, patch] = parts.numbers;
        let version = Version {
            major: segment(major)?,
            minor: segment(minor)?,
            patch: segment(patch)?,
            prerelease: text_of(parts.prerelease),
            metadata: text_of(parts.metadata),
            original: text_of(text),
            by_value: false,
        };
        validate_prerelease(&version.prerelease)?;
        validate_metadata(&version.metadata)?;
        Ok(version)
    }

    /// Reads a version as the specification has it, as `StrictNewVersion`.
    pub fn strict(text: &[u8]) -> Result<Version, GoError> {
        if text.is_empty() {
            return Err("version string empty".into());
        }
        check_length(text)?;
        let whole = text_of(text);
        let parts: Vec<&str> = whole.splitn(3, '.').collect();
        let [major, minor, rest] = parts[..] else { return Err("invalid semantic version".into()) };
        let (rest, metadata) = rest.split_once('+').map_or((rest, None), |(rest, metadata)| (rest, Some(metadata)));
        let (patch, prerelease) = rest.split_once('-').map_or((rest, None), |(patch, pre)| (patch, Some(pre)));
        if let Some(metadata) = metadata {
            validate_parts(metadata, "invalid metadata string")?;
        }
        if let Some(prerelease) = prerelease {
            validate_parts(prerelease, "invalid prerelease string")?;
            validate_prerelease(prerelease)?;
        }
        for part in [major, minor, patch] {
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return Err("invalid characters in version".into());
            }
            if part.len() > 1 && part.starts_with('0') {
                return Err("version segment starts with 0".into());
            }
        }
        let number = |digits: &str| strconv::parse_uint(digits.as_bytes(), 10, 64);
        Ok(Version {
            major: number(major)?,
            minor: number(minor)?,
            patch: number(patch)?,
            prerelease: prerelease.unwrap_or_default().to_string(),
            metadata: metadata.unwrap_or_default().to_string(),
            original: whole,
            by_value: false,
        })
    }

    /// The order of the specification; metadata does not count.
    pub fn compare(&self, other: &Version) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| compare_prerelease(&self.prerelease, &other.prerelease))
    }

    /// Changes a copy, without prerelease and metadata unless `change` sets them, and gives it a new text.
    pub(super) fn changed(&self, change: impl FnOnce(&mut Version)) -> Version {
        let mut next = self.clone();
        change(&mut next);
        next.by_value = true;
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        next.original = format!("{prefix}{next}");
        next
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn check_length(text: &[u8]) -> Result<(), GoError> {
    if text.len() > MAX_LENGTH {
        return Err(format!("version string is too long (max {MAX_LENGTH} bytes)").into());
    }
    Ok(())
}

struct Loose<'a> {
    numbers: [&'a [u8]; 3],
    prerelease: &'a [u8],
    metadata: &'a [u8],
}

/// Reads `v?N(.N)?(.N)?(-pre)?(+meta)?` from the start of a text.
fn loose(text: &[u8]) -> Option<(Loose<'_>, &[u8])> {
    let mut rest = text.strip_prefix(b"v").unwrap_or(text);
    let mut numbers: [&[u8]; 3] = [b"", b"", b""];
    (numbers[0], rest) = run(rest, |b| b.is_ascii_digit());
    if numbers[0].is_empty() {
        return None;
    }
    for number in &mut numbers[1..] {
        let Some(after) = rest.strip_prefix(b".") else { break };
        let (digits, after) = run(after, |b| b.is_ascii_digit());
        if digits.is_empty() {
            break;
        }
        (*number, rest) = (digits, after);
    }
    let (prerelease, rest) = suffix(rest, b'-');
    let (metadata, rest) = suffix(rest, b'+');
    Some((Loose { numbers, prerelease, metadata }, rest))
}

fn run(text: &[u8], wanted: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|b| wanted(b)).count())
}

/// Reads dot-separated identifiers behind a mark.
pub(super) fn suffix(text: &[u8], mark: u8) -> (&[u8], &[u8]) {
    let Some(body) = text.strip_prefix(&[mark]) else { return (b"", text) };
    let mut end = 0;
    loop {
        let (identifier, _) = run(&body[end..], |b| b.is_ascii_alphanumeric() || *b == b'-');
        if identifier.is_empty() {
            // A dot without an identifier behind it is not part of the suffix.
            return if end == 0 { (b"", text) } else { body.split_at(end - 1) };
        }
        end += identifier.len();
        if body.get(end) != Some(&b'.') {
            return body.split_at(end);
        }
        end += 1;
    }
}

fn validate_parts(text: &str, error: &str) -> Result<(), GoError> {
    let good = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if text.split('.').all(good) { Ok(()) } else { Err(error.into()) }
}

pub(super) fn validate_prerelease(text: &str) -> Result<(), GoError> {
    if text.is_empty() {
        return Ok(());
    }
    for part in text.split('.') {
        if part.len() > 1 && part.starts_with('0') && part.bytes().all(|b| b.is_ascii_digit()) {
            return Err("version segment starts with 0".into());
        }
        validate_parts(part, "invalid prerelease string")?;
    }
    Ok(())
}

pub(super) fn validate_metadata(text: &str) -> Result<(), GoError> {
    if text.is_empty() { Ok(()) } else { validate_parts(text, "invalid metadata string") }
}

/// Orders prereleases; none comes after any.
pub(super) fn compare_prerelease(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    compare_parts(a, b)
}

/// Orders prereleases part by part, an empty one being one part without text.
pub(super) fn compare_parts(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let (x, y) = (left.next(), right.next());
        if x.is_none() && y.is_none() {
            return Ordering::Equal;
        }
        let order = compare_part(x.unwrap_or_default(), y.unwrap_or_default());
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers come before words; more parts come after fewer.
fn compare_part(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(x), Ok(y)) if x > y => Ordering::Greater,
        (Ok(_), Ok(_)) => Ordering::Less,
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

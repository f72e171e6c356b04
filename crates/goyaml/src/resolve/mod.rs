//! What a scalar is: go-yaml's resolver, of version 2 (reading, `toYaml`) and version 3 (`toYamlPretty`).

mod integer;
mod timestamp;

use crate::problem::Problem;
use integer::{parse_int, parse_prefixed, parse_uint};

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer above what `Int` holds.
    Uint(u64),
    Float(f64),
    Timestamp,
    String,
}

/// The tags that mean something; every other makes a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tag {
    None,
    String,
    Bool,
    Int,
    Float,
    Null,
    Timestamp,
    Binary,
    Merge,
    Other,
}

impl Tag {
    pub fn new(tag: &[u8]) -> Self {
        match tag.strip_prefix(b"tag:yaml.org,2002:") {
            None if tag.is_empty() => Tag::None,
            Some(b"str") => Tag::String,
            Some(b"bool") => Tag::Bool,
            Some(b"int") => Tag::Int,
            Some(b"float") => Tag::Float,
            Some(b"null") => Tag::Null,
            Some(b"timestamp") => Tag::Timestamp,
            Some(b"binary") => Tag::Binary,
            Some(b"merge") => Tag::Merge,
            _ => Tag::Other,
        }
    }

    fn short(self) -> &'static str {
        match self {
            Tag::None | Tag::Other => "",
            Tag::String => "!!str",
            Tag::Bool => "!!bool",
            Tag::Int => "!!int",
            Tag::Float => "!!float",
            Tag::Null => "!!null",
            Tag::Timestamp => "!!timestamp",
            Tag::Binary => "!!binary",
            Tag::Merge => "!!merge",
        }
    }
}

impl Resolved {
    fn tag(self) -> Tag {
        match self {
            Resolved::Null => Tag::Null,
            Resolved::Bool(_) => Tag::Bool,
            Resolved::Int(_) | Resolved::Uint(_) => Tag::Int,
            Resolved::Float(_) => Tag::Float,
            Resolved::Timestamp => Tag::Timestamp,
            Resolved::String => Tag::String,
        }
    }
}

/// Resolves the text of a scalar that has a tag.
///
/// # Errors
/// The text is not what its tag says.
pub(crate) fn resolve_tagged(tag: Tag, text: &[u8]) -> Result<Resolved, Problem> {
    let found = match tag {
        Tag::String | Tag::Binary | Tag::Merge | Tag::Other => return Ok(Resolved::String),
        _ => resolve(text),
    };
    // A tag other than !!timestamp does not look for one.
    let found = match found {
        Resolved::Timestamp if !matches!(tag, Tag::None | Tag::Timestamp) => Resolved::String,
        found => found,
    };
    match (tag, found) {
        (Tag::None, _) => Ok(found),
        (Tag::Float, Resolved::Int(int)) => Ok(Resolved::Float(int as f64)),
        _ if found.tag() == tag => Ok(found),
        _ => Err(Problem::plain(format!(
            "cannot decode {} `{}` as a {}",
            found.tag().short(),
            String::from_utf8_lossy(text),
            tag.short()
        ))),
    }
}

/// Resolves the text of a scalar without quotes and tag, as version 2 does.
pub(crate) fn resolve(text: &[u8]) -> Resolved {
    match text.first() {
        None | Some(b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => word(text),
        Some(b'.') => special_float(text).or_else(|| dot_float(text)).map_or(Resolved::String, Resolved::Float),
        Some(b'0'..=b'9') if timestamp::is_timestamp(text) => Resolved::Timestamp,
        Some(b'0'..=b'9' | b'+' | b'-') => number(text),
        _ => Resolved::String,
    }
}

/// Reports whether version 2 (or with `v3` version 3) reads the text back as a string when it stands without quotes.
pub(crate) fn is_plain_string(text: &[u8], v3: bool) -> bool {
    match resolve(text) {
        Resolved::String if v3 => text.first() != Some(&b'0') || parse_prefixed(&compact(text), b"0o", 8).is_none(),
        Resolved::String => true,
        // Version 3 has only true and false, and treats the others like the base 60 numbers: it quotes them all the same.
        _ => false,
    }
}

/// Reports whether version 2 reads a scalar without quotes and tag as text: not as a number, a time, a boolean or null.
pub fn is_text(text: &[u8]) -> bool {
    resolve(text) == Resolved::String
}

/// Returns the tag that version 3 gives to a scalar without quotes and tag, as `!!int`.
pub fn implicit_tag(text: &[u8]) -> &'static str {
    match resolve(text) {
        Resolved::Bool(_) if !matches!(text.to_ascii_lowercase().as_slice(), b"true" | b"false") => "!!str",
        Resolved::String if !is_plain_string(text, true) => "!!int",
        resolved => resolved.tag().short(),
    }
}

fn word(text: &[u8]) -> Resolved {
    match text {
        b"" | b"~" | b"null" | b"Null" | b"NULL" => Resolved::Null,
        b"y" | b"Y" | b"yes" | b"Yes" | b"YES" | b"true" | b"True" | b"TRUE" | b"on" | b"On" | b"ON" => {
            Resolved::Bool(true)
        }
        b"n" | b"N" | b"no" | b"No" | b"NO" | b"false" | b"False" | b"FALSE" | b"off" | b"Off" | b"OFF" => {
            Resolved::Bool(false)
        }
        _ => Resolved::String,
    }
}

fn number(text: &[u8]) -> Resolved {
    if let Some(float) = special_float(text) {
        return Resolved::Float(float);
    }
    // Whatever it is, it starts with a digit, after at most a sign and a point; a quick way out for `-x` and `--flag`.
    if text.get(1).is_none_or(|b| b.is_ascii_alphabetic() || *b == b'-') && !text[0].is_ascii_digit() {
        return Resolved::String;
    }
    let compact = compact(text);
    if let Some(int) = parse_int(&compact, 0) {
        return Resolved::Int(int);
    }
    if let Some(uint) = parse_uint(&compact, 0) {
        return Resolved::Uint(uint);
    }
    if let Some(float) = decimal_float(&compact) {
        return Resolved::Float(float);
    }
    parse_prefixed(&compact, b"0b", 2).unwrap_or(Resolved::String)
}

/// Returns the text without `_`, which go-yaml allows anywhere in a number.
fn compact(text: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if text.contains(&b'_') {
        return text.iter().copied().filter(|b| *b != b'_').collect::<Vec<u8>>().into();
    }
    text.into()
}

fn special_float(text: &[u8]) -> Option<f64> {
    match text {
        b".nan" | b".NaN" | b".NAN" => Some(f64::NAN),
        b".inf" | b".Inf" | b".INF" | b"+.inf" | b"+.Inf" | b"+.INF" => Some(f64::INFINITY),
        b"-.inf" | b"-.Inf" | b"-.INF" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Parses `.5`, which goes to Go's ParseFloat as it is: `_` may stand between digits.
fn dot_float(text: &[u8]) -> Option<f64> {
    let misplaced = |i: usize| {
        let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
        text[i] == b'_' && !(digit(i.checked_sub(1).and_then(|i| text.get(i))) && digit(text.get(i + 1)))
    };
    if text.contains(&b'_') && (0..text.len()).any(misplaced) {
        return None;
    }
    decimal_float(&compact(text))
}

/// Parses a float of the form `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`; none when it is out of range.
fn decimal_float(text: &[u8]) -> Option<f64> {
    let unsigned = text.strip_prefix(b"+").or(text.strip_prefix(b"-")).unwrap_or(text);
    let digits = |s: &[u8]| s.iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if whole + length == 0 {
            return None;
        }
        rest = &fraction[length..];
    } else if whole == 0 {
        return None;
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or(rest.strip_prefix(b"E")) {
        let exponent = exponent.strip_prefix(b"+").or(exponent.strip_prefix(b"-")).unwrap_or(exponent);
        if exponent.is_empty() || digits(exponent) < exponent.len() {
            return None;
        }
    } else if !rest.is_empty() {
        return None;
    }
    let float: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    float.is_finite().then_some(float)
}

/// Reports the YAML 1.1 notation of base 60 numbers, `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`: not read, but quoted.
pub(crate) fn is_base60(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"+").or(text.strip_prefix(b"-")).unwrap_or(text);
    let mut parts = text.split(|b| *b == b':');
    let digits = |s: &[u8]| s.iter().all(|b| b.is_ascii_digit() || *b == b'_');
    let Some(first) = parts.next() else { return false };
    if !first.first().is_some_and(u8::is_ascii_digit) || !digits(first) {
        return false;
    }
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return false;
    }
    while let Some(mut part) = parts.next() {
        if parts.peek().is_none()
            && let Some(dot) = part.iter().position(|b| *b == b'.')
        {
            if !digits(&part[dot + 1..]) {
                return false;
            }
            part = &part[..dot];
        }
        if !matches!(part, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']) {
            return false;
        }
    }
    true
}

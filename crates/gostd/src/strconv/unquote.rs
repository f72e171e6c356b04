//! Go string and character literals to the text they stand for.

use crate::GoError;
use crate::strings::{append_rune, decode_rune, valid_rune};

/// One character of a literal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unquoted<'a> {
    /// The character, or the byte of `\x` and octal escapes.
    pub value: u32,
    /// Whether it is written as UTF-8; otherwise as the single byte.
    pub multibyte: bool,
    pub tail: &'a [u8],
}

fn syntax() -> GoError {
    GoError::new("invalid syntax")
}

/// `strconv.UnquoteChar`: `quote` is the quote that must be escaped, `'` or `"`, or 0.
///
/// # Errors
/// `invalid syntax`.
pub fn unquote_char(text: &[u8], quote: u8) -> Result<Unquoted<'_>, GoError> {
    next_char(text, quote).ok_or_else(syntax)
}

fn next_char(text: &[u8], quote: u8) -> Option<Unquoted<'_>> {
    match text {
        [] => None,
        [first, ..] if *first == quote && matches!(quote, b'\'' | b'"') => None,
        [first, ..] if *first >= 0x80 => {
            let (value, width) = decode_rune(text);
            Some(Unquoted { value, multibyte: true, tail: text.get(width..)? })
        }
        [b'\\', kind, tail @ ..] => escape(*kind, tail, quote),
        [b'\\'] => None,
        [first, tail @ ..] => Some(Unquoted { value: u32::from(*first), multibyte: false, tail }),
    }
}

fn escape(kind: u8, tail: &[u8], quote: u8) -> Option<Unquoted<'_>> {
    let plain = |value: u32| Some(Unquoted { value, multibyte: false, tail });
    match kind {
        b'a' => plain(0x07),
        b'b' => plain(0x08),
        b'f' => plain(0x0C),
        b'n' => plain(0x0A),
        b'r' => plain(0x0D),
        b't' => plain(0x09),
        b'v' => plain(0x0B),
        b'\\' => plain(u32::from(b'\\')),
        b'\'' | b'"' if kind == quote => plain(u32::from(kind)),
        b'x' => numeric(tail, 2, 16).map(|(value, tail)| Unquoted { value, multibyte: false, tail }),
        b'u' => unicode(tail, 4),
        b'U' => unicode(tail, 8),
        b'0'..=b'7' => {
            let (value, tail) = numeric(tail, 2, 8)?;
            let value = u32::from(kind - b'0') << 6 | value;
            (value <= 255).then_some(Unquoted { value, multibyte: false, tail })
        }
        _ => None,
    }
}

fn unicode(tail: &[u8], count: usize) -> Option<Unquoted<'_>> {
    let (value, tail) = numeric(tail, count, 16)?;
    valid_rune(value).then_some(Unquoted { value, multibyte: true, tail })
}

fn numeric(text: &[u8], count: usize, base: u32) -> Option<(u32, &[u8])> {
    let (digits, tail) = text.split_at_checked(count)?;
    let value = digits.iter().try_fold(0u32, |value, b| {
        let digit = char::from(*b).to_digit(base)?;
        Some(value.wrapping_mul(base).wrapping_add(digit))
    })?;
    Some((value, tail))
}

/// `strconv.Unquote`: a Go literal in `"`, `'` (one character) or backquotes.
///
/// # Errors
/// `invalid syntax`.
pub fn unquote(text: &[u8]) -> Result<Vec<u8>, GoError> {
    whole(text).ok_or_else(syntax)
}

fn whole(text: &[u8]) -> Option<Vec<u8>> {
    let (&quote, rest) = text.split_first()?;
    match quote {
        b'`' => {
            let (b'`', body) = rest.split_last()? else {
                return None;
            };
            (!body.contains(&b'`')).then(|| body.iter().copied().filter(|b| *b != b'\r').collect())
        }
        b'"' | b'\'' => quoted(rest, quote),
        _ => None,
    }
}

fn quoted(mut rest: &[u8], quote: u8) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rest.len());
    while *rest.first()? != quote {
        if rest.first() == Some(&b'\n') {
            return None;
        }
        let next = next_char(rest, quote)?;
        match next.multibyte {
            true => append_rune(&mut out, next.value),
            false => out.push(next.value as u8),
        }
        rest = next.tail;
        if quote == b'\'' {
            break;
        }
    }
    (rest == [quote]).then_some(out)
}

//! Single characters of a pattern: UTF-8, and escapes that stand for one character.

use super::fault::{self, Code};
use crate::GoError;
use crate::strings::decode_rune;
use crate::unicode::MAX_RUNE;

type Parsed<'p> = Result<(u32, &'p [u8]), GoError>;

/// Takes one character; at the end of the text it is U+FFFD and takes nothing, as in Go.
pub(super) fn next_rune(text: &[u8]) -> Parsed<'_> {
    match decode_rune(text) {
        (0xFFFD, 1) => Err(fault::new(Code::InvalidUtf8, text)),
        (rune, width) => Ok((rune, text.get(width..).unwrap_or_default())),
    }
}

/// Fails at the first byte that is no UTF-8.
pub(super) fn check_utf8(mut text: &[u8]) -> Result<(), GoError> {
    while !text.is_empty() {
        text = next_rune(text)?.1;
    }
    Ok(())
}

/// Takes an escape; `text` starts with the backslash.
pub(super) fn escape(text: &[u8]) -> Parsed<'_> {
    let rest = text.get(1..).unwrap_or_default();
    if rest.is_empty() {
        return Err(fault::new(Code::TrailingBackslash, b""));
    }
    let (rune, rest) = next_rune(rest)?;
    let simple = match u8::try_from(rune) {
        Ok(b'0') => return Ok(octal(rune, rest)),
        Ok(b'1'..=b'7') if rest.first().is_some_and(|b| matches!(b, b'0'..=b'7')) => return Ok(octal(rune, rest)),
        Ok(b'x') => return hexadecimal(text, rest),
        Ok(b'a') => 0x07,
        Ok(b'f') => 0x0C,
        Ok(b'n') => 0x0A,
        Ok(b'r') => 0x0D,
        Ok(b't') => 0x09,
        Ok(b'v') => 0x0B,
        Ok(byte) if byte.is_ascii() && !byte.is_ascii_alphanumeric() => rune,
        _ => return Err(invalid(text, rest)),
    };
    Ok((simple, rest))
}

fn invalid(text: &[u8], rest: &[u8]) -> GoError {
    fault::up_to(Code::InvalidEscape, text, rest)
}

/// Up to three octal digits, the first of which is taken.
fn octal(first: u32, mut rest: &[u8]) -> (u32, &[u8]) {
    let mut rune = first - u32::from(b'0');
    for _ in 0..2 {
        let Some((digit @ b'0'..=b'7', tail)) = rest.split_first() else {
            break;
        };
        rune = rune * 8 + u32::from(digit - b'0');
        rest = tail;
    }
    (rune, rest)
}

fn hexadecimal<'p>(text: &'p [u8], rest: &'p [u8]) -> Parsed<'p> {
    if rest.is_empty() {
        return Err(invalid(text, rest));
    }
    let (first, rest) = next_rune(rest)?;
    if first == u32::from(b'{') {
        return braced(text, rest);
    }
    let (second, rest) = next_rune(rest)?;
    match (digit(first), digit(second)) {
        (Some(high), Some(low)) => Ok((high * 16 + low, rest)),
        _ => Err(invalid(text, rest)),
    }
}

/// Any number of digits up to `}`.
fn braced<'p>(text: &'p [u8], mut rest: &'p [u8]) -> Parsed<'p> {
    let mut found = None;
    while !rest.is_empty() {
        let (rune, tail) = next_rune(rest)?;
        rest = tail;
        if rune == u32::from(b'}') {
            return found.map(|rune| (rune, rest)).ok_or_else(|| invalid(text, rest));
        }
        let Some(digit) = digit(rune) else {
            break;
        };
        let value = found.unwrap_or(0) * 16 + digit;
        if value > MAX_RUNE {
            break;
        }
        found = Some(value);
    }
    Err(invalid(text, rest))
}

fn digit(rune: u32) -> Option<u32> {
    char::from_u32(rune).and_then(|c| c.to_digit(16))
}

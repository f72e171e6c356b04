//! Text to integers.

use super::Fault;
use crate::GoError;

/// `strconv.ParseInt`; `bits` 0 means 64.
///
/// # Errors
/// `strconv.ParseInt: parsing "x": invalid syntax`, `value out of range`, `invalid base`, `invalid bit size`.
pub fn parse_int(text: &[u8], base: u32, bits: u32) -> Result<i64, GoError> {
    match parse_int_saturating(text, base, bits) {
        (number, None) => Ok(number),
        (_, Some(fault)) => Err(fault.error("ParseInt", text)),
    }
}

/// `strconv.ParseUint`; `bits` 0 means 64.
///
/// # Errors
/// As [`parse_int`], with `strconv.ParseUint`.
pub fn parse_uint(text: &[u8], base: u32, bits: u32) -> Result<u64, GoError> {
    match parse_uint_saturating(text, base, bits) {
        (number, None) => Ok(number),
        (_, Some(fault)) => Err(fault.error("ParseUint", text)),
    }
}

/// `strconv.Atoi`.
///
/// # Errors
/// `strconv.Atoi: parsing "x": invalid syntax` or `value out of range`.
pub fn atoi(text: &[u8]) -> Result<i64, GoError> {
    match parse_int_saturating(text, 10, 64) {
        (number, None) => Ok(number),
        (_, Some(fault)) => Err(fault.error("Atoi", text)),
    }
}

/// Both results of `strconv.ParseInt`: the nearest number when out of range, 0 for other faults.
pub fn parse_int_saturating(text: &[u8], base: u32, bits: u32) -> (i64, Option<Fault>) {
    let (negative, digits) = match text.split_first() {
        None => return (0, Some(Fault::Syntax)),
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        Some(_) => (false, text),
    };
    let (number, fault) = parse_uint_saturating(digits, base, bits);
    if fault.is_some_and(|f| f != Fault::Range) {
        return (0, fault);
    }
    let limit = 1u64 << (if bits == 0 { 64 } else { bits } - 1);
    match negative {
        false if number >= limit => ((limit - 1) as i64, Some(Fault::Range)),
        true if number > limit => ((limit as i64).wrapping_neg(), Some(Fault::Range)),
        false => (number as i64, None),
        true => ((number as i64).wrapping_neg(), None),
    }
}

/// Both results of `strconv.ParseUint`: the largest number when out of range, 0 for other faults.
pub fn parse_uint_saturating(text: &[u8], base: u32, bits: u32) -> (u64, Option<Fault>) {
    if text.is_empty() {
        return (0, Some(Fault::Syntax));
    }
    let Some((radix, digits)) = radix(text, base) else {
        return (0, Some(Fault::Base(base)));
    };
    let max = match bits {
        0 | 64 => u64::MAX,
        1..64 => (1 << bits) - 1,
        _ => return (0, Some(Fault::BitSize(bits))),
    };
    let mut number = 0u64;
    let mut underscores = false;
    for &byte in digits {
        if byte == b'_' && base == 0 {
            underscores = true;
            continue;
        }
        let Some(digit) = char::from(byte).to_digit(36).filter(|d| *d < radix) else {
            return (0, Some(Fault::Syntax));
        };
        let next = number.checked_mul(u64::from(radix)).and_then(|n| n.checked_add(u64::from(digit)));
        // Go stops at the first digit that is too much, before it has seen a wrong one behind it.
        match next {
            Some(next) if next <= max => number = next,
            _ => return (max, Some(Fault::Range)),
        }
    }
    match underscores && !underscores_separate_digits(text) {
        true => (0, Some(Fault::Syntax)),
        false => (number, None),
    }
}

/// Finds the base and the digits behind its prefix; `None` for a base that is none.
fn radix(text: &[u8], base: u32) -> Option<(u32, &[u8])> {
    match (base, text) {
        (2..=36, _) => Some((base, text)),
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => Some((2, rest)),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => Some((8, rest)),
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => Some((16, rest)),
        (0, [b'0', rest @ ..]) => Some((8, rest)),
        (0, _) => Some((10, text)),
        _ => None,
    }
}

/// Reports whether each underscore stands between digits, or between a base prefix and a digit.
pub(super) fn underscores_separate_digits(text: &[u8]) -> bool {
    #[derive(PartialEq)]
    enum Saw {
        Start,
        Digit,
        Underscore,
        Other,
    }
    let text = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let (mut saw, hex, rest) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (Saw::Digit, true, rest),
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (Saw::Digit, false, rest),
        _ => (Saw::Start, false, text),
    };
    for byte in rest {
        let digit = byte.is_ascii_digit() || hex && byte.is_ascii_hexdigit();
        saw = match byte {
            _ if digit => Saw::Digit,
            b'_' if saw == Saw::Digit => Saw::Underscore,
            b'_' => return false,
            _ if saw == Saw::Underscore => return false,
            _ => Saw::Other,
        };
    }
    saw != Saw::Underscore
}

//! Integers as Go's strconv reads them, without its error values: most texts that start with a digit are no integers.

use super::Resolved;

/// Parses like `strconv.ParseInt(text, base, 64)`; base 0 takes it from the prefix. No underscores.
pub(super) fn parse_int(text: &[u8], base: u32) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let magnitude = parse_uint(digits, base)?;
    match negative {
        true if magnitude <= 1 << 63 => Some((magnitude as i64).wrapping_neg()),
        false => i64::try_from(magnitude).ok(),
        true => None,
    }
}

/// Parses like `strconv.ParseUint(text, base, 64)`.
pub(super) fn parse_uint(text: &[u8], base: u32) -> Option<u64> {
    let (base, digits) = match (base, text) {
        (0, [b'0', b'x' | b'X', digits @ ..]) if !digits.is_empty() => (16, digits),
        (0, [b'0', b'o' | b'O', digits @ ..]) if !digits.is_empty() => (8, digits),
        (0, [b'0', b'b' | b'B', digits @ ..]) if !digits.is_empty() => (2, digits),
        (0, [b'0', _, ..]) => (8, &text[1..]),
        (0, _) => (10, text),
        _ => (base, text),
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| {
        let digit = char::from(*digit).to_digit(base)?;
        value.checked_mul(u64::from(base))?.checked_add(u64::from(digit))
    })
}

/// Parses what follows a prefix, where go-yaml allows a second sign: `0b-1` is -1.
pub(super) fn parse_prefixed(text: &[u8], prefix: &[u8], base: u32) -> Option<Resolved> {
    let digits = text.strip_prefix(prefix)?;
    parse_int(digits, base).map(Resolved::Int).or_else(|| parse_uint(digits, base).map(Resolved::Uint))
}

//! Floating point to text.
//!
//! Digits come from Rust's own formatting, which like Go's is shortest and exact, rounding half to even; the layout is
//! Go's.

use std::fmt::{self, Write as _};

use super::ftoa_hex::{append_binary, append_hex};

/// Digits past these are all 0: the longest exact form of a `f64` has 767 of them, and 1074 after the point.
const DIGITS_LIMIT: usize = 800;
const DIGITS_ROOM: usize = DIGITS_LIMIT + 8;
const FRACTION_LIMIT: usize = 1100;
/// Room for the longest `{:.1100}`: 309 digits, a point, the fraction.
const TEXT_LIMIT: usize = 1500;

/// `strconv.FormatFloat`: `format` is one of `e E f g G b x X`, `precision` -1 asks for the shortest exact form, `bits`
/// is 32 or 64. Another format gives `%` and that byte, as Go does.
pub fn format_float(number: f64, format: u8, precision: i32, bits: u32) -> String {
    let mut out = Vec::with_capacity(24);
    append_float(&mut out, number, format, precision, bits);
    String::from_utf8(out).unwrap_or_default()
}

/// `strconv.AppendFloat`, see [`format_float`].
pub fn append_float(out: &mut Vec<u8>, number: f64, format: u8, precision: i32, bits: u32) {
    let number = if bits == 32 { f64::from(number as f32) } else { number };
    if number.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if number.is_infinite() {
        return out.extend_from_slice(if number > 0.0 { b"+Inf" } else { b"-Inf" });
    }
    match (format, usize::try_from(precision)) {
        (b'b', _) => append_binary(out, number, bits),
        (b'x' | b'X', _) => append_hex(out, number, format, precision, bits),
        (b'e' | b'E' | b'f' | b'g' | b'G', Err(_)) => append_shortest(out, number, format, bits),
        (b'f', Ok(precision)) => append_fixed(out, number, precision),
        (b'e' | b'E', Ok(precision)) => append_scientific(out, number, format, precision),
        (b'g' | b'G', Ok(precision)) => append_general(out, number, format, precision.max(1)),
        _ => out.extend_from_slice(&[b'%', format]),
    }
}

fn sign(out: &mut Vec<u8>, number: f64) {
    if number.is_sign_negative() {
        out.push(b'-');
    }
}

fn append_shortest(out: &mut Vec<u8>, number: f64, format: u8, bits: u32) {
    let mut room = Text::new();
    let digits = Digits::shortest(number, bits, &mut room);
    sign(out, number);
    let fraction = digits.text.len().saturating_sub(1);
    match format {
        b'f' => append_plain_form(out, &digits),
        // For the shortest form the choice is made as if the precision were 6.
        b'g' | b'G' if (-3..=6).contains(&digits.point) => append_plain_form(out, &digits),
        b'g' | b'G' => append_exponent_form(out, &digits, fraction, format - 2),
        _ => append_exponent_form(out, &digits, fraction, format),
    }
}

fn append_scientific(out: &mut Vec<u8>, number: f64, format: u8, precision: usize) {
    let mut room = Text::new();
    let digits = Digits::rounded(number, precision.saturating_add(1), &mut room);
    sign(out, number);
    append_exponent_form(out, &digits, precision, format);
}

/// `%g` with a precision: that many significant digits, without trailing zeros.
fn append_general(out: &mut Vec<u8>, number: f64, format: u8, precision: usize) {
    let mut room = Text::new();
    let digits = Digits::rounded(number, precision, &mut room);
    sign(out, number);
    let count = digits.text.len();
    let point = digits.point;
    let whole = usize::try_from(point).unwrap_or(0);
    let limit = if precision > count && count >= whole { count } else { precision };
    if point - 1 < -4 || point > i32::try_from(limit).unwrap_or(i32::MAX) {
        append_exponent_form(out, &digits, precision.min(count).saturating_sub(1), format - 2);
    } else {
        append_plain_form(out, &digits);
    }
}

fn append_fixed(out: &mut Vec<u8>, number: f64, precision: usize) {
    let mut text = Text::<TEXT_LIMIT>::new();
    let exact = precision.min(FRACTION_LIMIT);
    let _ = write!(text, "{number:.exact$}");
    out.extend_from_slice(text.bytes());
    out.resize(out.len() + (precision - exact), b'0');
}

/// Writes `d.ddde±dd` with so many digits behind the point.
fn append_exponent_form(out: &mut Vec<u8>, digits: &Digits, fraction: usize, letter: u8) {
    let (first, rest) = digits.text.split_first().unwrap_or((&b'0', &[]));
    out.push(*first);
    if fraction > 0 {
        out.push(b'.');
        let shown = rest.get(..fraction).unwrap_or(rest);
        out.extend_from_slice(shown);
        out.resize(out.len() + (fraction - shown.len()), b'0');
    }
    let exponent = if digits.text.is_empty() { 0 } else { digits.point - 1 };
    out.push(letter);
    out.push(if exponent < 0 { b'-' } else { b'+' });
    if exponent.abs() < 10 {
        out.push(b'0');
    }
    super::append_uint(out, u64::from(exponent.unsigned_abs()), 10);
}

/// Writes all digits without an exponent.
fn append_plain_form(out: &mut Vec<u8>, digits: &Digits) {
    let text = digits.text;
    let whole = usize::try_from(digits.point).unwrap_or(0);
    match text.get(..whole) {
        Some(b"") => out.push(b'0'),
        Some(front) => out.extend_from_slice(front),
        None => {
            out.extend_from_slice(text);
            out.resize(out.len() + (whole - text.len()), b'0');
        }
    }
    let behind = text.get(whole..).unwrap_or_default();
    if !behind.is_empty() {
        let leading = usize::try_from(-digits.point).unwrap_or(0);
        out.push(b'.');
        out.resize(out.len() + leading, b'0');
        out.extend_from_slice(behind);
    }
}

/// Significant digits without trailing zeros, and where the point is: `0.ddd × 10^point`. Zero has no digits.
struct Digits<'a> {
    text: &'a [u8],
    point: i32,
}

impl<'a> Digits<'a> {
    /// The fewest digits that give the number back.
    fn shortest(number: f64, bits: u32, room: &'a mut Text<32>) -> Self {
        // The numbers of most charts are whole: their own digits are the shortest.
        let exact_limit = if bits == 32 { 1u64 << 24 } else { 1 << 53 };
        let whole = number.abs() as u64;
        if whole < exact_limit && whole as f64 == number.abs() {
            return Digits::whole(whole, room);
        }
        let _ = match bits {
            32 => write!(room, "{:e}", number.abs() as f32),
            _ => write!(room, "{:e}", number.abs()),
        };
        Digits::read(room.bytes_mut())
    }

    fn whole(number: u64, room: &'a mut Text<32>) -> Self {
        if number == 0 {
            return Digits { text: b"", point: 0 };
        }
        let _ = write!(room, "{number}");
        let text = room.bytes();
        Digits { text: without_zeros(text), point: text.len() as i32 }
    }

    /// So many digits, correctly rounded.
    fn rounded(number: f64, count: usize, room: &'a mut Text<DIGITS_ROOM>) -> Self {
        let fraction = count.clamp(1, DIGITS_LIMIT) - 1;
        let _ = write!(room, "{:.fraction$e}", number.abs());
        Digits::read(room.bytes_mut())
    }

    /// Reads Rust's `d.ddde-dd`, closing the gap of the point in place.
    fn read(text: &'a mut [u8]) -> Self {
        let end = text.iter().position(|b| *b == b'e').unwrap_or(text.len());
        let exponent = text.get(end + 1..).and_then(|t| std::str::from_utf8(t).ok()).and_then(|t| t.parse().ok());
        let has_point = text.get(1) == Some(&b'.');
        if has_point {
            text.copy_within(2..end, 1);
        }
        let text = text.get(..end - usize::from(has_point)).unwrap_or_default();
        match without_zeros(text) {
            b"" => Digits { text: b"", point: 0 },
            digits => Digits { text: digits, point: exponent.unwrap_or(0) + 1 },
        }
    }
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let len = digits.iter().rposition(|b| *b != b'0').map_or(0, |last| last + 1);
    digits.get(..len).unwrap_or_default()
}

/// A buffer on the stack; what does not fit is an error.
struct Text<const ROOM: usize> {
    bytes: [u8; ROOM],
    len: usize,
}

impl<const ROOM: usize> Text<ROOM> {
    fn new() -> Self {
        Text { bytes: [0; ROOM], len: 0 }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

impl<const ROOM: usize> fmt::Write for Text<ROOM> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

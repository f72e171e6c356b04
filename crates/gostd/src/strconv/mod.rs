//! Go's `strconv`: numbers and quoted strings to text and back, with its error texts.

mod atof;
mod atoi;
mod ftoa;
mod ftoa_hex;
mod quote;
mod unquote;

pub use atof::{parse_float, parse_float_saturating};
pub use atoi::{atoi, parse_int, parse_int_saturating, parse_uint, parse_uint_saturating};
pub use ftoa::{append_float, format_float};
pub use quote::{
    append_quote, append_quote_ascii, append_quote_rune, append_quote_rune_ascii, can_backquote, quote, quote_ascii,
    quote_rune, quote_rune_ascii,
};
pub use unquote::{Unquoted, unquote, unquote_char};

use crate::GoError;

/// Why a text is no number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    Syntax,
    Range,
    Base(u32),
    BitSize(u32),
}

impl Fault {
    /// Returns the error that `strconv.FUNCTION` gives for this text: `strconv.Atoi: parsing "x": invalid syntax`.
    pub fn error(self, function: &str, text: &[u8]) -> GoError {
        let reason = match self {
            Fault::Syntax => "invalid syntax".to_owned(),
            Fault::Range => "value out of range".to_owned(),
            Fault::Base(base) => format!("invalid base {base}"),
            Fault::BitSize(bits) => format!("invalid bit size {bits}"),
        };
        let quoted = quote(text);
        let quoted = String::from_utf8_lossy(&quoted);
        GoError::wrap(format!("strconv.{function}: parsing {quoted}: {reason}"), GoError::new(reason))
    }
}

/// `strconv.ParseBool`.
///
/// # Errors
/// `strconv.ParseBool: parsing "x": invalid syntax`.
pub fn parse_bool(text: &[u8]) -> Result<bool, GoError> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Ok(true),
        b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Ok(false),
        _ => Err(Fault::Syntax.error("ParseBool", text)),
    }
}

/// `strconv.FormatInt` for bases 2 to 36 (another base counts as 10).
pub fn format_int(number: i64, base: u32) -> String {
    let mut out = Vec::with_capacity(20);
    if number < 0 {
        out.push(b'-');
    }
    append_uint(&mut out, number.unsigned_abs(), base);
    String::from_utf8(out).unwrap_or_default()
}

/// `strconv.AppendInt` in base 10.
pub fn append_int(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    append_decimal(out, number.unsigned_abs());
}

/// `strconv.AppendUint` for bases 2 to 36 (another base counts as 10).
pub fn append_uint(out: &mut Vec<u8>, number: u64, base: u32) {
    match base {
        2..=9 | 11..=36 => append_digits(out, number, u64::from(base)),
        _ => append_decimal(out, number),
    }
}

/// The hot one: the compiler turns divisions by a constant into multiplications.
fn append_decimal(out: &mut Vec<u8>, number: u64) {
    append_digits(out, number, 10);
}

#[inline(always)]
fn append_digits(out: &mut Vec<u8>, mut number: u64, base: u64) {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut buffer = [0u8; 64];
    let mut start = buffer.len();
    for slot in buffer.iter_mut().rev() {
        *slot = DIGITS.get((number % base) as usize).copied().unwrap_or(b'0');
        number /= base;
        start -= 1;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(buffer.get(start..).unwrap_or_default());
}

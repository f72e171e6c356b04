//! Integers, floating point and complex numbers by their verbs: `fmt/format.go`.

use super::Limit;
use super::printer::Printer;
use crate::Value;
use crate::strconv::{append_float, append_quote_rune, append_quote_rune_ascii, append_uint};
use crate::strings::append_rune;
use crate::unicode::{MAX_RUNE, REPLACEMENT, is_print};

/// How a whole number is written.
#[derive(Clone, Copy)]
struct Notation {
    base: u32,
    capitals: bool,
    /// `%O`
    octal_prefix: bool,
}

const fn notation(base: u32) -> Notation {
    Notation { base, capitals: false, octal_prefix: false }
}

fn rune(number: u64) -> u32 {
    u32::try_from(number).ok().filter(|r| *r <= MAX_RUNE).unwrap_or(REPLACEMENT)
}

impl Printer<'_> {
    pub fn integer(&mut self, value: &Value, bits: u64, signed: bool, verb: u32) -> Result<(), Limit> {
        match char::from_u32(verb) {
            Some('v') if self.flags.sharp_v && !signed => self.hexadecimal(bits, true),
            Some('v' | 'd') => self.whole(bits, signed, notation(10)),
            Some('b') => self.whole(bits, signed, notation(2)),
            Some('o') => self.whole(bits, signed, notation(8)),
            Some('O') => self.whole(bits, signed, Notation { octal_prefix: true, ..notation(8) }),
            Some('x') => self.whole(bits, signed, notation(16)),
            Some('X') => self.whole(bits, signed, Notation { capitals: true, ..notation(16) }),
            Some('c') => {
                let mut text = Vec::with_capacity(4);
                append_rune(&mut text, rune(bits));
                self.pad(&text);
            }
            Some('q') => {
                let mut text = Vec::with_capacity(12);
                match self.flags.plus {
                    true => append_quote_rune_ascii(&mut text, rune(bits)),
                    false => append_quote_rune(&mut text, rune(bits)),
                }
                self.pad(&text);
            }
            Some('U') => self.code_point(bits),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }

    /// Prints in base 16, with `0x` or without whatever the flags say.
    pub fn hexadecimal(&mut self, number: u64, prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, prefix);
        self.whole(number, false, notation(16));
        self.flags.sharp = sharp;
    }

    fn whole(&mut self, bits: u64, signed: bool, notation: Notation) {
        let flags = self.flags;
        let negative = signed && (bits as i64) < 0;
        let number = if negative { bits.wrapping_neg() } else { bits };
        if number == 0 && flags.precision == Some(0) {
            let width = flags.width.unwrap_or(0);
            self.out.resize(self.out.len() + width, b' ');
            return;
        }
        let sign = match () {
            () if negative => b"-".as_slice(),
            () if flags.plus => b"+",
            () if flags.space => b" ",
            () => b"",
        };
        let mut digits = Vec::new();
        let least = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(sign.len()),
            _ => 0,
        };
        if sign.is_empty() && least == 0 && flags.width.is_none() && !flags.sharp && !notation.octal_prefix {
            let start = self.out.len();
            append_uint(self.out, number, notation.base);
            return capitals(self.out.get_mut(start..), notation);
        }
        append_uint(&mut digits, number, notation.base);
        capitals(digits.get_mut(..), notation);
        let zeros = least.saturating_sub(digits.len());
        let prefix = prefix(flags.sharp, notation, zeros > 0 || digits.first() == Some(&b'0'));
        let mut text = Vec::with_capacity(sign.len() + 4 + zeros + digits.len());
        text.extend_from_slice(sign);
        text.extend_from_slice(prefix);
        text.resize(text.len() + zeros, b'0');
        text.extend_from_slice(&digits);
        self.pad_blank(&text);
    }

    /// `%U`: `U+0078`, with `#` also the character.
    fn code_point(&mut self, number: u64) {
        let mut digits = Vec::with_capacity(16);
        append_uint(&mut digits, number, 16);
        digits.make_ascii_uppercase();
        let zeros = self.flags.precision.unwrap_or(0).max(4).saturating_sub(digits.len());
        let mut text = b"U+".to_vec();
        text.resize(2 + zeros, b'0');
        text.extend_from_slice(&digits);
        if let Some(rune) = u32::try_from(number).ok().filter(|r| self.flags.sharp && *r <= MAX_RUNE && is_print(*r)) {
            text.extend_from_slice(b" '");
            append_rune(&mut text, rune);
            text.push(b'\'');
        }
        self.pad_blank(&text);
    }

    pub fn float(&mut self, value: &Value, number: f64, verb: u32) -> Result<(), Limit> {
        match char::from_u32(verb) {
            Some('v') => self.float_as(number, b'g', -1),
            Some('b' | 'g' | 'G' | 'x' | 'X') => self.float_as(number, verb as u8, -1),
            Some('f' | 'e' | 'E') => self.float_as(number, verb as u8, 6),
            Some('F') => self.float_as(number, b'f', 6),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }

    pub fn complex(&mut self, value: &Value, parts: (f64, f64), verb: u32) -> Result<(), Limit> {
        if !matches!(char::from_u32(verb), Some('v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E')) {
            return self.bad_verb(value, verb);
        }
        self.out.push(b'(');
        self.float(value, parts.0, verb)?;
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(value, parts.1, verb)?;
        self.flags.plus = plus;
        self.out.extend_from_slice(b"i)");
        Ok(())
    }

    fn float_as(&mut self, number: f64, format: u8, precision: i32) {
        let flags = self.flags;
        let precision = flags.precision.map_or(precision, |p| i32::try_from(p).unwrap_or(i32::MAX));
        let mut text = Vec::with_capacity(32);
        // The sign always stands in front; it is left out at the end where nothing asks for it.
        if !number.is_sign_negative() && number.is_finite() || number.is_nan() {
            text.push(b'+');
        }
        append_float(&mut text, number, format, precision, 64);
        if let Some(sign) = text.first_mut()
            && *sign == b'+'
            && flags.space
            && !flags.plus
        {
            *sign = b' ';
        }
        if !number.is_finite() {
            let unsigned = number.is_nan() && !flags.space && !flags.plus;
            return self.pad_blank(text.get(usize::from(unsigned)..).unwrap_or_default());
        }
        if flags.sharp && format != b'b' {
            keep_zeros(&mut text, format, precision);
        }
        let (sign, digits) = text.split_first().unwrap_or((&b'+', &[]));
        if !flags.plus && *sign == b'+' {
            return self.pad(digits);
        }
        match flags.width {
            Some(width) if flags.zero && !flags.minus && width > text.len() => {
                self.out.push(*sign);
                self.fill(width - text.len());
                self.out.extend_from_slice(digits);
            }
            _ => self.pad(&text),
        }
    }
}

fn capitals(digits: Option<&mut [u8]>, notation: Notation) {
    if let (true, Some(digits)) = (notation.capitals, digits) {
        digits.make_ascii_uppercase();
    }
}

fn prefix(sharp: bool, notation: Notation, starts_with_zero: bool) -> &'static [u8] {
    match (notation.base, sharp) {
        // Go writes the zero of `#` behind the `0o` of `%O`.
        (8, true) if notation.octal_prefix && !starts_with_zero => b"0o0",
        (8, _) if notation.octal_prefix => b"0o",
        (2, true) => b"0b",
        (8, true) if !starts_with_zero => b"0",
        (16, true) if notation.capitals => b"0X",
        (16, true) => b"0x",
        _ => b"",
    }
}

/// The flag `#`: always a decimal point, and for `%g` the zeros behind it. `text` starts with a sign.
fn keep_zeros(text: &mut Vec<u8>, format: u8, precision: i32) {
    let mut digits = match (format, precision) {
        (b'g' | b'G' | b'x', -1) => 6,
        (b'g' | b'G' | b'x', _) => precision,
        _ => 0,
    };
    let exponent_letter: &[u8] = if matches!(format, b'x' | b'X') { b"pP" } else { b"eE" };
    let end = text.iter().position(|b| exponent_letter.contains(b)).unwrap_or(text.len());
    let tail = text.split_off(end);
    let mut significant = false;
    for byte in text.iter().skip(1).filter(|b| **b != b'.') {
        significant |= *byte != b'0';
        digits -= i32::from(significant);
    }
    if !text.contains(&b'.') {
        if text.get(1..) == Some(b"0") {
            digits -= 1;
        }
        text.push(b'.');
    }
    text.resize(text.len() + usize::try_from(digits).unwrap_or(0), b'0');
    text.extend_from_slice(&tail);
}

//! Floating point to text in base 2: the formats `x`, `X` and `b`.

use super::{append_int, append_uint};

/// A number taken apart: mantissa with the hidden bit, exponent of its first bit, and bits behind that.
struct Parts {
    mantissa: u64,
    exponent: i64,
    mantissa_bits: u32,
}

impl Parts {
    fn of(number: f64, bits: u32) -> Self {
        let (raw, mantissa_bits, exponent_bits, bias) = match bits {
            32 => (u64::from((number as f32).to_bits()), 23, 8, 127),
            _ => (number.to_bits(), 52, 11, 1023),
        };
        let mantissa = raw & ((1 << mantissa_bits) - 1);
        let exponent = (raw >> mantissa_bits & ((1 << exponent_bits) - 1)) as i64;
        match exponent {
            0 => Parts { mantissa, exponent: 1 - bias, mantissa_bits },
            _ => Parts { mantissa: mantissa | 1 << mantissa_bits, exponent: exponent - bias, mantissa_bits },
        }
    }
}

/// `%b`: `-ddddp±d`, the mantissa as a whole number.
pub(super) fn append_binary(out: &mut Vec<u8>, number: f64, bits: u32) {
    let parts = Parts::of(number, bits);
    let exponent = parts.exponent - i64::from(parts.mantissa_bits);
    if number.is_sign_negative() {
        out.push(b'-');
    }
    append_uint(out, parts.mantissa, 10);
    out.push(b'p');
    if exponent >= 0 {
        out.push(b'+');
    }
    append_int(out, exponent);
}

/// `%x`: `-0x1.hhhp±dd`; a negative precision writes all digits.
pub(super) fn append_hex(out: &mut Vec<u8>, number: f64, format: u8, precision: i32, bits: u32) {
    let mut parts = Parts::of(number, bits);
    // The first digit is bit 60, and 15 hexadecimal digits follow.
    parts.mantissa <<= 60 - parts.mantissa_bits;
    if parts.mantissa == 0 {
        parts.exponent = 0;
    } else {
        let shift = parts.mantissa.leading_zeros() - 3;
        parts.mantissa <<= shift;
        parts.exponent -= i64::from(shift);
    }
    if (0..15).contains(&precision) {
        round(&mut parts, precision as u32 * 4);
    }
    if number.is_sign_negative() {
        out.push(b'-');
    }
    out.extend_from_slice(&[b'0', format, b'0' + (parts.mantissa >> 60 & 1) as u8]);
    append_hex_fraction(out, parts.mantissa << 4, format, precision);
    out.push(if format == b'X' { b'P' } else { b'p' });
    out.push(if parts.exponent < 0 { b'-' } else { b'+' });
    if parts.exponent.abs() < 10 {
        out.push(b'0');
    }
    append_uint(out, parts.exponent.unsigned_abs(), 10);
}

/// Keeps so many bits behind bit 60, half to even.
fn round(parts: &mut Parts, kept: u32) {
    let dropped = (parts.mantissa << kept) & ((1 << 60) - 1);
    parts.mantissa >>= 60 - kept;
    if dropped | (parts.mantissa & 1) > 1 << 59 {
        parts.mantissa += 1;
    }
    parts.mantissa <<= 60 - kept;
    if parts.mantissa & 1 << 61 != 0 {
        parts.mantissa >>= 1;
        parts.exponent += 1;
    }
}

fn append_hex_fraction(out: &mut Vec<u8>, mut fraction: u64, format: u8, precision: i32) {
    let digits: &[u8; 16] = if format == b'X' { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let Ok(precision) = usize::try_from(precision) else {
        if fraction != 0 {
            out.push(b'.');
        }
        while fraction != 0 {
            out.push(digits[(fraction >> 60) as usize & 15]);
            fraction <<= 4;
        }
        return;
    };
    if precision > 0 {
        out.push(b'.');
    }
    for _ in 0..precision.min(16) {
        out.push(digits[(fraction >> 60) as usize & 15]);
        fraction <<= 4;
    }
    out.resize(out.len() + precision.saturating_sub(16), b'0');
}

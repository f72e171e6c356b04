//! Text to floating point.

use super::Fault;
use super::atoi::underscores_separate_digits;
use crate::GoError;

/// `strconv.ParseFloat`: decimal and hexadecimal forms, underscores between digits, `inf`, `infinity`, `nan`.
///
/// # Errors
/// `strconv.ParseFloat: parsing "x": invalid syntax` or `value out of range`.
pub fn parse_float(text: &[u8], bits: u32) -> Result<f64, GoError> {
    match parse_float_saturating(text, bits) {
        (number, None) => Ok(number),
        (_, Some(fault)) => Err(fault.error("ParseFloat", text)),
    }
}

/// Both results of `strconv.ParseFloat`: an infinity when out of range, 0 for bad syntax.
pub fn parse_float_saturating(text: &[u8], bits: u32) -> (f64, Option<Fault>) {
    let (negative, body) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let parsed = match body.first() {
        Some(b'0'..=b'9' | b'.' | b'_') => finite(text, body, bits),
        Some(_) if body.eq_ignore_ascii_case(b"inf") || body.eq_ignore_ascii_case(b"infinity") => Ok(f64::INFINITY),
        // A sign makes `nan` wrong.
        Some(_) if text.eq_ignore_ascii_case(b"nan") => return (f64::NAN, None),
        _ => Err(Fault::Syntax),
    };
    let signed = |number: f64| if negative { -number } else { number };
    match parsed {
        Ok(number) => (signed(number), None),
        Err(Fault::Range) => (signed(f64::INFINITY), Some(Fault::Range)),
        Err(fault) => (0.0, Some(fault)),
    }
}

fn finite(text: &[u8], body: &[u8], bits: u32) -> Result<f64, Fault> {
    if let [b'0', b'x' | b'X', rest @ ..] = body
        && !rest.is_empty()
    {
        return hexadecimal(text, rest, bits);
    }
    if body.contains(&b'_') {
        if !underscores_separate_digits(text) {
            return Err(Fault::Syntax);
        }
        let plain: Vec<u8> = body.iter().copied().filter(|b| *b != b'_').collect();
        return decimal(&plain, bits);
    }
    decimal(body, bits)
}

fn decimal(body: &[u8], bits: u32) -> Result<f64, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::Syntax)?;
    let number = match bits {
        32 => text.parse::<f32>().map(f64::from),
        _ => text.parse::<f64>(),
    };
    match number {
        Ok(number) if number.is_infinite() => Err(Fault::Range),
        Ok(number) => Ok(number),
        Err(_) => Err(Fault::Syntax),
    }
}

/// A hexadecimal mantissa that may stand for more digits than it holds, and its binary exponent.
struct Hex {
    mantissa: u64,
    exponent: i64,
    /// Digits that are not 0 were left out.
    truncated: bool,
}

fn hexadecimal(text: &[u8], body: &[u8], bits: u32) -> Result<f64, Fault> {
    let split = body.iter().position(|b| matches!(b, b'p' | b'P')).ok_or(Fault::Syntax)?;
    let (digits, exponent) = body.split_at(split);
    if body.contains(&b'_') && !underscores_separate_digits(text) {
        return Err(Fault::Syntax);
    }
    let mut hex = hex_digits(digits)?;
    hex.exponent += binary_exponent(exponent.get(1..).unwrap_or_default())?;
    match bits {
        32 => round(hex, 23, -127, 255),
        _ => round(hex, 52, -1023, 2047),
    }
}

fn hex_digits(digits: &[u8]) -> Result<Hex, Fault> {
    let mut hex = Hex { mantissa: 0, exponent: 0, truncated: false };
    let (mut after_dot, mut any) = (false, false);
    for &byte in digits {
        let digit = match byte {
            b'_' => continue,
            b'.' if !after_dot => {
                after_dot = true;
                continue;
            }
            _ => char::from(byte).to_digit(16).ok_or(Fault::Syntax)?,
        };
        any = true;
        if hex.mantissa >> 60 == 0 {
            hex.mantissa = hex.mantissa << 4 | u64::from(digit);
            hex.exponent -= if after_dot { 4 } else { 0 };
        } else {
            hex.truncated |= digit != 0;
            hex.exponent += if after_dot { 0 } else { 4 };
        }
    }
    if any { Ok(hex) } else { Err(Fault::Syntax) }
}

fn binary_exponent(text: &[u8]) -> Result<i64, Fault> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        _ => (1, text),
    };
    if !digits.first().is_some_and(u8::is_ascii_digit) {
        return Err(Fault::Syntax);
    }
    let mut exponent = 0i64;
    for byte in digits.iter().filter(|b| **b != b'_') {
        let digit = char::from(*byte).to_digit(10).ok_or(Fault::Syntax)?;
        if exponent < 10_000 {
            exponent = exponent * 10 + i64::from(digit);
        }
    }
    Ok(sign * exponent)
}

/// Rounds to the nearest number of `mantissa_bits`, half to even, as IEEE 754 asks.
fn round(hex: Hex, mantissa_bits: u32, bias: i64, top: i64) -> Result<f64, Fault> {
    let Hex { mut mantissa, mut exponent, truncated } = hex;
    if mantissa == 0 {
        return Ok(0.0);
    }
    // Two more bits than the mantissa: a half, and whether anything is below it.
    exponent += i64::from(mantissa_bits);
    while mantissa >> (mantissa_bits + 2) == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    mantissa |= u64::from(truncated);
    let sticky_half = |m: u64| m >> 1 | m & 1;
    while mantissa >> (mantissa_bits + 3) != 0 {
        mantissa = sticky_half(mantissa);
        exponent += 1;
    }
    while mantissa > 1 && exponent < bias + 1 - 2 {
        mantissa = sticky_half(mantissa);
        exponent += 1;
    }
    let up = (mantissa & 3 | mantissa >> 2 & 1) == 3;
    mantissa = (mantissa >> 2) + u64::from(up);
    exponent += 2;
    if mantissa >> (mantissa_bits + 1) != 0 {
        mantissa >>= 1;
        exponent += 1;
    }
    if mantissa >> mantissa_bits == 0 {
        exponent = bias;
    }
    if exponent - bias >= top {
        return Err(Fault::Range);
    }
    let bits = mantissa & ((1 << mantissa_bits) - 1) | ((exponent - bias) as u64) << mantissa_bits;
    Ok(if mantissa_bits == 23 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) })
}

//! Casts to numbers as spf13/cast 1.7.0 does them: whatever does not convert is zero.

use gostd::value::IntKind;
use gostd::value::Object;
use gostd::{Value, strconv};

/// Converts to `int64` (and, on 64 bits, `int`): numbers are truncated, strings read with Go's base prefixes.
pub(crate) fn to_int64(v: &Value) -> i64 {
    match v {
        Value::Int(n) | Value::Int64(n) | Value::Sized(_, n) => *n,
        Value::Float(x) => float_to_int(*x),
        Value::Bool(b) => i64::from(*b),
        Value::Str(s) => strconv::parse_int(trim_zero_decimal(s), 0, 64).unwrap_or(0),
        Value::Object(object) => calendar(object.as_ref()).unwrap_or(0),
        _ => 0,
    }
}

/// Converts to `float64`.
pub(crate) fn to_float64(v: &Value) -> f64 {
    match v {
        Value::Int(n) | Value::Int64(n) => *n as f64,
        Value::Sized(IntKind::Uint | IntKind::Uint64, n) => *n as u64 as f64,
        Value::Sized(_, n) => *n as f64,
        Value::Float(x) => *x,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::Str(s) => strconv::parse_float(s, 64).unwrap_or(0.0),
        Value::Object(object) => calendar(object.as_ref()).unwrap_or(0) as f64,
        _ => 0.0,
    }
}

/// A month or a weekday counts as its number; no other named type does.
fn calendar(object: &dyn Object) -> Option<i64> {
    match (object.go_type(), object.underlying()?) {
        ("time.Month" | "time.Weekday", Value::Int(n)) => Some(n),
        _ => None,
    }
}

/// Converts as Go on amd64: truncation, and the smallest integer for NaN and whatever does not fit.
pub(crate) fn float_to_int(x: f64) -> i64 {
    // 2^63 itself does not fit; -2^63 does and is also the answer for all that does not.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x) { x as i64 } else { i64::MIN }
}

/// Cuts `.000` at the end, so that `"10.0"` is an integer.
fn trim_zero_decimal(s: &[u8]) -> &[u8] {
    let zeros = s.iter().rev().take_while(|b| **b == b'0').count();
    match s.len().checked_sub(zeros + 1) {
        Some(dot) if zeros > 0 && s.get(dot) == Some(&b'.') => s.get(..dot).unwrap_or(s),
        _ => s,
    }
}

/// Returns `math.Pow(10, n)` with the roundings of Go's own algorithm.
pub(crate) fn pow10(n: i64) -> f64 {
    // The mantissa of 10 is 0.625, its exponent 4.
    let (mut x, mut exponent) = (0.625_f64, 4_i64);
    let (mut product, mut sum) = (1.0_f64, 0_i64);
    let mut i = n.unsigned_abs();
    while i != 0 {
        // Go stops when the exponent runs over: the result is then 0 or infinite.
        if !(-(1 << 12)..=1 << 12).contains(&exponent) {
            sum += exponent;
            break;
        }
        if i & 1 == 1 {
            product *= x;
            sum += exponent;
        }
        x *= x;
        exponent <<= 1;
        if x < 0.5 {
            x += x;
            exponent -= 1;
        }
        i >>= 1;
    }
    if n < 0 {
        product = 1.0 / product;
        sum = -sum;
    }
    ldexp(product, sum)
}

/// Multiplies by a power of two in two steps, so that a subnormal result is rounded once.
fn ldexp(x: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-2200, 2200) as i32;
    let half = exponent / 2;
    if exponent >= -1000 {
        return x * 2.0_f64.powi(half) * 2.0_f64.powi(exponent - half);
    }
    x * 2.0_f64.powi(-1000) * 2.0_f64.powi(exponent + 1000)
}

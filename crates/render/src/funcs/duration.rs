//! Durations: Helm's own functions of 4.3 (`pkg/engine/funcs.go`).

use gostd::time::{Duration, parse_duration};
use gostd::{GoError, Value, strconv};
use gotemplate::exec::Exec;

type Result = std::result::Result<Value, GoError>;

const SECOND: i64 = 1_000_000_000;
const MAX_SECONDS: i64 = i64::MAX / SECOND;
const MIN_SECONDS: i64 = i64::MIN / SECOND;

/// Reads a duration: one as it is, text as Go writes durations or as seconds, numbers as seconds.
fn duration(value: &Value) -> std::result::Result<i64, GoError> {
    if let Some(Duration(nanos)) = value.downcast::<Duration>() {
        return Ok(*nanos);
    }
    match value {
        Value::Str(text) => from_text(text),
        Value::Int(n) | Value::Int64(n) => from_int(*n),
        Value::Sized(kind, bits) if kind.is_unsigned() => from_uint(*bits as u64),
        Value::Sized(_, n) => from_int(*n),
        Value::Float(seconds) => from_float(*seconds),
        Value::Nil => Err("invalid duration".into()),
        // A named number, as `time.Month`.
        Value::Object(object) => match object.underlying() {
            Some(number @ (Value::Int(_) | Value::Int64(_) | Value::Float(_) | Value::Sized(..))) => duration(&number),
            _ => Err(format!("unsupported duration type {}", object.go_type()).into()),
        },
        other => Err(format!("unsupported duration type {}", other.go_type()).into()),
    }
}

fn from_text(whole: &[u8]) -> std::result::Result<i64, GoError> {
    let text = gostd::strings::trim_space(whole);
    if text.is_empty() {
        return Err("empty duration".into());
    }
    if let Ok(Duration(nanos)) = parse_duration(text) {
        return Ok(nanos);
    }
    match strconv::parse_float(text, 64) {
        Ok(seconds) => from_float(seconds),
        Err(_) => Err(format!("could not parse duration {}", String::from_utf8_lossy(&strconv::quote(whole))).into()),
    }
}

fn from_int(seconds: i64) -> std::result::Result<i64, GoError> {
    if (MIN_SECONDS..=MAX_SECONDS).contains(&seconds) {
        return Ok(seconds * SECOND);
    }
    Err(format!("duration seconds overflow: {seconds}").into())
}

fn from_uint(seconds: u64) -> std::result::Result<i64, GoError> {
    if seconds <= MAX_SECONDS as u64 {
        return Ok(seconds as i64 * SECOND);
    }
    Err(format!("duration seconds overflow: {seconds}").into())
}

fn from_float(seconds: f64) -> std::result::Result<i64, GoError> {
    let shown = || strconv::format_float(seconds, b'g', -1, 64);
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", shown()).into());
    }
    let limit = i64::MAX as f64 / SECOND as f64;
    if seconds > limit || seconds < i64::MIN as f64 / SECOND as f64 {
        return Err(format!("duration seconds overflow: {}", shown()).into());
    }
    let nanos = seconds * SECOND as f64;
    if nanos > i64::MAX as f64 || nanos < i64::MIN as f64 {
        let shown = strconv::format_float(nanos, b'g', -1, 64);
        return Err(format!("duration nanoseconds overflow: {shown}").into());
    }
    // Go's conversion of exactly 2^63 wraps; Rust's `as` saturates.
    Ok(if nanos >= i64::MAX as f64 { i64::MIN } else { nanos as i64 })
}

pub(super) fn must_to_duration(_: &mut Exec<'_>, args: &[Value]) -> Result {
    duration(&args[0]).map(|nanos| Value::object(Duration(nanos)))
}

/// A bad duration counts as zero.
fn nanos(args: &[Value]) -> i64 {
    duration(&args[0]).unwrap_or(0)
}

/// Go splits off whole units before it divides, which keeps more digits.
fn float_units(nanos: i64, unit: i64) -> f64 {
    (nanos / unit) as f64 + (nanos % unit) as f64 / unit as f64
}

pub(super) fn seconds(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Float(float_units(nanos(args), SECOND)))
}

pub(super) fn minutes(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Float(float_units(nanos(args), 60 * SECOND)))
}

pub(super) fn hours(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Float(float_units(nanos(args), 3600 * SECOND)))
}

pub(super) fn days(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Float(float_units(nanos(args), 3600 * SECOND) / 24.0))
}

pub(super) fn weeks(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Float(float_units(nanos(args), 3600 * SECOND) / 24.0 / 7.0))
}

pub(super) fn milliseconds(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Int64(nanos(args) / 1_000_000))
}

pub(super) fn microseconds(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Int64(nanos(args) / 1_000))
}

pub(super) fn nanoseconds(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Int64(nanos(args)))
}

pub(super) fn round_to(_: &mut Exec<'_>, args: &[Value]) -> Result {
    to_multiple(args, Duration::round)
}

pub(super) fn truncate_to(_: &mut Exec<'_>, args: &[Value]) -> Result {
    to_multiple(args, Duration::truncate)
}

fn to_multiple(args: &[Value], change: fn(Duration, Duration) -> Duration) -> Result {
    let Ok(value) = duration(&args[0]) else { return Ok(Value::object(Duration(0))) };
    let changed = match duration(&args[1]) {
        Ok(multiple) if multiple > 0 => change(Duration(value), Duration(multiple)),
        _ => Duration(value),
    };
    Ok(Value::object(changed))
}

//! `time.Duration`: nanoseconds, as Go reads and writes them.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use crate::value::{Method, MethodCall};
use crate::{GoError, Object, Type, Value, strconv};

/// A span of time in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Duration(pub i64);

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

const UNITS: &[(&[u8], u64)] = &[
    (b"ns", 1),
    (b"us", MICROSECOND),
    ("µs".as_bytes(), MICROSECOND),
    ("μs".as_bytes(), MICROSECOND),
    (b"ms", MILLISECOND),
    (b"s", SECOND),
    (b"m", MINUTE),
    (b"h", HOUR),
];

/// Reads a duration such as `1h30m` or `-1.5h` (`time.ParseDuration`).
///
/// # Errors
/// `time: invalid duration "x"`, `time: missing unit in duration "5"`, `time: unknown unit "q" in duration "5q"`.
pub fn parse_duration(text: &[u8]) -> Result<Duration, GoError> {
    let quoted = || String::from_utf8_lossy(&strconv::quote(text)).into_owned();
    let invalid = || GoError::new(format!("time: invalid duration {}", quoted()));
    let (negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if rest == b"0" {
        return Ok(Duration(0));
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (amount, after) = number(rest).ok_or_else(invalid)?;
        let length = after.iter().take_while(|b| **b != b'.' && !b.is_ascii_digit()).count();
        let (unit, after) = after.split_at(length);
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", quoted()).into());
        }
        let Some((_, scale)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let unit = String::from_utf8_lossy(&strconv::quote(unit)).into_owned();
            return Err(format!("time: unknown unit {unit} in duration {}", quoted()).into());
        };
        let value = amount.nanoseconds(*scale).ok_or_else(invalid)?;
        total = total.checked_add(value).filter(|total| *total <= 1 << 63).ok_or_else(invalid)?;
        rest = after;
    }
    match (negative, i64::try_from(total)) {
        (true, _) => Ok(Duration((total as i64).wrapping_neg())),
        (false, Ok(total)) => Ok(Duration(total)),
        (false, Err(_)) => Err(invalid()),
    }
}

struct Amount {
    whole: u64,
    fraction: u64,
    scale: f64,
}

impl Amount {
    fn nanoseconds(&self, unit: u64) -> Option<u64> {
        let whole = self.whole.checked_mul(unit).filter(|n| *n <= 1 << 63)?;
        let fraction = (self.fraction as f64 * (unit as f64 / self.scale)) as u64;
        whole.checked_add(fraction).filter(|n| *n <= 1 << 63)
    }
}

fn number(text: &[u8]) -> Option<(Amount, &[u8])> {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (whole, mut rest) = text.split_at(digits(text));
    let mut value = Amount { whole: 0, fraction: 0, scale: 1.0 };
    for digit in whole {
        value.whole = value.whole.checked_mul(10)?.checked_add(u64::from(digit - b'0')).filter(|n| *n <= 1 << 63)?;
    }
    let mut seen = whole.len();
    if let Some(after) = rest.strip_prefix(b".") {
        let (fraction, after) = after.split_at(digits(after));
        seen += fraction.len();
        rest = after;
        for digit in fraction {
            // Further digits are below what a nanosecond count can hold; Go drops them too.
            let Some(next) = value.fraction.checked_mul(10).and_then(|n| n.checked_add(u64::from(digit - b'0'))) else {
                break;
            };
            if next > i64::MAX as u64 {
                break;
            }
            value.fraction = next;
            value.scale *= 10.0;
        }
    }
    (seen > 0).then_some((value, rest))
}

impl Duration {
    /// Rounds toward zero to a multiple; a multiple that is not positive changes nothing.
    pub fn truncate(self, multiple: Duration) -> Duration {
        if multiple.0 <= 0 { self } else { Duration(self.0 - self.0 % multiple.0) }
    }

    /// Rounds to the nearest multiple, halves away from zero; the limits where it would overflow.
    pub fn round(self, multiple: Duration) -> Duration {
        if multiple.0 <= 0 {
            return self;
        }
        let rest = self.0 % multiple.0;
        let down = self.0 - rest;
        if rest.unsigned_abs() < multiple.0.unsigned_abs() - rest.unsigned_abs() {
            return Duration(down);
        }
        Duration(if self.0 < 0 { down.saturating_sub(multiple.0) } else { down.saturating_add(multiple.0) })
    }

    /// Whole units and what is left of one, as Go computes `Hours()` and the like.
    fn float(self, unit: u64) -> Value {
        let unit = unit as i64;
        Value::Float((self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let part = |unit: u64, name: &str| format!("{}{name}", fraction(nanos / unit, nanos % unit, unit));
        match nanos {
            0 => f.write_str("0s"),
            _ if nanos < MICROSECOND => write!(f, "{sign}{nanos}ns"),
            _ if nanos < MILLISECOND => write!(f, "{sign}{}", part(MICROSECOND, "µs")),
            _ if nanos < SECOND => write!(f, "{sign}{}", part(MILLISECOND, "ms")),
            _ => {
                let (hours, minutes) = (nanos / HOUR, nanos / MINUTE % 60);
                let seconds = fraction(nanos % MINUTE / SECOND, nanos % SECOND, SECOND);
                match (hours, minutes) {
                    (0, 0) => write!(f, "{sign}{seconds}s"),
                    (0, _) => write!(f, "{sign}{minutes}m{seconds}s"),
                    _ => write!(f, "{sign}{hours}h{minutes}m{seconds}s"),
                }
            }
        }
    }
}

fn fraction(whole: u64, rest: u64, unit: u64) -> String {
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

const fn method(name: &'static str, params: &'static [Type], call: MethodCall) -> Method {
    Method { name, params, variadic: false, call }
}

const OTHER: &[Type] = &[Type::Named("time.Duration")];

static METHODS: &[Method] = &[
    method("Abs", &[], |d, _| Ok(Value::object(Duration(this(d)?.0.saturating_abs())))),
    method("Hours", &[], |d, _| Ok(this(d)?.float(HOUR))),
    method("Microseconds", &[], |d, _| Ok(Value::Int64(this(d)?.0 / MICROSECOND as i64))),
    method("Milliseconds", &[], |d, _| Ok(Value::Int64(this(d)?.0 / MILLISECOND as i64))),
    method("Minutes", &[], |d, _| Ok(this(d)?.float(MINUTE))),
    method("Nanoseconds", &[], |d, _| Ok(Value::Int64(this(d)?.0))),
    method("Round", OTHER, |d, args| Ok(Value::object(this(d)?.round(other(args))))),
    method("Seconds", &[], |d, _| Ok(this(d)?.float(SECOND))),
    method("String", &[], |d, _| Ok(Value::from(this(d)?.to_string()))),
    method("Truncate", OTHER, |d, args| Ok(Value::object(this(d)?.truncate(other(args))))),
];

fn this(object: &Rc<dyn Object>) -> Result<Duration, GoError> {
    object.as_any().downcast_ref().copied().ok_or_else(|| GoError::new("not a duration"))
}

fn other(args: &[Value]) -> Duration {
    args.first().and_then(Value::downcast::<Duration>).copied().unwrap_or(Duration(0))
}

impl Object for Duration {
    fn go_type(&self) -> &'static str {
        "time.Duration"
    }

    fn methods(&self) -> &'static [Method] {
        METHODS
    }

    fn display(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Int64(self.0))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, parse_duration};

    #[test]
    fn durations_are_read_and_written_as_in_go() {
        for (text, nanos, shown) in [
            ("0", 0, "0s"),
            ("1.5h", 5_400_000_000_000, "1h30m0s"),
            ("-1m1s", -61_000_000_000, "-1m1s"),
            ("1.1s", 1_100_000_000, "1.1s"),
            ("1us", 1_000, "1µs"),
            ("1.5ms", 1_500_000, "1.5ms"),
            (".5s", 500_000_000, "500ms"),
            ("100h", 360_000_000_000_000, "100h0m0s"),
            ("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            let duration = parse_duration(text.as_bytes()).expect(text);
            assert_eq!((duration.0, duration.to_string().as_str()), (nanos, shown), "{text}");
        }
        for (text, error) in [
            ("", "time: invalid duration \"\""),
            ("3", "time: missing unit in duration \"3\""),
            ("3q", "time: unknown unit \"q\" in duration \"3q\""),
            (".s", "time: invalid duration \".s\""),
            ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
        ] {
            assert_eq!(parse_duration(text.as_bytes()).err().map(|e| e.text).as_deref(), Some(error));
        }
        assert_eq!(Duration(25).round(Duration(10)), Duration(30));
        assert_eq!(Duration(-25).round(Duration(10)), Duration(-30));
    }
}

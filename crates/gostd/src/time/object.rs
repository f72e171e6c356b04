//! Times, months and weekdays as templates see them.

use std::any::Any;
use std::rc::Rc;

use super::civil::{MONTHS, Month, WEEKDAYS, Weekday};
use super::{Duration, RFC3339_NANO, Time, Zone};
use crate::value::{Method, MethodCall};
use crate::{GoError, Object, Type, Value};

const fn method(name: &'static str, params: &'static [Type], call: MethodCall) -> Method {
    Method { name, params, variadic: false, call }
}

const TIME: &[Type] = &[Type::Named("time.Time")];
const DURATION: &[Type] = &[Type::Named("time.Duration")];

static METHODS: &[Method] = &[
    method("Add", DURATION, |t, args| Ok(Value::object(this(t)?.add(duration(args))))),
    method("AddDate", &[Type::Int, Type::Int, Type::Int], |t, args| {
        Ok(Value::object(this(t)?.add_date(int(args, 0), int(args, 1), int(args, 2))))
    }),
    method("After", TIME, |t, args| Ok(Value::Bool(this(t)?.compare(&time(args)).is_gt()))),
    method("Before", TIME, |t, args| Ok(Value::Bool(this(t)?.compare(&time(args)).is_lt()))),
    method("Compare", TIME, |t, args| Ok(Value::Int(this(t)?.compare(&time(args)) as i64))),
    method("Day", &[], |t, _| Ok(Value::Int(i64::from(this(t)?.civil().day)))),
    method("Equal", TIME, |t, args| Ok(Value::Bool(this(t)?.compare(&time(args)).is_eq()))),
    method("Format", &[Type::String], |t, args| {
        let layout = args.first().and_then(Value::as_str).cloned().unwrap_or_default();
        Ok(Value::str(this(t)?.format(&layout)))
    }),
    method("Hour", &[], |t, _| Ok(Value::Int(i64::from(this(t)?.civil().hour)))),
    method("IsZero", &[], |t, _| Ok(Value::Bool(this(t)?.is_zero()))),
    method("Local", &[], |t, _| Ok(Value::object(this(t)?.in_zone(Zone::local())))),
    method("Minute", &[], |t, _| Ok(Value::Int(i64::from(this(t)?.civil().minute)))),
    method("Month", &[], |t, _| Ok(Value::object(Month(this(t)?.civil().month)))),
    method("Nanosecond", &[], |t, _| Ok(Value::Int(i64::from(this(t)?.nanosecond)))),
    method("Second", &[], |t, _| Ok(Value::Int(i64::from(this(t)?.civil().second)))),
    method("String", &[], |t, _| Ok(Value::from(text(this(t)?)))),
    method("Sub", TIME, |t, args| Ok(Value::object(this(t)?.since(&time(args))))),
    method("UTC", &[], |t, _| Ok(Value::object(this(t)?.in_zone(Zone::Utc)))),
    method("Unix", &[], |t, _| Ok(Value::Int64(this(t)?.unix_seconds))),
    method("UnixMicro", &[], |t, _| Ok(Value::Int64(scaled(this(t)?, 1_000_000)))),
    method("UnixMilli", &[], |t, _| Ok(Value::Int64(scaled(this(t)?, 1_000)))),
    method("UnixNano", &[], |t, _| Ok(Value::Int64(scaled(this(t)?, 1_000_000_000)))),
    method("Weekday", &[], |t, _| Ok(Value::object(this(t)?.civil().weekday()))),
    method("Year", &[], |t, _| Ok(Value::Int(this(t)?.civil().year))),
    method("YearDay", &[], |t, _| Ok(Value::Int(this(t)?.civil().year_day()))),
];

fn this(object: &Rc<dyn Object>) -> Result<&Time, GoError> {
    object.as_any().downcast_ref().ok_or_else(|| GoError::new("not a time"))
}

fn time(args: &[Value]) -> Time {
    args.first().and_then(Value::downcast::<Time>).cloned().unwrap_or_else(Time::zero)
}

fn duration(args: &[Value]) -> Duration {
    args.first().and_then(Value::downcast::<Duration>).copied().unwrap_or(Duration(0))
}

fn int(args: &[Value], at: usize) -> i64 {
    match args.get(at) {
        Some(Value::Int(n)) => *n,
        _ => 0,
    }
}

/// Wraps beyond the limits, as Go's multiplication does.
fn scaled(time: &Time, per_second: i64) -> i64 {
    let fraction = i64::from(time.nanosecond) / (1_000_000_000 / per_second);
    time.unix_seconds.wrapping_mul(per_second).wrapping_add(fraction)
}

fn text(time: &Time) -> String {
    String::from_utf8_lossy(&time.format(b"2006-01-02 15:04:05.999999999 -0700 MST")).into_owned()
}

impl Object for Time {
    fn go_type(&self) -> &'static str {
        "time.Time"
    }

    fn methods(&self) -> &'static [Method] {
        METHODS
    }

    fn display(&self) -> Option<String> {
        Some(text(self))
    }

    fn json(&self) -> Option<String> {
        Some(format!("\"{}\"", String::from_utf8_lossy(&self.format(RFC3339_NANO))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

macro_rules! named_number {
    ($type:ident, $name:literal, $names:expr, $first:literal) => {
        impl Object for $type {
            fn go_type(&self) -> &'static str {
                $name
            }

            fn methods(&self) -> &'static [Method] {
                const STRING: &[Method] =
                    &[method("String", &[], |object, _| Ok(Value::from(object.display().unwrap_or_default())))];
                STRING
            }

            fn display(&self) -> Option<String> {
                let at = usize::from(self.0).checked_sub($first);
                Some(at.and_then(|at| $names.get(at)).copied().unwrap_or("%!(BAD)").to_string())
            }

            fn underlying(&self) -> Option<Value> {
                Some(Value::Int(i64::from(self.0)))
            }

            fn as_any(&self) -> &dyn Any {
                self
            }
        }
    };
}

named_number!(Month, "time.Month", MONTHS, 1);
named_number!(Weekday, "time.Weekday", WEEKDAYS, 0);

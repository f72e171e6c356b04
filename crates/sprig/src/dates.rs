//! Dates and durations: `now`, `date`, `dateModify`, `ago`, `toDate`, `duration`, `durationRound`.

use gostd::Type as T;
use gostd::time::{Duration, Time, Zone, load_location, parse_duration, parse_in_zone};
use gostd::value::IntKind;
use gostd::{GoError, Value, strconv};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, string};
use crate::host::Host;
use crate::table::fixed;

const TIME: T = T::Named("time.Time");
const ZONED: &[T] = &[T::String, T::Any, T::String];
const MOVED: &[T] = &[T::String, TIME];
const SS: &[T] = &[T::String, T::String];

const HTML: &[u8] = b"2006-01-02";

pub(crate) const TABLE: &[Func] = &[
    fixed("now", &[], TIME, |exec, _| now(exec).map(Value::object)),
    fixed("date", &[T::String, T::Any], T::String, |exec, args| {
        format(exec, string(args, 0)?, any(args, 1)?, Zone::local())
    }),
    fixed("dateInZone", ZONED, T::String, date_in_zone),
    fixed("date_in_zone", ZONED, T::String, date_in_zone),
    fixed("htmlDate", &[T::Any], T::String, |exec, args| format(exec, HTML, any(args, 0)?, Zone::local())),
    fixed("htmlDateInZone", &[T::Any, T::String], T::String, |exec, args| {
        format(exec, HTML, any(args, 0)?, zone(string(args, 1)?))
    }),
    fixed("dateModify", MOVED, TIME, date_modify),
    fixed("date_modify", MOVED, TIME, date_modify),
    fixed("mustDateModify", MOVED, TIME, must_date_modify),
    fixed("must_date_modify", MOVED, TIME, must_date_modify),
    fixed("toDate", SS, TIME, |exec, args| Ok(to_date(exec, args).unwrap_or_else(|_| Value::object(Time::zero())))),
    fixed("mustToDate", SS, TIME, to_date),
    fixed("unixEpoch", &[TIME], T::String, |_, args| Ok(Value::from(time(args, 0)?.unix_seconds.to_string()))),
    fixed("ago", &[T::Any], T::String, ago),
    fixed("duration", &[T::Any], T::String, duration),
    fixed("durationRound", &[T::Any], T::String, duration_round),
];

type Result<V = Value> = std::result::Result<V, GoError>;

fn now(exec: &Exec<'_>) -> Result<Time> {
    Ok(Time::from_system((Host::of(exec)?.clock)(), Zone::local()))
}

/// Reads a `time.Time` argument.
fn time(args: &[Value], i: usize) -> Result<&Time> {
    let wrong = || GoError::new("wrong type for value; expected time.Time");
    args.get(i).and_then(Value::downcast).ok_or_else(wrong)
}

/// Takes a time as it is and whole seconds since 1970; anything else, also a float, stands for now.
fn moment(exec: &Exec<'_>, date: &Value) -> Result<Time> {
    match date {
        Value::Int(seconds) | Value::Int64(seconds) | Value::Sized(IntKind::Int32, seconds) => {
            Ok(Time::new(*seconds, 0, Zone::local()))
        }
        other => other.downcast::<Time>().map_or_else(|| now(exec), |time| Ok(time.clone())),
    }
}

/// A zone that is not known is UTC.
fn zone(name: &[u8]) -> Zone {
    load_location(&String::from_utf8_lossy(name)).unwrap_or(Zone::Utc)
}

fn format(exec: &Exec<'_>, layout: &[u8], date: &Value, zone: Zone) -> Result {
    Ok(Value::str(moment(exec, date)?.in_zone(zone).format(layout)))
}

fn date_in_zone(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    format(exec, string(args, 0)?, any(args, 1)?, zone(string(args, 2)?))
}

/// Moves a time; a bad duration leaves it where it is.
fn date_modify(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let time = time(args, 1)?;
    Ok(Value::object(match parse_duration(string(args, 0)?) {
        Ok(duration) => time.add(duration),
        Err(_) => time.clone(),
    }))
}

fn must_date_modify(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::object(time(args, 1)?.add(parse_duration(string(args, 0)?)?)))
}

fn to_date(_: &mut Exec<'_>, args: &[Value]) -> Result {
    parse_in_zone(string(args, 0)?, string(args, 1)?, Zone::local()).map(Value::object)
}

const SECOND: i64 = 1_000_000_000;

fn ago(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let date = any(args, 0)?;
    let then = match date {
        // Other than `date`, `ago` knows no int32.
        Value::Sized(..) => now(exec)?,
        _ => moment(exec, date)?,
    };
    Ok(Value::from(now(exec)?.since(&then).round(Duration(SECOND)).to_string()))
}

/// Prints seconds, given as an int64 or as text; anything else, also an int, is zero.
fn duration(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let seconds = match any(args, 0)? {
        Value::Int64(seconds) => *seconds,
        Value::Str(text) => strconv::parse_int_saturating(text, 10, 64).0,
        _ => 0,
    };
    Ok(Value::from(Duration(seconds.wrapping_mul(SECOND)).to_string()))
}

/// The units of `durationRound`, largest first, in nanoseconds.
const UNITS: &[(&str, u64)] = &[
    ("y", 365 * 24 * 3600 * SECOND as u64),
    ("mo", 30 * 24 * 3600 * SECOND as u64),
    ("d", 24 * 3600 * SECOND as u64),
    ("h", 3600 * SECOND as u64),
    ("m", 60 * SECOND as u64),
    ("s", SECOND as u64),
];

/// Prints the whole units of the largest unit that the duration exceeds, without its sign.
fn duration_round(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let value = any(args, 0)?;
    let span = match value {
        Value::Str(text) => parse_duration(text).map_or(0, |duration| duration.0),
        Value::Int64(nanos) => *nanos,
        _ => match value.downcast::<Time>() {
            Some(time) => now(exec)?.since(time).0,
            None => 0,
        },
    };
    let span = span.unsigned_abs();
    let unit = UNITS.iter().find(|(_, nanos)| span > *nanos);
    Ok(Value::from(unit.map_or("0s".to_string(), |(name, nanos)| format!("{}{name}", span / nanos))))
}

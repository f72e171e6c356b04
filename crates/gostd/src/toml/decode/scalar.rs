//! The values of numbers and times.

use super::cursor::{Fault, Read, quoted};
use crate::time::{Zone, parse_in_zone};
use crate::{Value, strconv};

fn fault<T>(line: i64, message: String) -> Read<T> {
    Err(Fault { line, message })
}

/// Reports whether each underscore stands between digits; letters of hexadecimal numbers count everywhere.
fn underscores_fit(word: &str) -> bool {
    if matches!(word, "nan" | "+nan" | "-nan" | "inf" | "-inf" | "+inf") {
        return true;
    }
    let mut accept = false;
    for byte in word.bytes() {
        if byte == b'_' && !accept {
            return false;
        }
        accept = byte.is_ascii_hexdigit();
    }
    accept
}

fn has_leading_zero(word: &str) -> bool {
    match word.as_bytes() {
        [b'0', next, ..] => !matches!(next, b'b' | b'o' | b'x'),
        [b'+' | b'-', b'0', _, ..] => true,
        _ => false,
    }
}

fn points_fit(word: &str) -> bool {
    word.split('.').skip(1).all(|part| part.starts_with(|c: char| c.is_ascii_digit()))
}

pub fn integer(word: &str, line: i64) -> Read<Value> {
    if !underscores_fit(word) {
        let word = quoted(word.as_bytes());
        return fault(line, format!("Invalid integer {word}: underscores must be surrounded by digits"));
    }
    if has_leading_zero(word) {
        return fault(line, format!("Invalid integer {}: cannot have leading zeroes", quoted(word.as_bytes())));
    }
    match strconv::parse_int(word.as_bytes(), 0, 64) {
        Ok(number) => Ok(Value::Int64(number)),
        Err(_) => fault(line, format!("{word} is out of range for int64")),
    }
}

pub fn float(word: &str, line: i64) -> Read<Value> {
    let shown = || quoted(word.as_bytes());
    let mut parts = word.split(['.', 'e', 'E']).filter(|part| !part.is_empty());
    let first = parts.clone().next();
    if !parts.all(underscores_fit) {
        return fault(line, format!("Invalid float {}: underscores must be surrounded by digits", shown()));
    }
    if first.is_some_and(has_leading_zero) {
        return fault(line, format!("Invalid float {}: cannot have leading zeroes", shown()));
    }
    if !points_fit(word) {
        return fault(line, format!("Invalid float {}: '.' must be followed by one or more digits", shown()));
    }
    let number = match word {
        "nan" | "+nan" => return Ok(Value::Float(f64::NAN)),
        "-nan" => return Ok(Value::Float(-f64::NAN)),
        _ => word.replace('_', ""),
    };
    match strconv::parse_float(number.as_bytes(), 64) {
        Ok(number) => Ok(Value::Float(number)),
        Err(error) if error.text.ends_with("value out of range") => {
            fault(line, format!("{word} is out of range for float64"))
        }
        Err(_) => fault(line, format!("Invalid float value: {}", shown())),
    }
}

/// The layouts that TOML knows; a time without an offset gets that of this machine, in a zone whose name says so.
const LAYOUTS: [(&str, Option<&str>); 7] = [
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some("datetime-local")),
    ("2006-01-02", Some("date-local")),
    ("15:04:05.999999999", Some("time-local")),
    ("2006-01-02T15:04Z07:00", None),
    ("2006-01-02T15:04", Some("datetime-local")),
    ("15:04", Some("time-local")),
];

pub fn time(word: &str, line: i64) -> Read<Value> {
    let text = word.replace('z', "Z").replace(['t', ' '], "T");
    for (layout, local) in LAYOUTS {
        let zone = match local {
            Some(name) => Zone::Fixed(name.to_string(), local_offset()),
            None => Zone::local(),
        };
        match parse_in_zone(layout.as_bytes(), text.as_bytes(), zone) {
            Ok(_) if misses_zero(text.as_bytes(), layout.as_bytes()) => break,
            Ok(time) => return Ok(Value::object(time)),
            Err(_) => {}
        }
    }
    fault(line, format!("invalid datetime: {}", quoted(text.as_bytes())))
}

/// Reports whether a number has fewer digits than the layout: Go's reader takes hours of one digit.
fn misses_zero(text: &[u8], layout: &[u8]) -> bool {
    let fixed = layout.iter().take_while(|byte| !matches!(byte, b'.' | b'Z'));
    fixed.enumerate().any(|(at, byte)| !byte.is_ascii_digit() && text.get(at) != Some(byte))
}

/// Returns the offset that this machine's zone has now, in seconds; zero in UTC, where no clock is read.
fn local_offset() -> i32 {
    let zone = Zone::local();
    if matches!(zone, Zone::Utc) {
        return 0;
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    zone.at(now.map_or(0, |since| since.as_secs() as i64)).0
}

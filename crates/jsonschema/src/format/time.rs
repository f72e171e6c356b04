//! Formats `date`, `time`, `date-time`, `duration` and `period` (RFC 3339).

use gostd::strconv::atoi;
use gostd::strings::{cut, split, split_n};

use super::{Refusal, leading_digits, refuse, refuse_rune, split_at};

/// What Go's `time.Parse("2006-01-02", …)` accepts.
pub fn date(text: &[u8]) -> Refusal {
    let parser = DateParser { text };
    let year = parser.number(text, 4, "2006")?;
    let rest = parser.dash(split_at(text, 4).1)?;
    let month = parser.number(rest, 2, "01")?;
    if !(1..=12).contains(&month) {
        return parser.wrong(": month out of range");
    }
    let rest = parser.dash(split_at(rest, 2).1)?;
    let day = parser.number(rest, 2, "02")?;
    let rest = split_at(rest, 2).1;
    if !rest.is_empty() {
        return parser.wrong(&format!(": extra text: {}", time_quote(rest)));
    }
    if !(1..=days_in(month, year)).contains(&day) {
        return parser.wrong(": day out of range");
    }
    Ok(())
}

struct DateParser<'a> {
    text: &'a [u8],
}

impl DateParser<'_> {
    fn number(&self, text: &[u8], digits: usize, element: &str) -> Result<u32, String> {
        match text.get(..digits) {
            Some(number) if number.iter().all(u8::is_ascii_digit) => {
                Ok(number.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
            }
            _ => self.cannot_parse(text, element),
        }
    }

    fn dash<'t>(&self, text: &'t [u8]) -> Result<&'t [u8], String> {
        text.strip_prefix(b"-").map_or_else(|| self.cannot_parse(text, "-"), Ok)
    }

    fn cannot_parse<T>(&self, text: &[u8], element: &str) -> Result<T, String> {
        self.wrong(&format!(" as \"2006-01-02\": cannot parse {} as \"{element}\"", time_quote(text)))
    }

    fn wrong<T>(&self, what: &str) -> Result<T, String> {
        Err(format!("parsing time {}{what}", time_quote(self.text)))
    }
}

/// The quoting of package `time`: bytes outside printable ASCII become `\xNN`.
fn time_quote(text: &[u8]) -> String {
    let mut out = String::from('"');
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=0x7F => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub fn time(text: &[u8]) -> Refusal {
    if text.len() < 9 {
        return refuse("less than 9 characters long");
    }
    if text.get(2) != Some(&b':') || text.get(5) != Some(&b':') {
        return refuse("missing colon in correct place");
    }
    let (clock, rest) = split_at(text, 8);
    let (hour, minute, second) = clock_time(clock)?;
    let rest = skip_fraction(rest)?;
    let (hour, minute) = match rest {
        b"z" | b"Z" => (hour, minute),
        offset => shifted(hour * 60 + minute, offset)?,
    };
    if second >= 60 && (hour != 23 || minute != 59) {
        return refuse("invalid leap second");
    }
    Ok(())
}

fn clock_time(text: &[u8]) -> Result<(i64, i64, i64), String> {
    let mut numbers = Vec::with_capacity(3);
    for part in split_n(text, b":", 3) {
        match atoi(part) {
            Err(_) => return refuse("invalid hour/min/sec"),
            Ok(..0) => return refuse("non-positive hour/min/sec"),
            Ok(number) => numbers.push(number),
        }
    }
    match numbers[..] {
        [hour, minute, second] if hour <= 23 && minute <= 59 && second <= 60 => Ok((hour, minute, second)),
        [_, _, _] => refuse("hour/min/sec out of range"),
        _ => refuse("missing hour/min/sec"),
    }
}

fn skip_fraction(text: &[u8]) -> Result<&[u8], String> {
    let Some(fraction) = text.strip_prefix(b".") else { return Ok(text) };
    match leading_digits(fraction) {
        0 => refuse("no digits in second fraction"),
        digits => Ok(split_at(fraction, digits).1),
    }
}

/// Returns hour and minute in UTC of a minute of the day with an offset like `+01:00`.
fn shifted(minute_of_day: i64, offset: &[u8]) -> Result<(i64, i64), String> {
    if offset.len() != 6 {
        return refuse("offset must be 6 characters long");
    }
    let (sign, offset) = match offset.split_first() {
        Some((b'+', rest)) => (-1, rest),
        Some((b'-', rest)) => (1, rest),
        _ => return refuse("offset must begin with plus/minus"),
    };
    if offset.get(2) != Some(&b':') {
        return refuse("missing colon in offset in correct place");
    }
    let mut numbers = Vec::with_capacity(2);
    for part in split_n(offset, b":", 2) {
        match atoi(part) {
            Err(_) => return refuse("invalid hour/min in offset"),
            Ok(..0) => return refuse("non-positive hour/min in offset"),
            Ok(number) => numbers.push(number),
        }
    }
    let [hours @ ..=23, minutes @ ..=59] = numbers[..] else { return refuse("hour/min in offset out of range") };
    let mut minute_of_day = minute_of_day + sign * (hours * 60 + minutes);
    if minute_of_day < 0 {
        minute_of_day += 24 * 60;
    }
    Ok((minute_of_day / 60, minute_of_day % 60))
}

pub fn date_time(text: &[u8]) -> Refusal {
    if text.len() < 20 {
        return refuse("less than 20 characters long");
    }
    let (day, rest) = split_at(text, 10);
    let Some((b't' | b'T', clock)) = rest.split_first() else { return refuse("11th character must be t or T") };
    date(day).map_err(|e| format!("invalid date element: {e}"))?;
    time(clock).map_err(|e| format!("invalid time element: {e}"))
}

pub fn duration(text: &[u8]) -> Refusal {
    let Some(text) = text.strip_prefix(b"P") else { return refuse("must start with P") };
    if text.is_empty() {
        return refuse("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix(b"W") {
        return match weeks {
            [] => refuse("no number in week"),
            _ if weeks.iter().all(u8::is_ascii_digit) => Ok(()),
            _ => refuse("invalid week"),
        };
    }
    for (i, part) in split(text, b"T").into_iter().enumerate() {
        match i {
            0 => duration_part(part, b"YMD")?,
            _ if part.is_empty() => return refuse("no time elements"),
            1 => duration_part(part, b"HMS")?,
            _ => return refuse("more than one T"),
        }
    }
    Ok(())
}

fn duration_part(mut text: &[u8], units: &[u8]) -> Refusal {
    let mut left = units;
    while !text.is_empty() {
        let (number, rest) = split_at(text, leading_digits(text));
        if number.is_empty() {
            return refuse("missing number");
        }
        let Some((unit, rest)) = rest.split_first() else { return refuse("missing unit") };
        match left.iter().position(|u| u == unit) {
            Some(at) => left = split_at(left, at + 1).1,
            None if units.contains(unit) => return refuse_rune("unit ", u32::from(*unit), " out of order"),
            None => return refuse_rune("invalid unit ", u32::from(*unit), ""),
        }
        text = rest;
    }
    Ok(())
}

/// Two date-times, or one and a duration, with a slash between.
pub fn period(text: &[u8]) -> Refusal {
    let Some((start, end)) = cut(text, b"/") else { return refuse("missing slash") };
    if start.starts_with(b"P") {
        duration(start).map_err(|e| format!("invalid start duration: {e}"))?;
        return date_time(end).map_err(|e| format!("invalid end date-time: {e}"));
    }
    date_time(start).map_err(|e| format!("invalid start date-time: {e}"))?;
    if end.starts_with(b"P") {
        duration(end).map_err(|e| format!("invalid end duration: {e}"))
    } else {
        date_time(end).map_err(|e| format!("invalid end date-time: {e}"))
    }
}

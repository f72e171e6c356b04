//! Reads times by a layout (`time.Parse`).

use super::civil::{Civil, MONTHS, WEEKDAYS, days, days_in, is_leap};
use super::layout::{Part, Precision, next_part};
use super::zone::quoted;
use super::zone_name::zone_name_length;
use super::{Time, Zone};
use crate::GoError;

/// Reads a time; without a zone in it, it is UTC's.
///
/// # Errors
/// Go's text: `parsing time "v" as "l": cannot parse "v" as "2006"`, or `…: month out of range`, `…: extra text: "x"`.
pub fn parse(layout: &[u8], value: &[u8]) -> Result<Time, GoError> {
    Reader::new(layout, value).read(Zone::Utc, &Zone::local())
}

/// Reads a time; without a zone in it, it is that of the given one (`time.ParseInLocation`).
///
/// # Errors
/// As for [`parse`].
pub fn parse_in_zone(layout: &[u8], value: &[u8], zone: Zone) -> Result<Time, GoError> {
    let local = zone.clone();
    Reader::new(layout, value).read(zone, &local)
}

struct Reader<'a> {
    layout: &'a [u8],
    whole: &'a [u8],
    value: &'a [u8],
    fields: Fields,
}

/// What was read.
#[derive(Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    /// Afternoon or morning.
    pm: Option<bool>,
    utc: bool,
    offset: Option<i32>,
    zone_name: Option<String>,
}

/// Why a part could not be read.
enum Fault {
    Bad,
    Range(&'static str),
}

type Read<T> = Result<T, Fault>;

impl<'a> Reader<'a> {
    fn new(layout: &'a [u8], value: &'a [u8]) -> Self {
        Reader { layout, whole: value, value, fields: Fields::default() }
    }

    fn error(&self, part: &[u8], value: &[u8], message: &str) -> GoError {
        let whole = quoted(self.whole);
        if message.is_empty() {
            let (layout, value, part) = (quoted(self.layout), quoted(value), quoted(part));
            return GoError::new(format!("parsing time {whole} as {layout}: cannot parse {value} as {part}"));
        }
        GoError::new(format!("parsing time {whole}{message}"))
    }

    fn read(mut self, default: Zone, local: &Zone) -> Result<Time, GoError> {
        let mut layout = self.layout;
        loop {
            let (prefix, part, after) = next_part(layout);
            self.skip(prefix)?;
            let Some(part) = part else { break };
            let spelled = &layout[prefix.len()..layout.len() - after.len()];
            let before = self.value;
            match self.part(part, after) {
                Ok(()) => {}
                Err(Fault::Bad) => return Err(self.error(spelled, before, "")),
                Err(Fault::Range(what)) => {
                    return Err(self.error(spelled, self.value, &format!(": {what} out of range")));
                }
            }
            layout = after;
        }
        if !self.value.is_empty() {
            let message = format!(": extra text: {}", quoted(self.value));
            return Err(self.error(b"", self.value, &message));
        }
        self.finish(default, local)
    }

    /// Skips literal text; a space stands for any number of them.
    fn skip(&mut self, literal: &[u8]) -> Result<(), GoError> {
        let mut rest = literal;
        while let Some(byte) = rest.first() {
            if *byte == b' ' {
                if self.value.first().is_some_and(|b| *b != b' ') {
                    return Err(self.error(literal, self.value, ""));
                }
                rest = cut_space(rest);
                self.value = cut_space(self.value);
            } else if self.value.first() == Some(byte) {
                rest = &rest[1..];
                self.value = &self.value[1..];
            } else {
                return Err(self.error(literal, self.value, ""));
            }
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.value.split_at_checked(length).ok_or(Fault::Bad)?;
        self.value = rest;
        Ok(taken)
    }

    /// Reads one digit or two; `fixed` asks for two.
    fn number(&mut self, fixed: bool) -> Read<i64> {
        let digits = self.value.iter().take(2).take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || (fixed && digits < 2) {
            return Err(Fault::Bad);
        }
        self.take(digits).map(decimal)
    }

    fn name(&mut self, names: &[&str], length: usize) -> Read<i64> {
        let short = |name: &&str| name[..length.min(name.len())].to_ascii_lowercase();
        let lower = self.value.to_ascii_lowercase();
        let at = names.iter().position(|name| lower.starts_with(short(name).as_bytes())).ok_or(Fault::Bad)?;
        self.take(short(&names[at]).len())?;
        Ok(at as i64)
    }

    fn part(&mut self, part: Part, after: &[u8]) -> Read<()> {
        match part {
            Part::Year => {
                let year = digits(self.take(2)?)?;
                self.fields.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            Part::LongYear => self.fields.year = digits(self.take(4)?)?,
            Part::Month => self.fields.month = Some(self.name(&MONTHS, 3)? + 1),
            Part::LongMonth => self.fields.month = Some(self.name(&MONTHS, usize::MAX)? + 1),
            Part::NumMonth | Part::ZeroMonth => {
                let month = self.number(part == Part::ZeroMonth)?;
                self.fields.month = Some(within(month, 1..=12, "month")?);
            }
            Part::Weekday => drop(self.name(&WEEKDAYS, 3)?),
            Part::LongWeekday => drop(self.name(&WEEKDAYS, usize::MAX)?),
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                if part == Part::UnderDay {
                    self.value = self.value.strip_prefix(b" ").unwrap_or(self.value);
                }
                self.fields.day = Some(self.number(part == Part::ZeroDay)?);
            }
            Part::UnderYearDay | Part::ZeroYearDay => self.year_day(part == Part::ZeroYearDay)?,
            Part::Hour => self.fields.hour = self.number(false).and_then(|n| within(n, 0..=23, "hour"))?,
            Part::Hour12 | Part::ZeroHour12 => {
                let hour = self.number(part == Part::ZeroHour12)?;
                self.fields.hour = within(hour, 0..=12, "hour")?;
            }
            Part::Minute | Part::ZeroMinute => {
                let minute = self.number(part == Part::ZeroMinute)?;
                self.fields.minute = within(minute, 0..=59, "minute")?;
            }
            Part::Second | Part::ZeroSecond => self.second(part == Part::ZeroSecond, after)?,
            Part::UpperPm | Part::LowerPm => {
                let text = self.take(2)?;
                let words: [&[u8]; 2] = if part == Part::UpperPm { [b"AM", b"PM"] } else { [b"am", b"pm"] };
                self.fields.pm = Some(words.iter().position(|word| *word == text).ok_or(Fault::Bad)? == 1);
            }
            Part::ZoneName => self.zone_name()?,
            Part::Offset { iso, colon, precision } => self.offset(iso, colon, precision)?,
            Part::Fraction { digits, trimmed: false, .. } => self.fraction(1 + digits)?,
            Part::Fraction { .. } => {
                let digits = fraction_length(self.value);
                if digits > 0 {
                    self.fraction(1 + digits)?;
                }
            }
        }
        Ok(())
    }

    fn year_day(&mut self, fixed: bool) -> Read<()> {
        for _ in 0..2 {
            if !fixed {
                self.value = self.value.strip_prefix(b" ").unwrap_or(self.value);
            }
        }
        let count = self.value.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
        if count == 0 || (fixed && count < 3) {
            return Err(Fault::Bad);
        }
        self.fields.year_day = Some(decimal(self.take(count)?));
        Ok(())
    }

    /// A fraction may follow the seconds though the layout has none.
    fn second(&mut self, fixed: bool, after: &[u8]) -> Read<()> {
        let second = self.number(fixed)?;
        self.fields.second = within(second, 0..=59, "second")?;
        let digits = fraction_length(self.value);
        if digits > 0 && !matches!(next_part(after).1, Some(Part::Fraction { .. })) {
            self.fraction(1 + digits)?;
        }
        Ok(())
    }

    fn fraction(&mut self, length: usize) -> Read<()> {
        let text = self.take(length)?;
        if !matches!(text[0], b'.' | b',') || !text[1..].iter().all(u8::is_ascii_digit) {
            return Err(Fault::Bad);
        }
        let kept = &text[1..length.min(10)];
        self.fields.nanosecond = decimal(kept) as u32 * 10u32.pow(9 - kept.len() as u32);
        Ok(())
    }

    fn zone_name(&mut self) -> Read<()> {
        if self.value.starts_with(b"UTC") {
            self.fields.utc = true;
            self.take(3)?;
            return Ok(());
        }
        let length = zone_name_length(self.value).ok_or(Fault::Bad)?;
        let name = self.take(length)?;
        self.fields.zone_name = Some(String::from_utf8_lossy(name).into_owned());
        Ok(())
    }

    fn offset(&mut self, iso: bool, colon: bool, precision: Precision) -> Read<()> {
        if iso && self.value.starts_with(b"Z") {
            self.take(1)?;
            self.fields.utc = true;
            return Ok(());
        }
        let groups = match precision {
            Precision::Hours => 1,
            Precision::Minutes => 2,
            Precision::Seconds => 3,
        };
        let width = if colon { 3 } else { 2 };
        let text = self.take(width * groups + 1 - usize::from(colon))?;
        let mut parts = [0; 3];
        for (at, part) in parts.iter_mut().enumerate().take(groups) {
            let start = 1 + at * width;
            if colon && at > 0 && text[start - 1] != b':' {
                return Err(Fault::Bad);
            }
            *part = digits(&text[start..start + 2])?;
        }
        for (part, limit, what) in [
            (parts[0], 24, "time zone offset hour"),
            (parts[1], 60, "time zone offset minute"),
            (parts[2], 60, "time zone offset second"),
        ] {
            within(part, 0..=limit, what)?;
        }
        let seconds = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) as i32;
        self.fields.offset = Some(match text[0] {
            b'+' => seconds,
            b'-' => -seconds,
            _ => return Err(Fault::Bad),
        });
        Ok(())
    }

    fn finish(self, default: Zone, local: &Zone) -> Result<Time, GoError> {
        let fields = &self.fields;
        let hour = match fields.pm {
            Some(true) if fields.hour < 12 => fields.hour + 12,
            Some(false) if fields.hour == 12 => 0,
            _ => fields.hour,
        };
        let (month, day) = self.date()?;
        let civil = Civil {
            year: fields.year,
            month,
            day,
            hour: hour as u8,
            minute: fields.minute as u8,
            second: fields.second as u8,
            nanosecond: fields.nanosecond,
        };
        if fields.utc {
            return Ok(Time::from_civil(&civil, Zone::Utc));
        }
        let utc = Time::from_civil(&civil, Zone::Utc);
        if let Some(offset) = fields.offset {
            let moment = Time { unix_seconds: utc.unix_seconds - i64::from(offset), ..utc };
            let (local_offset, name) = local.at(moment.unix_seconds);
            let same_name = fields.zone_name.as_ref().is_none_or(|wanted| *wanted == name);
            let zone = match local_offset == offset && same_name {
                true => local.clone(),
                false => Zone::Fixed(fields.zone_name.clone().unwrap_or_default(), offset),
            };
            return Ok(moment.in_zone(zone));
        }
        if let Some(name) = &fields.zone_name {
            return Ok(named(&civil, &utc, name, local));
        }
        Ok(Time::from_civil(&civil, default))
    }

    /// Returns month and day, from the day of the year if that was given.
    fn date(&self) -> Result<(u8, u8), GoError> {
        let fields = &self.fields;
        let wrong = |message: &str| self.error(b"", self.value, message);
        let (month, day) = match fields.year_day {
            None => (fields.month.unwrap_or(1), fields.day.unwrap_or(1)),
            Some(year_day) => {
                let last = if is_leap(fields.year) { 366 } else { 365 };
                if !(1..=last).contains(&year_day) {
                    return Err(wrong(": day-of-year out of range"));
                }
                let civil = Civil::from_seconds((days(fields.year, 1, 1) + year_day - 1) * 86_400, 0);
                let (month, day) = (i64::from(civil.month), i64::from(civil.day));
                if fields.month.is_some_and(|m| m != month) {
                    return Err(wrong(": day-of-year does not match month"));
                }
                if fields.day.is_some_and(|d| d != day) {
                    return Err(wrong(": day-of-year does not match day"));
                }
                (month, day)
            }
        };
        if day < 1 || day > i64::from(days_in(month as u8, fields.year)) {
            return Err(wrong(": day out of range"));
        }
        Ok((month as u8, day as u8))
    }
}

/// A name alone: that of the zone's own, or one made up with no offset (`GMT+3` has one).
fn named(civil: &Civil, utc: &Time, name: &str, local: &Zone) -> Time {
    let (offset, local_name) = local.at(utc.unix_seconds);
    if local_name == name {
        return Time { unix_seconds: utc.unix_seconds - i64::from(offset), ..Time::from_civil(civil, Zone::Utc) }
            .in_zone(local.clone());
    }
    let hours: i32 = name.strip_prefix("GMT").and_then(|hours| hours.parse().ok()).unwrap_or(0);
    // Go shows the moment in the made-up zone but does not move it there.
    utc.in_zone(Zone::Fixed(name.to_string(), hours * 3600))
}

fn cut_space(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|b| **b == b' ').count()..]
}

fn decimal(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
}

fn digits(text: &[u8]) -> Read<i64> {
    if text.iter().all(u8::is_ascii_digit) { Ok(decimal(text)) } else { Err(Fault::Bad) }
}

fn within(number: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Read<i64> {
    if range.contains(&number) { Ok(number) } else { Err(Fault::Range(what)) }
}

/// Returns how many digits a fraction at the start of a text has.
fn fraction_length(text: &[u8]) -> usize {
    match text.split_first() {
        Some((b'.' | b',', digits)) => digits.iter().take_while(|b| b.is_ascii_digit()).count(),
        _ => 0,
    }
}

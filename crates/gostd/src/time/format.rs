//! Writes times by a layout (`Time.Format`).

use super::Time;
use super::civil::{Civil, MONTHS, WEEKDAYS};
use super::layout::{Part, Precision, next_part};

impl Time {
    /// Writes the time by a layout.
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        let civil = self.civil();
        let (offset, zone) = self.offset();
        let mut out = Vec::with_capacity(layout.len() + 10);
        let mut rest = layout;
        while !rest.is_empty() {
            let (before, part, after) = next_part(rest);
            out.extend_from_slice(before);
            let Some(part) = part else { break };
            match part {
                Part::ZoneName if zone.is_empty() => put_offset(&mut out, offset, (false, false, Precision::Minutes)),
                Part::ZoneName => out.extend_from_slice(zone.as_bytes()),
                Part::Offset { iso, colon, precision } => put_offset(&mut out, offset, (iso, colon, precision)),
                part => put(&mut out, part, &civil),
            }
            rest = after;
        }
        out
    }
}

fn put(out: &mut Vec<u8>, part: Part, civil: &Civil) {
    let month = MONTHS[usize::from(civil.month - 1) % 12];
    let weekday = WEEKDAYS[usize::from(civil.weekday().0) % 7];
    let hour12 = match civil.hour % 12 {
        0 => 12,
        hour => hour,
    };
    let (upper, lower) = if civil.hour >= 12 { ("PM", "pm") } else { ("AM", "am") };
    let text = match part {
        Part::LongMonth => month.to_string(),
        Part::Month => month[..3].to_string(),
        Part::NumMonth => civil.month.to_string(),
        Part::ZeroMonth => format!("{:02}", civil.month),
        Part::LongWeekday => weekday.to_string(),
        Part::Weekday => weekday[..3].to_string(),
        Part::Day => civil.day.to_string(),
        Part::UnderDay => format!("{:2}", civil.day),
        Part::ZeroDay => format!("{:02}", civil.day),
        Part::UnderYearDay => format!("{:3}", civil.year_day()),
        Part::ZeroYearDay => format!("{:03}", civil.year_day()),
        Part::Hour => format!("{:02}", civil.hour),
        Part::Hour12 => hour12.to_string(),
        Part::ZeroHour12 => format!("{hour12:02}"),
        Part::Minute => civil.minute.to_string(),
        Part::ZeroMinute => format!("{:02}", civil.minute),
        Part::Second => civil.second.to_string(),
        Part::ZeroSecond => format!("{:02}", civil.second),
        Part::LongYear if civil.year < 0 => format!("-{:04}", civil.year.unsigned_abs()),
        Part::LongYear => format!("{:04}", civil.year),
        Part::Year => format!("{:02}", civil.year.rem_euclid(100)),
        Part::UpperPm => upper.to_string(),
        Part::LowerPm => lower.to_string(),
        Part::Fraction { digits, trimmed, comma } => fraction(civil.nanosecond, digits, trimmed, comma),
        Part::ZoneName | Part::Offset { .. } => String::new(),
    };
    out.extend_from_slice(text.as_bytes());
}

fn fraction(nanosecond: u32, digits: usize, trimmed: bool, comma: bool) -> String {
    let all = format!("{nanosecond:09}");
    let mut kept = all[..digits.min(9)].to_string();
    kept.push_str(&"0".repeat(digits.saturating_sub(9)));
    if trimmed {
        kept.truncate(kept.trim_end_matches('0').len());
        if kept.is_empty() {
            return String::new();
        }
    }
    format!("{}{kept}", if comma { ',' } else { '.' })
}

fn put_offset(out: &mut Vec<u8>, seconds: i32, (iso, colon, precision): (bool, bool, Precision)) {
    if iso && seconds == 0 {
        out.push(b'Z');
        return;
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let total = seconds.unsigned_abs();
    let colon = if colon { ":" } else { "" };
    let mut text = format!("{sign}{:02}", total / 3600);
    if precision != Precision::Hours {
        text.push_str(&format!("{colon}{:02}", total / 60 % 60));
    }
    if precision == Precision::Seconds {
        text.push_str(&format!("{colon}{:02}", total % 60));
    }
    out.extend_from_slice(text.as_bytes());
}

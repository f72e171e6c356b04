//! Layouts: the parts of Go's reference time, `Mon Jan 2 15:04:05 MST 2006`.

/// A part of a layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// An offset: whether UTC is `Z`, whether there are colons, and what it counts to.
    Offset {
        iso: bool,
        colon: bool,
        precision: Precision,
    },
    /// A fraction: digits, whether zeros at its end are left out, and whether it starts with a comma.
    Fraction {
        digits: usize,
        trimmed: bool,
        comma: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precision {
    Hours,
    Minutes,
    Seconds,
}

const fn offset(iso: bool, colon: bool, precision: Precision) -> Part {
    Part::Offset { iso, colon, precision }
}

/// Spellings; of those that fit at a place the first counts.
const SPELLINGS: &[(&[u8], Part)] = &[
    (b"January", Part::LongMonth),
    (b"Jan", Part::Month),
    (b"Monday", Part::LongWeekday),
    (b"Mon", Part::Weekday),
    (b"MST", Part::ZoneName),
    (b"01", Part::ZeroMonth),
    (b"02", Part::ZeroDay),
    (b"03", Part::ZeroHour12),
    (b"04", Part::ZeroMinute),
    (b"05", Part::ZeroSecond),
    (b"06", Part::Year),
    (b"002", Part::ZeroYearDay),
    (b"15", Part::Hour),
    (b"1", Part::NumMonth),
    (b"2006", Part::LongYear),
    (b"2", Part::Day),
    (b"__2", Part::UnderYearDay),
    (b"_2", Part::UnderDay),
    (b"3", Part::Hour12),
    (b"4", Part::Minute),
    (b"5", Part::Second),
    (b"PM", Part::UpperPm),
    (b"pm", Part::LowerPm),
    (b"-070000", offset(false, false, Precision::Seconds)),
    (b"-07:00:00", offset(false, true, Precision::Seconds)),
    (b"-0700", offset(false, false, Precision::Minutes)),
    (b"-07:00", offset(false, true, Precision::Minutes)),
    (b"-07", offset(false, false, Precision::Hours)),
    (b"Z070000", offset(true, false, Precision::Seconds)),
    (b"Z07:00:00", offset(true, true, Precision::Seconds)),
    (b"Z0700", offset(true, false, Precision::Minutes)),
    (b"Z07:00", offset(true, true, Precision::Minutes)),
    (b"Z07", offset(true, false, Precision::Hours)),
];

/// Splits a layout at its first part: the text before it, the part, and what follows.
pub fn next_part(layout: &[u8]) -> (&[u8], Option<Part>, &[u8]) {
    for at in 0..layout.len() {
        if let Some((part, length)) = part_at(layout, at) {
            return (&layout[..at], Some(part), &layout[at + length..]);
        }
    }
    (layout, None, b"")
}

fn part_at(layout: &[u8], at: usize) -> Option<(Part, usize)> {
    let rest = &layout[at..];
    if matches!(rest[0], b'.' | b',') {
        return fraction(rest);
    }
    if rest.starts_with(b"_2006") {
        // An underscore before a year is not a day's.
        return None;
    }
    let (spelling, part) = SPELLINGS.iter().find(|(spelling, _)| rest.starts_with(spelling))?;
    // `Jan` and `Mon` must not run on into a word.
    let runs_on = rest.get(3).is_some_and(u8::is_ascii_lowercase);
    if matches!(part, Part::Month | Part::Weekday) && runs_on {
        return None;
    }
    Some((*part, spelling.len()))
}

/// `.000` or `.999`, not followed by another digit.
fn fraction(rest: &[u8]) -> Option<(Part, usize)> {
    let digit = *rest.get(1).filter(|b| matches!(b, b'0' | b'9'))?;
    let digits = rest[1..].iter().take_while(|b| **b == digit).count();
    if rest.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let part = Part::Fraction { digits, trimmed: digit == b'9', comma: rest[0] == b',' };
    Some((part, 1 + digits))
}

//! Checks the text of a `time.Time`: what `time.Parse` of the RFC 3339 layout accepts, and its error texts.

use crate::GoError;

const LAYOUT: &str = "2006-01-02T15:04:05Z07:00";

/// What stops the reading of a time.
enum Stop {
    /// The text here is not this part of the layout.
    Not(&'static str),
    /// This part is a number out of its range.
    Range(&'static str),
}

/// Checks a time.
///
/// # Errors
/// `parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"`, or `parsing time "x": month out of
/// range`, or `…: extra text: "x"`.
pub(super) fn check(text: &[u8]) -> Result<(), GoError> {
    let mut reader = Reader { rest: text };
    let shown = quoted(text);
    match reader.time() {
        Ok(()) if reader.rest.is_empty() => Ok(()),
        Ok(()) => Err(GoError::new(format!("parsing time {shown}: extra text: {}", quoted(reader.rest)))),
        Err(Stop::Range(what)) => Err(GoError::new(format!("parsing time {shown}: {what} out of range"))),
        Err(Stop::Not(part)) => {
            let rest = quoted(reader.rest);
            Err(GoError::new(format!("parsing time {shown} as \"{LAYOUT}\": cannot parse {rest} as \"{part}\"")))
        }
    }
}

/// Quotes as package time does: bytes beyond ASCII and control characters as `\x`.
fn quoted(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            0x20..0x80 => out.push(char::from(*byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn time(&mut self) -> Result<(), Stop> {
        let year = self.digits(4, "2006")?;
        self.byte(b'-', "-")?;
        let month = self.number("01", 1, 12, "month")?;
        self.byte(b'-', "-")?;
        let day = self.digits(2, "02")?;
        self.byte(b'T', "T")?;
        // One digit is enough for the hour.
        let width = if self.rest.get(1).is_some_and(u8::is_ascii_digit) { 2 } else { 1 };
        if self.digits(width, "15")? > 23 {
            return Err(Stop::Range("hour"));
        }
        self.byte(b':', ":")?;
        self.number("04", 0, 59, "minute")?;
        self.byte(b':', ":")?;
        self.number("05", 0, 59, "second")?;
        self.fraction();
        self.zone()?;
        match day {
            1.. if day <= days(year, month) => Ok(()),
            _ => Err(Stop::Range("day")),
        }
    }

    fn digits(&mut self, count: usize, part: &'static str) -> Result<u32, Stop> {
        let (digits, rest) = self.rest.split_at_checked(count).ok_or(Stop::Not(part))?;
        let number = digits.iter().try_fold(0, |n, b| Some(n * 10 + char::from(*b).to_digit(10)?));
        let number = number.ok_or(Stop::Not(part))?;
        self.rest = rest;
        Ok(number)
    }

    fn number(&mut self, part: &'static str, least: u32, most: u32, what: &'static str) -> Result<u32, Stop> {
        let number = self.digits(2, part)?;
        if (least..=most).contains(&number) { Ok(number) } else { Err(Stop::Range(what)) }
    }

    fn byte(&mut self, byte: u8, part: &'static str) -> Result<(), Stop> {
        self.rest = self.rest.strip_prefix(&[byte]).ok_or(Stop::Not(part))?;
        Ok(())
    }

    fn fraction(&mut self) {
        if let [b'.' | b',', digits @ ..] = self.rest {
            let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
            if count > 0 {
                self.rest = digits.get(count..).unwrap_or_default();
            }
        }
    }

    fn zone(&mut self) -> Result<(), Stop> {
        if let [b'Z', rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(());
        }
        let hold = self.rest;
        let offset = self.offset();
        if matches!(offset, Err(Stop::Not(_))) {
            self.rest = hold;
        }
        offset
    }

    fn offset(&mut self) -> Result<(), Stop> {
        const PART: &str = "Z07:00";
        let [b'+' | b'-', _, _, b':', _, _, ..] = self.rest else {
            return Err(Stop::Not(PART));
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        let hours = self.digits(2, PART)?;
        self.byte(b':', PART)?;
        let minutes = self.digits(2, PART)?;
        match (hours, minutes) {
            (25.., _) => Err(Stop::Range("time zone offset hour")),
            (_, 61..) => Err(Stop::Range("time zone offset minute")),
            _ => Ok(()),
        }
    }
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

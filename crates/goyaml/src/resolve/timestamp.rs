//! Timestamps: the four layouts of Go's `time.Parse` that go-yaml tries. Only whether one matches is of interest.

/// Reports whether go-yaml takes the text for a timestamp.
pub(super) fn is_timestamp(text: &[u8]) -> bool {
    if text.len() < 8 || text[4] != b'-' || !text[..4].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let year = text[..4].iter().fold(0, |year, digit| year * 10 + u32::from(digit - b'0'));
    let Some((month, rest)) = number(&text[5..]) else { return false };
    let Some((day, rest)) = rest.strip_prefix(b"-").and_then(number) else { return false };
    if !(1..=12).contains(&month) || !(1..=days_in(month, year)).contains(&day) {
        return false;
    }
    match rest {
        [] => true,
        [b'T' | b't', rest @ ..] => clock(rest).is_some_and(is_zone),
        [b' ', ..] => {
            let spaces = rest.iter().take_while(|b| **b == b' ').count();
            clock(&rest[spaces..]).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    }
}

/// Parses one or two digits.
fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let digit = |i: usize| text.get(i).filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0'));
    match (digit(0)?, digit(1)) {
        (tens, Some(ones)) => Some((tens * 10 + ones, &text[2..])),
        (ones, None) => Some((ones, &text[1..])),
    }
}

/// Parses hour, minute, second and a fraction.
fn clock(text: &[u8]) -> Option<&[u8]> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(b":")?)?;
    let (second, rest) = number(rest.strip_prefix(b":")?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(match rest {
        [b'.' | b',', digit, ..] if digit.is_ascii_digit() => {
            let digits = rest[1..].iter().take_while(|b| b.is_ascii_digit()).count();
            &rest[1 + digits..]
        }
        _ => rest,
    })
}

/// Reports `Z` or an offset as `+05:30`; Go allows 24 hours and 60 minutes here.
fn is_zone(text: &[u8]) -> bool {
    match text {
        b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let pair = |a: &u8, b: &u8| {
                (a.is_ascii_digit() && b.is_ascii_digit()).then(|| u32::from(a - b'0') * 10 + u32::from(b - b'0'))
            };
            pair(h1, h2).is_some_and(|hours| hours <= 24) && pair(m1, m2).is_some_and(|minutes| minutes <= 60)
        }
        _ => false,
    }
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

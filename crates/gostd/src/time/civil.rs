//! The calendar: days to dates and back (proleptic Gregorian, as Go's).

/// A date and a time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Civil {
    pub year: i64,
    /// From 1.
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanosecond: u32,
}

const SECONDS_PER_DAY: i64 = 86_400;

/// Months of the year, `time.Month`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Month(pub u8);

/// Days of the week from Sunday = 0, `time.Weekday`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Weekday(pub u8);

pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Civil {
    /// Returns the date and time of day of seconds since 1970, already moved by the zone's offset.
    pub fn from_seconds(seconds: i64, nanosecond: u32) -> Civil {
        let days = seconds.div_euclid(SECONDS_PER_DAY);
        let rest = seconds.rem_euclid(SECONDS_PER_DAY);
        let (year, month, day) = date(days);
        Civil {
            year,
            month,
            day,
            hour: (rest / 3600) as u8,
            minute: (rest / 60 % 60) as u8,
            second: (rest % 60) as u8,
            nanosecond,
        }
    }

    /// Returns seconds since 1970 as if the zone had no offset.
    pub fn seconds(&self) -> i64 {
        let day = days(self.year, i64::from(self.month), i64::from(self.day));
        let time = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        day.saturating_mul(SECONDS_PER_DAY).saturating_add(time)
    }

    pub fn weekday(&self) -> Weekday {
        let days = days(self.year, i64::from(self.month), i64::from(self.day));
        Weekday((days + 4).rem_euclid(7) as u8)
    }

    /// Returns the day of the year from 1.
    pub fn year_day(&self) -> i64 {
        days(self.year, i64::from(self.month), i64::from(self.day)) - days(self.year, 1, 1) + 1
    }
}

pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub fn days_in(month: u8, year: i64) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns days since 1970; months and days beyond their range carry over.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let month = month - 1;
    let year = year.saturating_add(month.div_euclid(12));
    let month = month.rem_euclid(12) + 1;
    // Years start in March, so that the day of a leap year comes last.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era.saturating_mul(146_097).saturating_add(day_of_era).saturating_add(day - 1).saturating_sub(719_468)
}

fn date(days: i64) -> (i64, u8, u8) {
    let shifted = days.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let day = shifted.rem_euclid(146_097);
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

//! `time.Time`: a moment, and the zone it is shown in.

use super::civil::{Civil, days};
use super::zone::Zone;
use super::{Duration, RFC3339};

/// A moment.
#[derive(Clone, Debug)]
pub struct Time {
    /// Since 1970 UTC; the nanoseconds count forward from it.
    pub unix_seconds: i64,
    pub nanosecond: u32,
    pub zone: Zone,
}

/// Go's zero time: January 1 of the year 1, UTC.
const ZERO: i64 = -62_135_596_800;

impl Time {
    pub fn new(unix_seconds: i64, nanosecond: u32, zone: Zone) -> Self {
        Time { unix_seconds, nanosecond, zone }
    }

    /// Returns the moment of the system's clock.
    pub fn from_system(time: std::time::SystemTime, zone: Zone) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Time::new(since.as_secs() as i64, since.subsec_nanos(), zone),
            Err(before) => Time::new(0, 0, zone).add(Duration(-(before.duration().as_nanos() as i64))),
        }
    }

    /// Returns Go's zero time.
    pub fn zero() -> Self {
        Time::new(ZERO, 0, Zone::Utc)
    }

    pub fn is_zero(&self) -> bool {
        self.unix_seconds == ZERO && self.nanosecond == 0
    }

    /// Returns the moment of a wall-clock time in a zone.
    pub fn from_civil(civil: &Civil, zone: Zone) -> Self {
        let wall = civil.seconds();
        let offset = zone.offset_of_wall(wall);
        Time::new(wall - i64::from(offset), civil.nanosecond, zone)
    }

    pub fn in_zone(&self, zone: Zone) -> Self {
        Time { zone, ..*self }
    }

    /// Returns date and time of day in the time's zone.
    pub fn civil(&self) -> Civil {
        Civil::from_seconds(self.unix_seconds.saturating_add(i64::from(self.offset().0)), self.nanosecond)
    }

    /// Returns offset and abbreviation of the zone at this moment.
    pub fn offset(&self) -> (i32, String) {
        self.zone.at(self.unix_seconds)
    }

    pub fn add(&self, duration: Duration) -> Self {
        let nanos = i128::from(self.nanosecond) + i128::from(duration.0);
        let seconds = nanos.div_euclid(1_000_000_000);
        let nanosecond = nanos.rem_euclid(1_000_000_000) as u32;
        Time::new(self.unix_seconds.saturating_add(seconds as i64), nanosecond, self.zone.clone())
    }

    /// Moves the date; days beyond a month carry over.
    pub fn add_date(&self, years: i64, months: i64, more_days: i64) -> Self {
        let civil = self.civil();
        let day = days(
            civil.year.saturating_add(years),
            i64::from(civil.month).saturating_add(months),
            i64::from(civil.day).saturating_add(more_days),
        );
        let time = i64::from(civil.hour) * 3600 + i64::from(civil.minute) * 60 + i64::from(civil.second);
        let moved = Civil::from_seconds(day.saturating_mul(86_400).saturating_add(time), civil.nanosecond);
        Time::from_civil(&moved, self.zone.clone())
    }

    /// Returns the time since another, at most what a duration can hold.
    pub fn since(&self, earlier: &Time) -> Duration {
        let nanos = |t: &Time| i128::from(t.unix_seconds) * 1_000_000_000 + i128::from(t.nanosecond);
        let span = nanos(self) - nanos(earlier);
        Duration(span.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }

    pub fn compare(&self, other: &Time) -> std::cmp::Ordering {
        (self.unix_seconds, self.nanosecond).cmp(&(other.unix_seconds, other.nanosecond))
    }

    /// Returns the text of RFC 3339.
    pub fn rfc3339(&self) -> String {
        String::from_utf8_lossy(&self.format(RFC3339)).into_owned()
    }
}

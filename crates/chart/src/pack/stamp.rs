//! Which times the files in an archive have: their own, or that of `SOURCE_DATE_EPOCH`
//! (`StampModTimes` of `pkg/chart/v2/chart.go`, `pkg/cmd/source_date_epoch.go`).

use std::time::SystemTime;

use gostd::GoError;
use gostd::strconv::parse_int;
use gostd::time::{RFC3339, RFC3339_NANO, Time, Zone, parse};

use crate::metadata::Lock;

/// The times of the files in an archive, and of the lock file in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// Their own; what has none was made now.
    Files,
    /// The same for all: seconds since 1970.
    At(i64),
}

impl Stamp {
    /// Reads the text of `SOURCE_DATE_EPOCH`; files keep their times where there is none.
    ///
    /// # Errors
    /// `invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing "x": invalid syntax`, `…: must not be negative`.
    pub fn parse(text: &str) -> Result<Self, GoError> {
        if text.is_empty() {
            return Ok(Stamp::Files);
        }
        let seconds = parse_int(text.as_bytes(), 10, 64)
            .map_err(|error| GoError::new(format!("invalid SOURCE_DATE_EPOCH: {error}")))?;
        match seconds {
            0.. => Ok(Stamp::At(seconds)),
            _ => Err(GoError::new("invalid SOURCE_DATE_EPOCH: must not be negative")),
        }
    }

    /// Returns the time of a file in seconds since 1970, rounded as Go's archives are.
    pub fn seconds(self, modified: Option<SystemTime>) -> i64 {
        match self {
            Stamp::At(seconds) => seconds,
            Stamp::Files => rounded(&Time::from_system(modified.unwrap_or_else(SystemTime::now), Zone::Utc)),
        }
    }

    /// Returns the lock as it is packed, and the time of its file: when it was generated.
    pub fn lock(self, lock: &Lock) -> (Lock, i64) {
        let mut lock = lock.clone();
        let seconds = match self {
            Stamp::At(seconds) => {
                lock.generated = Time::new(seconds, 0, Zone::Utc).rfc3339();
                seconds
            }
            Stamp::Files => {
                let generated = parse(RFC3339, lock.generated.as_bytes()).unwrap_or_else(|_| Time::zero());
                lock.generated = String::from_utf8_lossy(&generated.format(RFC3339_NANO)).into_owned();
                if generated.is_zero() { self.seconds(None) } else { rounded(&generated) }
            }
        };
        (lock, seconds)
    }
}

/// The nearest second, the later one of two.
fn rounded(time: &Time) -> i64 {
    time.unix_seconds + i64::from(time.nanosecond >= 500_000_000)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::Stamp;
    use crate::metadata::Lock;

    #[test]
    fn source_date_epoch_is_read_as_helm_does() {
        let cases = [
            ("", Ok(Stamp::Files)),
            ("0", Ok(Stamp::At(0))),
            ("+17", Ok(Stamp::At(17))),
            ("1700000000", Ok(Stamp::At(1_700_000_000))),
            ("abc", Err("invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing \"abc\": invalid syntax")),
            ("1.5", Err("invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing \"1.5\": invalid syntax")),
            (
                "9223372036854775808",
                Err("invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing \"9223372036854775808\": value out of range"),
            ),
            ("-1", Err("invalid SOURCE_DATE_EPOCH: must not be negative")),
        ];
        for (text, want) in cases {
            assert_eq!(Stamp::parse(text).map_err(|error| error.text), want.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn times_are_rounded_to_the_nearest_second() {
        let at = |nanos: u64| Some(SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos));
        let cases = [(7_499_999_999, 7), (7_500_000_000, 8), (0, 0)];
        for (nanos, want) in cases {
            assert_eq!(Stamp::Files.seconds(at(nanos)), want);
            assert_eq!(Stamp::At(3).seconds(at(nanos)), 3);
        }
        let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(Stamp::Files.seconds(Some(before)), -1);
    }

    #[test]
    fn a_lock_is_as_old_as_it_says() {
        let lock = Lock { generated: "2024-05-06T07:08:09.600+02:00".into(), ..Lock::default() };
        let (same, seconds) = Stamp::Files.lock(&lock);
        assert_eq!((same.generated.as_str(), seconds), ("2024-05-06T07:08:09.6+02:00", 1_714_972_090));
        assert_eq!(Stamp::Files.lock(&Lock::default()).0.generated, "0001-01-01T00:00:00Z");
        let (stamped, seconds) = Stamp::At(1_700_000_000).lock(&lock);
        assert_eq!((stamped.generated.as_str(), seconds), ("2023-11-14T22:13:20Z", 1_700_000_000));
    }
}

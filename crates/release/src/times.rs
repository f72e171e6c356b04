//! Times of records: RFC 3339 with nanoseconds, and the moments of files.

use std::time::{Duration, SystemTime};

use gostd::GoError;
use gostd::time::{RFC3339, RFC3339_NANO, Time, Zone, parse};

/// Reads a time; nothing for an empty text and for Go's zero time.
pub fn read(text: &[u8]) -> Result<Option<Time>, GoError> {
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(parse(RFC3339, text)?).filter(|time| !time.is_zero()))
}

/// Returns the text of a time.
pub fn text(time: &Time) -> Vec<u8> {
    time.format(RFC3339_NANO)
}

/// Returns the time of a file's change, in the zone of this machine as Go shows it.
pub fn of_file(modified: SystemTime) -> Time {
    Time::from_system(modified, Zone::local())
}

/// Returns the moment of a time, when the system can tell it.
pub fn to_file(time: &Time) -> Option<SystemTime> {
    let seconds = Duration::from_secs(time.unix_seconds.unsigned_abs());
    let start = SystemTime::UNIX_EPOCH;
    let whole = if time.unix_seconds < 0 { start.checked_sub(seconds) } else { start.checked_add(seconds) };
    whole?.checked_add(Duration::from_nanos(u64::from(time.nanosecond)))
}

//! Go's time: durations, times, layouts, zones.

mod civil;
mod duration;
mod format;
mod instant;
mod layout;
mod object;
mod parse;
mod zone;
mod zone_name;

pub use civil::{Civil, Month, Weekday};
pub use duration::{Duration, parse_duration};
pub use instant::Time;
pub use parse::{parse, parse_in_zone};
pub use zone::{Zone, load_location};

/// Layouts that Go names.
pub const RFC3339: &[u8] = b"2006-01-02T15:04:05Z07:00";
pub const RFC3339_NANO: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

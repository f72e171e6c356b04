//! Go's time: durations, times, layouts, zones.

mod duration;

pub use duration::{Duration, parse_duration};

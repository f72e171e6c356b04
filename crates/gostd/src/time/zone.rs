//! Time zones.

use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::{GoError, strconv};

/// A place whose time is shown.
#[derive(Clone, Debug)]
pub enum Zone {
    Utc,
    /// A zone with one offset in seconds east of UTC.
    Fixed(String, i32),
    /// A zone of the time zone database, under the name it was asked for by.
    Named(String, TimeZone),
}

impl Zone {
    /// Returns the zone of this machine: that of `TZ`, else of `/etc/localtime`, as Go reads them; UTC if neither works.
    pub fn local() -> Zone {
        static LOCAL: OnceLock<Zone> = OnceLock::new();
        LOCAL.get_or_init(find_local).clone()
    }

    /// Returns the offset in seconds east of UTC and the abbreviation at a moment.
    pub fn at(&self, unix_seconds: i64) -> (i32, String) {
        match self {
            Zone::Utc => (0, "UTC".to_string()),
            Zone::Fixed(name, offset) => (*offset, name.clone()),
            Zone::Named(_, zone) => {
                let limit = Timestamp::MAX.as_second();
                let seconds = unix_seconds.clamp(-limit, limit);
                let info = zone.to_offset_info(Timestamp::from_second(seconds).unwrap_or_default());
                (info.offset().seconds(), info.abbreviation().to_string())
            }
        }
    }

    /// Returns what `Location.String` returns.
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Fixed(name, _) | Zone::Named(name, _) => name,
        }
    }

    /// Returns the offset of a wall-clock time given as seconds since 1970 without offset: Go tries the offset before it,
    /// then the one after.
    pub fn offset_of_wall(&self, wall_seconds: i64) -> i32 {
        let guess = self.at(wall_seconds).0;
        let first = self.at(wall_seconds - i64::from(guess)).0;
        if first == guess { guess } else { self.at(wall_seconds - i64::from(first)).0 }
    }
}

/// Loads a zone by name (`time.LoadLocation`): `""` and `UTC` are UTC, `Local` is the machine's.
///
/// # Errors
/// `unknown time zone NAME`.
pub fn load_location(name: &str) -> Result<Zone, GoError> {
    match name {
        "" | "UTC" => return Ok(Zone::Utc),
        "Local" => return Ok(Zone::local()),
        _ => {}
    }
    let bad = name.contains("..") || name.starts_with(['/', '\\']);
    if bad {
        return Err("time: invalid location name".into());
    }
    // The database of jiff looks names up without regard to case; Go's are files.
    let found = TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name));
    match found {
        Some(zone) => Ok(Zone::Named(name.to_string(), zone)),
        None => Err(format!("unknown time zone {name}").into()),
    }
}

fn find_local() -> Zone {
    let name = match std::env::var("TZ") {
        Ok(name) => name.strip_prefix(':').map(str::to_string).unwrap_or(name),
        Err(_) => return system_zone("/etc/localtime"),
    };
    match name.as_str() {
        "" | "UTC" => Zone::Utc,
        path if path.starts_with('/') => system_zone(path),
        name => match load_location(name) {
            Ok(Zone::Named(_, zone)) => Zone::Named("Local".to_string(), zone),
            _ => Zone::Utc,
        },
    }
}

fn system_zone(path: &str) -> Zone {
    let data = std::fs::read(path).ok();
    match data.and_then(|data| TimeZone::tzif("Local", &data).ok()) {
        Some(zone) => Zone::Named("Local".to_string(), zone),
        None => Zone::Utc,
    }
}

/// Writes an offset as `+0530`, `+05:30` or with seconds.
pub(super) fn quoted(text: &[u8]) -> String {
    String::from_utf8_lossy(&strconv::quote(text)).into_owned()
}

//! `SOURCE_DATE_EPOCH`: the time that everything in an archive shall have (`pkg/cmd/source_date_epoch.go`).

use chart::pack::Stamp;
use gostd::GoError;

/// Reads the environment.
///
/// # Errors
/// `invalid SOURCE_DATE_EPOCH: …`
pub fn stamp() -> Result<Stamp, GoError> {
    let text = std::env::var_os("SOURCE_DATE_EPOCH").unwrap_or_default();
    Stamp::parse(&text.to_string_lossy())
}

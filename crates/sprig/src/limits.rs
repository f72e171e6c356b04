//! How much one call may make: where Go would run out of memory, a clear error.

use gostd::GoError;
use gostd::limits::exceeded;

/// The longest string that one call returns, in bytes.
pub(crate) const STRING_BYTES: usize = gostd::limits::TEXT_BYTES;

/// The longest list that one call returns.
pub(crate) const LIST_ITEMS: usize = 2_000_000;

/// The deepest nesting of values that is compared, copied or merged: Go's own limit for JSON and YAML.
pub(crate) const DEPTH: usize = 10_000;

/// The most entries that one merge goes through.
pub(crate) const MERGED_ENTRIES: usize = 1_000_000;

/// The error of a merge that goes through more than [`MERGED_ENTRIES`].
pub(crate) fn too_many_entries() -> GoError {
    exceeded(format!("merging takes more than {MERGED_ENTRIES} entries"))
}

/// Checks the length of a string that is about to be made.
pub(crate) fn string(bytes: usize) -> Result<(), GoError> {
    if bytes <= STRING_BYTES {
        return Ok(());
    }
    Err(exceeded(format!("result of {bytes} bytes exceeds the limit of {STRING_BYTES} bytes")))
}

/// The error of a list that grew beyond [`LIST_ITEMS`].
pub(crate) fn list_too_long() -> GoError {
    exceeded(format!("result exceeds the limit of {LIST_ITEMS} items"))
}

/// The error of values nested beyond [`DEPTH`].
pub(crate) fn too_deep() -> GoError {
    exceeded(format!("values are nested more than {DEPTH} levels deep"))
}

//! `--keyring`: where the keys are.

use std::path::PathBuf;

use crate::flags::Parsed;

/// Returns the file of the flag, or gpg's own.
pub fn keyring(flags: &Parsed) -> PathBuf {
    flags.last("keyring").map_or_else(provenance::default_keyring, PathBuf::from)
}

//! Whether a chart is what somebody signed (`VerifyChart` of `pkg/downloader/chart_downloader.go`).

use std::path::Path;

use gostd::{GoError, path};
use provenance::{Keyring, Verification};

/// What is done about the signature of a chart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Verify {
    #[default]
    Never,
    /// A chart without one is only told; a wrong one is an error.
    IfPossible,
    Always,
    /// It is fetched, and left to somebody else to check.
    Later,
}

/// Checks an archive with the signature in another file.
///
/// # Errors
/// Helm's texts: `unpacked charts cannot be verified`, `chart must be a tgz file`, `could not load provenance file …`,
/// `failed to load keyring: …`, and what is wrong with the signature.
pub fn chart_file(archive: &Path, provenance: &Path, keyring: &Path) -> Result<Verification, GoError> {
    provenance::verify_chart(archive, provenance, keyring)
}

/// Checks the content of an archive that would have a name.
///
/// # Errors
/// As [`chart_file`].
pub fn archive(content: &[u8], signed: &[u8], name: &str, keyring: &Path) -> Result<Verification, GoError> {
    if !path::ext(name.as_bytes()).eq_ignore_ascii_case(b".tgz") {
        return Err(GoError::new("chart must be a tgz file"));
    }
    let keys = Keyring::load(keyring)
        .map_err(|error| GoError::wrap(format!("failed to load keyring: {}", error.text), error))?;
    provenance::verify(content, name, signed, &keys)
}

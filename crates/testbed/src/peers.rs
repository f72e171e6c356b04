//! The real helm and kubectl, which `cargo xtask peers` fetches into the user's cache.

use std::path::PathBuf;

use crate::binaries::cache;

/// The path of the real helm.
///
/// # Errors
/// That it is not there, and how to get it.
pub fn helm() -> Result<PathBuf, String> {
    peer("helm")
}

/// The path of the real kubectl.
///
/// # Errors
/// That it is not there, and how to get it.
pub fn kubectl() -> Result<PathBuf, String> {
    peer("kubectl")
}

fn peer(name: &str) -> Result<PathBuf, String> {
    let path = cache()?.join("peers").join(name);
    if path.is_file() {
        return Ok(path);
    }
    Err(format!("{} is not there; try: cargo xtask peers", path.display()))
}

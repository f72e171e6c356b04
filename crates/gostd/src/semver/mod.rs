//! Masterminds/semver v3.5.0: versions and constraints as Helm and Sprig read them.

mod check;
mod constraints;
mod object;
mod version;

pub use constraints::Constraints;
pub use version::Version;

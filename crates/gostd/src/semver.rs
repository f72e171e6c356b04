//! Masterminds/semver v3.5: versions and constraints.

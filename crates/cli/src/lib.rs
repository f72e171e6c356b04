//! Helm-compatible commands.

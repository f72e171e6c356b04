//! The rules, a file for each part of a chart.

pub mod chartfile;
pub mod crds;
pub mod dependencies;
mod deprecations;
mod documents;
pub mod templates;
pub mod values;

/// Go's words for a failed system call, as `stat PATH: no such file or directory`.
fn io_error(operation: &str, path: &std::path::Path, error: &std::io::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or_default();
    let mut chars = reason.chars();
    let lower: String = chars.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(chars).collect();
    format!("{operation} {}: {lower}", path.display())
}

//! The flags that several commands share, as static tables.

mod chart_path;
mod global;
mod install;
mod values;

pub use chart_path::CHART_PATH;
pub use global::GLOBAL;
pub use install::{INSTALL, NOTES, NOTES_IGNORED};
pub use values::VALUES;

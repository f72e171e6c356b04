//! The flags that several commands share, as static tables.

mod chart_path;
mod global;
mod install;
mod keyring;
mod schema;
mod values;

pub use chart_path::{CHART_PATH, DEVEL, TLS};
pub use global::GLOBAL;
pub use install::{INSTALL, NOTES, NOTES_IGNORED};
pub use keyring::keyring;
pub use schema::SCHEMA;
pub use values::VALUES;

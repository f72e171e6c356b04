//! Helm's plugins: which are installed, what is wrong with them, and how their commands are run.

mod command;
mod expand;
mod go_types;
mod installed;
mod metadata;
mod typed;

pub use command::run;
pub use installed::{Plugin, find, load, load_folder};
pub use metadata::{Metadata, PlatformCommand};

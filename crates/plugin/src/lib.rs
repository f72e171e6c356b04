//! Helm's plugins: which are installed, what is wrong with them, and how their commands are run.

mod command;
mod expand;
mod getter;
mod go_types;
mod installed;
mod metadata;
mod typed;

pub use command::run;
pub use getter::{Wanted, get};
pub use installed::{Plugin, find, load, load_folder};
pub use metadata::{Metadata, PlatformCommand, ProtocolCommand};

//! The commands, one file each.

mod create;
mod env;
mod lint;
mod locate;
mod root;
mod show;
mod template;

mod unbuilt;
mod values;
mod version;

pub use root::ROOT;
pub use template::push_document;

//! The commands, one file each.

mod create;
mod env;
mod get;
mod history;
mod lint;
mod list;
mod locate;
mod release_text;
mod root;
mod show;
mod template;

mod unbuilt;
mod values;
mod version;

pub use root::ROOT;
pub use template::push_document;

//! The commands, one file each.

mod complete;
mod create;
mod dependency;
mod diff;
mod env;
mod get;
mod history;
mod install;
mod lint;
mod list;
mod locate;
mod operation;
mod package;
mod pull;
mod push;
mod registry;
mod release_text;
mod repo;
mod rollback;
mod root;
mod search;
mod search_oci;
mod server;
mod show;
mod status;
mod template;
mod test;
mod uninstall;
mod upgrade;

mod unbuilt;
mod values;
mod verify;
mod version;

pub use env::variables;
pub use registry::client as registry_client;
pub use root::ROOT;
pub use template::push_document;

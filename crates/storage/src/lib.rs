//! Where the records of releases are: Secrets, ConfigMaps, memory or PostgreSQL, in the form in which Helm keeps them, with
//! a lease beside those that somebody works on. Knows how records are stored, not what operations do with them.
//!
//! [`open`] makes a [`Storage`] for `HELM_DRIVER`. The cluster is reached through the port [`Api`].

mod driver;
mod error;
mod heart;
pub mod holder;
mod labels;
mod memory;
pub mod objects;
mod open;
mod sql;
mod storage;

pub use driver::{Driver, LeaseWriter, Listed, Query, Record};
pub use error::StorageError;
pub use labels::{contains_system_labels, system_labels};
pub use memory::{Memory, releases_of_files};
pub use objects::{Api, ApiError, Call, Kind, Method, Objects};
pub use open::{Place, open};
pub use sql::Sql;
pub use storage::Storage;

/// The name of the object that holds a revision: `sh.helm.release.v1.NAME.vREVISION`.
pub fn key(name: &str, revision: i64) -> String {
    format!("sh.helm.release.v1.{name}.v{revision}")
}

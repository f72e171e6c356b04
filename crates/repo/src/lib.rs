//! Chart repositories (`pkg/repo/v1` of Helm 4.3.1): the file of repositories, indexes, their cache, searching.
//!
//! [`File`] is repositories.yaml. [`update::download`] brings an index into the cache, [`index::Index`] looks things up in
//! it, [`search`] searches it, [`build`] makes one of archives.
//!
//! An index is read once, in pieces. What it says is kept beside it in a side-car, a hidden file that is good for exactly
//! one file of exactly one time; from then on nothing is read of the index but the versions that are asked for.

pub mod build;
pub mod cache;
mod file;
pub mod find;
pub mod getter;
pub mod index;
pub mod policy;
pub mod search;
pub mod update;
mod url;

pub use file::{Entry, File, LoadError, Locked};
pub use getter::{Getter, Http, Origin};
pub use url::{BaseUrl, resolve_reference_url};

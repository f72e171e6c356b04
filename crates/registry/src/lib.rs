//! The client of OCI registries, as Helm 4.3.1 is one over oras-go 2.6.2: the same requests, manifests, files and texts.
//! Knows nothing of flags and of where charts are put.
//!
//! A [`Client`] logs in and out, pushes a [`Package`], pulls what one [`Want`]s, lists tags and chooses among them.
//! Whatever a registry sends is read within limits, and has the digest that was asked for or is an error.

mod auth;
mod catalog;
mod client;
mod content;
mod describe;
mod digest;
mod error;
mod failure;
mod http;
mod json;
mod listing;
mod manifest;
mod media_type;
#[cfg(test)]
mod mutations;
mod pull;
mod push;
mod query;
mod reference;
mod repository;
pub mod resolve;
mod store;
mod tags;

pub use client::{Client, Options};
pub use describe::Description;
pub use error::{Error, Kind};
pub use http::{Retries, Trace};
pub use manifest::{Descriptor, media};
pub use pull::{Provenance, Pulled, Want};
pub use push::{Package, Pushed};
pub use reference::{ChartReference, Namespace, Reference, is_oci, without_scheme};
pub use resolve::{Resolved, Tags};
pub use store::docker_config;
pub use tags::versions;

/// A text between quotes, as `%q` prints it.
fn quote(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

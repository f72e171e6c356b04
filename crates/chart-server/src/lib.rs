//! The chart server: the API of ChartMuseum and OCI distribution over one store.
//!
//! [`command::run`] is what `repo serve` and `chartmuseum` start; [`Server`] is a server for tests and other programs.
//! Whether a request may do something is decided by [`access::Access`]; what is kept is `chart_store`'s.

pub mod access;
mod answer;
mod app;
pub mod command;
mod health;
pub mod linting;
mod listen;
pub mod log;
mod metrics;
mod mirror;
mod museum;
pub mod oci;
mod oci_path;
mod request;
mod route;
mod server;
pub mod settings;

pub use museum::MUSEUM_VERSION;
pub use server::{Server, runtime};

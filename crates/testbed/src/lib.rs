//! A real Kubernetes control plane for tests: etcd, the API server, the controllers, the scheduler and a fake kubelet,
//! built once from the Go programs in `testbed/` of this repository and started on free ports.
//!
//! Most tests want [`Cluster::shared`] with a [`Cluster::namespace`] of their own; those that need another set of flags,
//! several clusters, or that kill a part, start an [`OwnCluster`] by [`Cluster::start`]. [`Postgres`] and [`S3`] are
//! real stores.
//!
//! Errors are texts that say what was being done and end with the last lines of a log where there is one.

mod api;
mod audit;
mod binaries;
mod certificates;
mod cluster;
mod faulty;
mod folder;
mod gobuild;
mod kubeconfig;
mod nodes;
mod options;
mod own;
mod parts;
mod peers;
mod ports;
mod postgres;
mod process;
mod requests;
mod rights;
mod s3;
mod shared;
mod wait;

pub use api::Api;
pub use audit::{Mark, Request};
pub use binaries::{Binaries, build, program, programs};
pub use cluster::{Cluster, Namespace};
pub use faulty::Faulty;
pub use options::{Options, Part};
pub use own::OwnCluster;
pub use peers::{helm, kubectl};
pub use ports::{free_port, is_conflict};
pub use postgres::Postgres;
pub use process::Process;
pub use requests::answer as answer_requests;
pub use rights::{Rule, Scope, User};
pub use s3::S3;
pub use shared::VARIABLE;
pub use wait::until;

//! The record of a release: what Helm stores of each revision, in exactly its encoding. Knows no store and no cluster.
//!
//! [`encode`] and [`decode`] turn a [`Release`] into the text of a Secret and back; [`summary`] reads only what lists
//! show. A record that nobody changed is written back with equal JSON. [`Lease`] tells who works on a record.

mod chart;
mod decode;
mod encode;
mod envelope;
mod hook;
mod inflate;
mod info;
mod lease;
pub mod object;
mod order;
mod packer;
mod shape;
mod status;
pub mod stream;
mod summary;
mod times;
mod view;

pub use crate::chart::{Chart, File};
pub use ::chart::metadata::append_dependencies;
pub use decode::from_yaml;
pub use encode::to_json;
pub use envelope::{decode, decode_base64, encode, pack, unpack};
pub use hook::{Hook, LastRun, Phase};
pub use info::Info;
pub use lease::{LEASE_ANNOTATION, Lease};
pub use order::{by_date, by_name, by_revision, newest_of_each};
pub use packer::Packer;
pub use render::hook::Event;
pub use status::Status;
pub use summary::{Known, Summary, SummaryReader, summary};

use std::collections::BTreeMap;

use gostd::{Map, Str};

/// Objects of the API that belong to a release, by kind, each as JSON.
pub type Resources = BTreeMap<String, Vec<Vec<u8>>>;

/// One revision of a release (`pkg/release/v1` of Helm 4.3.1).
#[derive(Clone, Default)]
pub struct Release {
    pub name: String,
    pub namespace: String,
    /// The revision, from 1.
    pub version: i64,
    pub info: Info,
    pub chart: Option<Chart>,
    /// What the user gave over the chart's values; `None` is null. Not there in JSON when empty.
    pub config: Option<Map>,
    /// All manifests but hooks, as they were applied.
    pub manifest: Str,
    pub hooks: Vec<Hook>,
    /// `ssa` or `csa`; empty in records of Helm 3.
    pub apply_method: String,
    /// The labels of the stored object but for the system's own; not part of the JSON.
    pub labels: BTreeMap<String, String>,
}

impl Release {
    /// Sets status and description.
    pub fn set_status(&mut self, status: Status, description: impl Into<String>) {
        self.info.status = status;
        self.info.description = description.into();
    }

    /// Returns what lists show of the release.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}

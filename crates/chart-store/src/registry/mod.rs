//! The registry: repositories with blobs, manifests and tags, as the OCI distribution specification 1.1 has them.

mod blob;
mod document;
mod list;
mod manifest;
mod put;
mod referrers;
mod remove;
pub mod table;
mod upload;

use bytes::Bytes;

use crate::digest::Digest;

pub use document::chart_of;
pub use put::PutManifest;
pub use table::NewBlob;
pub use upload::is_part;

/// A manifest as it was pushed.
#[derive(Clone, Debug)]
pub struct Manifest {
    pub digest: Digest,
    pub media_type: String,
    pub body: Bytes,
}

/// What became of a manifest that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub digest: Digest,
    /// The manifest that this one refers to as its subject.
    pub subject: Option<String>,
}

/// A part of a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub names: Vec<String>,
    /// There are further names behind the last one.
    pub more: bool,
}

/// A manifest that has the one asked about as its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    pub media_type: String,
    pub digest: String,
    pub size: u64,
    pub artifact_type: Option<String>,
    /// A JSON object.
    pub annotations: Option<String>,
}

/// A body that comes in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// A random UUID.
    pub id: String,
    /// Bytes that came so far.
    pub size: u64,
}

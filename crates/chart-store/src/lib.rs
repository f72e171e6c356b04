//! What a chart server keeps: packages, their versions, indexes, and the manifests, tags and blobs of an OCI registry,
//! as one thing. Knows nothing of HTTP.
//!
//! Contents are in one blob store (a folder, or S3, Google's, Azure's), everything else in rows (SQLite or PostgreSQL).
//! A chart that comes as a package ([`Store::put_chart`]) gets a manifest and a tag; one that comes as a manifest
//! ([`Store::put_manifest`]) gets its place in the index: both in one transaction. Repository `a/b/chart` belongs to
//! tenant `a/b`. What was acknowledged is on the disk; what was not leaves nothing that anyone can see.

mod blobs;
mod cache;
mod charts;
mod config;
mod digest;
mod error;
mod export;
mod garbage;
mod import;
mod index;
pub mod names;
mod registry;
mod rows;
mod store;
mod text;

pub use blobs::{Blob, Pieces, Spool, Spooled};
pub use charts::{ChartVersion, Checked, Listed, Page, Policy, STACK_BYTES, Saved, subject};
pub use config::{BlobPlace, Config, IndexSettings, RowPlace};
pub use digest::{Algorithm, Digest};
pub use error::{Error, Missing, Quota};
pub use export::Exported;
pub use garbage::{Collected, Grace};
pub use import::Imported;
pub use index::Index;
pub use registry::{Listing, Manifest, PutManifest, Referrer, Stored, Upload, chart_of};
pub use store::Store;
pub use text::Text;

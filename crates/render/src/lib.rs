//! Chart, values and capabilities in; ordered manifests, hooks and notes out. Knows no network: a cluster is only seen
//! through the [`Lookup`] port.

mod context;
pub mod engine;
mod error;
mod files;
mod funcs;
pub mod hook;
mod kinds;
pub mod manifest;
mod resources;

pub use engine::{Engine, Lookup, Message, Rendered, text};
pub use error::RenderError;
pub use hook::Hook;
pub use kinds::sort_for_removal;
pub use manifest::{Manifest, Text, split_manifests};
pub use resources::{Files, Resources, sort_manifests};

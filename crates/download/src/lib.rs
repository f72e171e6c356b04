//! Charts by reference: finds, fetches and checks them, and what charts depend on (Helm's `pkg/downloader`, `pkg/getter`).
//!
//! [`Sources`] say where charts come from. A [`Pull`] brings one into a folder, [`Locate`] into the cache of contents, a
//! [`Manager`] all that a chart depends on into its folder `charts`. What they tell goes to a [`Console`]. Knows nothing of
//! flags.

mod cache;
mod console;
mod courier;
mod dependencies;
mod digest;
mod downloader;
mod getters;
mod locate;
mod memory;
mod options;
mod plugins;
pub mod policy;
mod pull;
mod recorder;
mod registries;
mod sources;
mod urls;
pub mod verify;
mod write;

pub use console::Console;
pub use courier::IndexDigests;
pub use dependencies::Manager;
pub use getters::{Getters, Network};
pub use locate::Locate;
pub use options::Options;
pub use plugins::PluginGetter;
pub use pull::Pull;
pub use registries::{Registries, RegistryOptions};
pub use sources::{Places, Sources};
pub use verify::Verify;

//! What would change, or did: pairs of objects become changes, told as text to people and as JSON to programs. Knows no
//! cluster, no records and no flags.
//!
//! Whoever knows the objects gives [`Subject`]s; [`changes`] takes away what is noise and hides what is secret, so that
//! nothing behind it ever sees a Secret's values; [`text`], [`simple`] and [`json`] show the rest.

mod change;
mod clean;
mod json;
mod lines;
mod manifest;
mod mask;
mod object;
mod paths;
mod secrets;
mod summary;
mod text;
mod yaml;

pub use change::{Action, Change, Fate, Hook, Refusal, Subject, changes};
pub use json::json;
pub use manifest::{Document, documents};
pub use object::Identity;
pub use secrets::Secrets;
pub use summary::{Summary, Tense};
pub use text::{Look, simple, text};

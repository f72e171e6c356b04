//! The chart model: metadata, values, dependencies, archives, ignore rules. Knows nothing of rendering, network or
//! Kubernetes.
//!
//! [`load`] makes a [`Chart`] of a folder or archive; [`dependencies::process`] keeps what values enable;
//! [`values::to_render_values`] gives the data that templates start from. [`value_options::ValueOptions`] merges what a
//! user gives, [`create::run`] writes a new chart, [`pack::save`] an archive. What Helm logs goes to a [`log::Log`]; error texts are Helm's.
//!
//! Values are `Rc` trees: a chart stays on its thread.

pub mod annotations;
pub mod capabilities;
mod chart;
mod content;
pub mod create;
pub mod dependencies;
mod expand;
pub mod ignore;
mod load;
pub mod lock;
pub mod log;
pub mod metadata;
pub mod os_error;
pub mod pack;
pub mod release_name;
pub mod schema;
pub mod strvals;
pub mod value_options;
pub mod values;

pub use capabilities::Capabilities;
pub use chart::{Chart, Crd, File, Parts};
pub use content::Data;
pub use expand::expand;
pub use load::{
    Content, Inspected, inspect, inspect_small, load, load_any_version, load_archive, load_files, load_folder,
    load_without_templates,
};
pub use metadata::{Dependency, Lock, Maintainer, Metadata};

//! Go's text behaviour for Rust: the values templates see, and the parts of Go's standard library (and of the small
//! libraries Helm uses beside it) whose exact output users see. Knows nothing of templates, YAML or Helm.

pub mod error;
pub mod fmt;
pub mod glob;
pub mod json;
pub mod limits;
pub mod path;
pub mod regexp;
pub mod semver;
pub mod strconv;
pub mod strings;
pub mod time;
pub mod toml;
pub mod unicode;
pub mod url;
pub mod value;

pub use error::GoError;
pub use value::{List, Map, Object, Str, Type, Value};

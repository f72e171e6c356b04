//! YAML documents as nodes that keep their comments and styles, read and written exactly as go-yaml v3 does it.
//!
//! For those who change a document and leave the rest as it stands. Values without style and comments are `goyaml`'s.

mod node;
mod read;
mod write;

pub use goyaml::events::{Comments, Style};
pub use node::{Document, Form, Kind, Node};
pub use read::read;
pub use write::{SequenceIndent, Writer};

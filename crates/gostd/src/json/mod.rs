//! encoding/json of Go 1.27: encoding and decoding with its error texts.

mod shape;

pub use shape::{Field, Shape};

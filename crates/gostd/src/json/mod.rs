//! `encoding/json` of Go 1.27 (the v1 API on the v2 engine): encoding, decoding, and its error texts.

mod base64;
mod check;
mod decode;
mod encode;
mod fault;
mod indent;
mod members;
mod mismatch;
mod object;
mod quote;
mod run;
mod scan;
mod shape;
mod time;

pub use check::{shape_value, shape_value_strict};
pub use decode::{
    decode, decode_first, decode_first_with_integers, decode_list, decode_map, decode_partial, decode_shaped, valid,
};
pub use encode::{append_encode, append_number, encode, encode_indent, encode_raw};
pub use indent::{compact, indent};
pub use members::members;
pub use object::{Object, append_list};
pub use quote::{append_quote, append_quote_raw};
pub use shape::{Field, Shape};

/// Objects and arrays inside each other; Go's limit too.
const DEPTH_LIMIT: usize = 10_000;

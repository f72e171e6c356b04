//! JSON of registries: the first value of a text, fitted to a Go type.

use gostd::json::{Shape, decode_first, decode_shaped};
use gostd::{GoError, Value};

/// Reads the first value of a text, as a `json.Decoder` does.
///
/// # Errors
/// `EOF`, `unexpected EOF`, what is wrong with the text, the first value that does not fit.
pub fn first(text: &[u8], shape: &Shape) -> Result<Value, GoError> {
    let (_, length) = decode_first(text)?;
    decode_shaped(text.get(..length).unwrap_or_default(), shape)
}

/// A member, nil if there is none.
pub fn member(value: &Value, name: &str) -> Value {
    value.as_map().and_then(|map| map.get(name.as_bytes())).unwrap_or(Value::Nil)
}

/// A member that is a text, empty if there is none.
pub fn text(value: &Value, name: &str) -> String {
    member(value, name).as_str().map(|text| text.to_text().into_owned()).unwrap_or_default()
}

/// The items of a member that is a list.
pub fn items(value: &Value, name: &str) -> Vec<Value> {
    member(value, name).as_list().map(|list| list.items().to_vec()).unwrap_or_default()
}

//! JSON of registries: the first value of a text, fitted to a Go type.

use gostd::json::{Shape, decode_first, decode_shaped};
use gostd::{GoError, Value};

/// A Go struct without a name: its shape, and how Go writes its type.
pub struct Nameless {
    pub shape: Shape,
    pub go_type: &'static str,
}

impl Nameless {
    /// Reads the first value of a text, as a `json.Decoder` does.
    ///
    /// # Errors
    /// `EOF`, `unexpected EOF`, what is wrong with the text, the first value that does not fit.
    pub fn read_first(&self, text: &[u8]) -> Result<Value, GoError> {
        let (_, length) = decode_first(text)?;
        decode_shaped(text.get(..length).unwrap_or_default(), &self.shape).map_err(|mut error| {
            // Of its fields Go says no type; of the whole it does.
            if error.text.ends_with("Go value of type ") {
                error.text.push_str(self.go_type);
            }
            error
        })
    }
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

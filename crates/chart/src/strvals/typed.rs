//! What a value of `--set` is by its look.

use gostd::Value;
use gostd::strconv::parse_int;
use gostd::strings::equal_fold;

/// Returns a bool, null, an integer without leading zeros, or else the text.
pub fn typed(text: &str) -> Value {
    let bytes = text.as_bytes();
    let is = |word: &str| equal_fold(bytes, word.as_bytes());
    match bytes.first() {
        None => Value::str(""),
        Some(b'0') if bytes.len() == 1 => Value::Int64(0),
        _ if is("true") => Value::Bool(true),
        _ if is("false") => Value::Bool(false),
        _ if is("null") => Value::Nil,
        Some(b'1'..=b'9' | b'+' | b'-') => parse_int(bytes, 10, 64).map_or_else(|_| text.into(), Value::Int64),
        Some(_) => text.into(),
    }
}

//! Reads TOML 1.1 with the words, lines and oddities of github.com/BurntSushi/toml 1.6.0 (`lex.go`, `parse.go`).

mod cursor;
mod document;
mod scalar;
mod table;
mod tables;
mod text;
mod word;

use crate::{GoError, Value};
use cursor::Fault;

/// How deep tables and lists may be nested, and how many parts a key may have.
const MAX_DEPTH: usize = 10_000;

/// The longest document: `[[a]]`, six bytes, takes several hundred in memory.
const MAX_BYTES: usize = 4 << 20;

/// Reads a document into a `map[string]interface {}`.
///
/// Integers are `int64`, numbers with a fraction `float64`, times `time.Time`, lists `[]interface {}`, and the tables of
/// `[[key]]` a `[]map[string]interface {}`.
///
/// # Errors
/// `toml: line N (last key "a.b"): ` and what is wrong there.
pub fn decode(text: &[u8]) -> Result<Value, GoError> {
    if text.len() > MAX_BYTES {
        return Err(crate::limits::exceeded(format!("toml: the text is longer than {MAX_BYTES} bytes")));
    }
    let marks: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"];
    let text = marks.iter().find_map(|mark| text.strip_prefix(*mark)).unwrap_or(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        let message = "files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8";
        return Err(Fault { line: 1, message: message.to_string() }.error(""));
    }
    document::read(text)
}

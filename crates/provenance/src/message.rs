//! What is signed: Chart.yaml, and the hash of the archive (`messageBlock` and `SumCollection` of
//! `pkg/provenance/sign.go`).

use gostd::json::{Field, Shape};
use gostd::{GoError, Map, Value};

/// A line of three dots ends a YAML document; three dashes would have a meaning in signed texts.
const BOUNDARY: &[u8] = b"\n...\n";

const SUMS: Shape = Shape::Struct(
    &[
        Field { name: "files", shape: Shape::Map(&Shape::String, "map[string]string") },
        Field { name: "images", shape: Shape::Map(&Shape::String, "map[string]string") },
    ],
    "provenance.SumCollection",
);

/// Returns the text to sign; `hash` is `sha256:…`.
///
/// # Errors
/// For a name that YAML cannot hold.
pub fn write(definition: &[u8], file_name: &str, hash: &str) -> Result<Vec<u8>, GoError> {
    let files = [(file_name.into(), Value::from(hash))].into_iter().collect();
    let sums = [("files".into(), Value::map(files))].into_iter().collect();
    Ok([definition, BOUNDARY, &goyaml::to_yaml(&Value::map(sums))?].concat())
}

/// Returns the hash that a signed text has for a file.
///
/// # Errors
/// `message block must have at least two parts`, `provenance does not contain a SHA for a file named "x"`, what is wrong
/// with the YAML.
pub fn hash_of(text: &[u8], file_name: &str) -> Result<String, GoError> {
    let at = text.windows(BOUNDARY.len()).position(|window| window == BOUNDARY);
    let Some(rest) = at.and_then(|at| text.get(at + BOUNDARY.len()..)) else {
        return Err(GoError::new("message block must have at least two parts"));
    };
    let end = rest.windows(BOUNDARY.len()).position(|window| window == BOUNDARY);
    let sums = goyaml::from_yaml_shaped(rest.get(..end.unwrap_or(rest.len())).unwrap_or_default(), &SUMS)?;
    let files = sums.as_map().and_then(|sums| sums.get(b"files"));
    let hash = files.as_ref().and_then(Value::as_map).and_then(|files: &Map| files.get(file_name.as_bytes()));
    match hash.as_ref().map(Value::as_str) {
        Some(hash) => Ok(hash.map(|hash| hash.to_text().into_owned()).unwrap_or_default()),
        None => Err(GoError::new(format!("provenance does not contain a SHA for a file named {}", quoted(file_name)))),
    }
}

pub fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

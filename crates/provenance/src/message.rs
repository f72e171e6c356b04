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

const DEFINITION: Shape = Shape::Struct(
    &[Field { name: "name", shape: Shape::String }, Field { name: "version", shape: Shape::String }],
    "chart.Metadata",
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
    let files = files(parts(text)?.1)?;
    let hash = files.as_ref().and_then(Value::as_map).and_then(|files: &Map| files.get(file_name.as_bytes()));
    match hash.as_ref().map(Value::as_str) {
        Some(hash) => Ok(hash.map(|hash| hash.to_text().into_owned()).unwrap_or_default()),
        None => Err(GoError::new(format!("provenance does not contain a SHA for a file named {}", quoted(file_name)))),
    }
}

/// Returns the name of the file that a signed text has a hash for.
///
/// # Errors
/// As [`hash_of`]; ours where the hash is of no file.
pub fn file_of(text: &[u8], hash: &str) -> Result<String, GoError> {
    let files = files(parts(text)?.1)?;
    let named = files.as_ref().and_then(Value::as_map).and_then(|files| {
        let is_it = |value: &Value| value.as_str().is_some_and(|found| found.to_text() == hash);
        files.borrow().iter().find(|(_, value)| is_it(value)).map(|(name, _)| name.to_text().into_owned())
    });
    named.ok_or_else(|| GoError::new(format!("it was signed for other content than {hash}")))
}

/// Returns name and version of the chart whose definition was signed.
///
/// # Errors
/// As [`hash_of`].
pub fn chart_of(text: &[u8]) -> Result<(String, String), GoError> {
    let definition = goyaml::from_yaml_shaped(parts(text)?.0, &DEFINITION)?;
    let field = |name: &str| {
        let value = definition.as_map()?.get(name.as_bytes())?;
        Some(value.as_str()?.to_text().into_owned())
    };
    Ok((field("name").unwrap_or_default(), field("version").unwrap_or_default()))
}

/// Cuts a signed text into the definition of the chart and the hashes of files.
fn parts(text: &[u8]) -> Result<(&[u8], &[u8]), GoError> {
    let boundary = |text: &[u8]| text.windows(BOUNDARY.len()).position(|window| window == BOUNDARY);
    let cut = boundary(text).and_then(|at| Some((text.get(..at)?, text.get(at + BOUNDARY.len()..)?)));
    let (definition, rest) = cut.ok_or_else(|| GoError::new("message block must have at least two parts"))?;
    let end = boundary(rest).unwrap_or(rest.len());
    Ok((definition, rest.get(..end).unwrap_or_default()))
}

fn files(sums: &[u8]) -> Result<Option<Value>, GoError> {
    let sums = goyaml::from_yaml_shaped(sums, &SUMS)?;
    Ok(sums.as_map().and_then(|sums| sums.get(b"files")))
}

pub fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

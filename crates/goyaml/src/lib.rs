//! Reads and writes YAML exactly as go-yaml v2 and v3 do, as Helm uses them. Knows nothing of templates or Kubernetes.

mod check;
mod compose;
mod decode;
mod documents;
mod emit;
pub mod events;
mod fast;
mod head;
mod numbers;
mod objects;
mod parser;
mod problem;
mod reader;
mod resolve;
mod scanner;

use gostd::json::{self, Shape};
use gostd::{GoError, Value};

use decode::Mode;

pub use check::check_map;
pub use documents::Documents;
pub use emit::{append_yaml, to_yaml, to_yaml_pretty};
pub use head::{Head, head};
pub use objects::Objects;
pub use resolve::{implicit_tag, is_text};

/// Reads a YAML document as `sigs.k8s.io/yaml.Unmarshal` does into an `interface{}`: all numbers are float64.
///
/// Only the first document of a stream is read. An empty one gives nil.
///
/// # Errors
/// The complete text of sigs.k8s.io/yaml 1.6.0, as `error converting YAML to JSON: yaml: line 3: …`.
pub fn from_yaml(text: &[u8]) -> Result<Value, GoError> {
    read(text, Mode::Json, None)
}

/// Reads like [`from_yaml`] into a `map[string]interface{}`; an empty document gives an empty map.
///
/// # Errors
/// Also `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type
/// map[string]interface {}`.
pub fn from_yaml_map(text: &[u8]) -> Result<Value, GoError> {
    map_of(from_yaml(text)?)
}

fn map_of(value: Value) -> Result<Value, GoError> {
    match value {
        Value::Nil => Ok(Value::map(Default::default())),
        value @ Value::Map(_) => Ok(value),
        value => Err(mismatch(&value, "map[string]interface {}")),
    }
}

/// Reads like [`from_yaml`] into an `[]interface{}`; an empty document gives an empty list.
///
/// # Errors
/// As [`from_yaml_map`], for `[]interface {}`.
pub fn from_yaml_list(text: &[u8]) -> Result<Value, GoError> {
    match from_yaml(text)? {
        Value::Nil => Ok(Value::list(Vec::new())),
        value @ Value::List(_) => Ok(value),
        value => Err(mismatch(&value, "[]interface {}")),
    }
}

/// Reads as `sigs.k8s.io/yaml.UnmarshalStrict` does into an `interface{}`: a key that is there twice is an error.
///
/// # Errors
/// Also `error converting YAML to JSON: yaml: unmarshal errors:\n  line 2: key "a" already set in map`.
pub fn from_yaml_strict(text: &[u8]) -> Result<Value, GoError> {
    read(text, Mode::Strict, None)
}

/// Reads as `sigs.k8s.io/yaml.Unmarshal` does into a Go type: a number or boolean where the type has a string becomes its
/// text. A struct comes back as a map of the fields present, named as in the [`Shape`].
///
/// # Errors
/// Those of [`from_yaml`], else the first field that does not fit: `error unmarshaling JSON: while decoding JSON: json:
/// cannot unmarshal array into Go struct field .description of type string`.
pub fn from_yaml_shaped(text: &[u8], shape: &Shape) -> Result<Value, GoError> {
    let value = read(text, Mode::Json, Some(shape))?;
    json::shape_value(&value, shape, "").map_err(unmarshaling)
}

/// Reads like [`from_yaml_shaped`], as `UnmarshalStrict` does.
///
/// # Errors
/// Also keys that are there twice, and `error unmarshaling JSON: while decoding JSON: json: unknown field "x"`.
pub fn from_yaml_strict_shaped(text: &[u8], shape: &Shape) -> Result<Value, GoError> {
    let value = read(text, Mode::Strict, Some(shape))?;
    json::shape_value_strict(&value, shape, "").map_err(unmarshaling)
}

/// Reads like [`from_yaml_strict_shaped`] into structs that have others embedded. sigs.k8s.io/yaml takes an embedded struct
/// for the type of each of its fields when it looks whether a number or boolean is to become text: `written` is the type
/// as it sees it, `shape` as it is.
///
/// # Errors
/// As [`from_yaml_strict_shaped`].
pub fn from_yaml_strict_embedded(text: &[u8], written: &Shape, shape: &Shape) -> Result<Value, GoError> {
    let value = read(text, Mode::Strict, Some(written))?;
    json::shape_value_strict(&value, shape, "").map_err(unmarshaling)
}

/// Splits a stream into its documents, as [`Documents`] does, for callers that need no errors: from an invalid separator
/// on nothing is given. A document keeps its line ends.
pub fn documents(stream: &[u8]) -> Vec<&[u8]> {
    Documents::new(stream).pieces()
}

fn mismatch(value: &Value, go_type: &str) -> GoError {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        _ => "object",
    };
    unmarshaling(GoError::new(format!("json: cannot unmarshal {kind} into Go value of type {go_type}")))
}

/// Wraps a failure of JSON decoding as sigs.k8s.io/yaml does.
fn unmarshaling(error: GoError) -> GoError {
    let decoding = GoError::wrap(format!("while decoding JSON: {}", error.text), error);
    GoError::wrap(format!("error unmarshaling JSON: {}", decoding.text), decoding)
}

fn read(text: &[u8], mode: Mode, shape: Option<&Shape>) -> Result<Value, GoError> {
    match fast::read(text, mode, shape) {
        Some(value) => Ok(value),
        None => exact(text, mode, shape),
    }
}

fn exact(text: &[u8], mode: Mode, shape: Option<&Shape>) -> Result<Value, GoError> {
    let mut source = reader::Source::new(text);
    let value = match compose::compose(&mut source) {
        Ok(document) => decode::decode(&document, mode, shape),
        Err(problem) => Err(problem.into()),
    };
    value.map_err(|error| GoError::wrap(format!("error converting YAML to JSON: {}", error.text), error))
}

//! Reads and writes YAML exactly as go-yaml v2 and v3 do, as Helm uses them. Knows nothing of templates or Kubernetes.

mod compose;
mod decode;
mod numbers;
mod parser;
mod problem;
mod reader;
mod resolve;
mod scanner;

use gostd::json::Shape;
use gostd::{GoError, Value};

use decode::Mode;

/// Reads a YAML document as `sigs.k8s.io/yaml.Unmarshal` does into an `interface{}`: all numbers are float64.
///
/// Only the first document of a stream is read. An empty one gives nil.
///
/// # Errors
/// The complete text of sigs.k8s.io/yaml 1.6.0, as `error converting YAML to JSON: yaml: line 3: …`.
pub fn from_yaml(text: &[u8]) -> Result<Value, GoError> {
    exact(text, Mode::Json, None)
}

fn exact(text: &[u8], mode: Mode, shape: Option<&Shape>) -> Result<Value, GoError> {
    let mut source = reader::Source::new(text);
    let value = match compose::compose(&mut source) {
        Ok(document) => decode::decode(&document, mode, shape),
        Err(problem) => Err(problem.into()),
    };
    value.map_err(|error| GoError::wrap(format!("error converting YAML to JSON: {}", error.text), error))
}

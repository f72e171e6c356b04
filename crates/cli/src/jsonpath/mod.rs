//! kubectl's JSONPath templates, for `show values --jsonpath` (k8s.io/client-go 0.37 `util/jsonpath`).

mod eval;
mod parse;

use gostd::{Map, Value};

/// Prints what a template picks from values.
///
/// A path that leads nowhere prints nothing: Helm drops the error.
///
/// # Errors
/// The parser's text for a template that cannot be read.
pub fn print(template: &str, values: &Map) -> Result<Vec<u8>, String> {
    let nodes = parse::parse(template)?;
    Ok(eval::run(&nodes, &Value::Map(values.clone())).unwrap_or_default())
}

//! `--output`: tables for people, JSON and YAML for programs (`pkg/cli/output`).

mod color;
pub mod server_table;
mod table;

use gostd::Value;

use crate::command::Invocation;
use crate::failure::Failure;
use crate::flags::{Flag, Kind};

pub use color::Color;
pub use table::Table;

/// The flag itself.
pub static OUTPUT: &[Flag] =
    &[Flag::new("output", Kind::Format, "table", "form of the output: table, json, yaml").short('o')];

/// How a result is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Table,
    Json,
    Yaml,
}

impl Format {
    /// Reads the flag; it was checked before.
    pub fn of(invocation: &Invocation) -> Self {
        match invocation.flags.last("output") {
            Some("json") => Format::Json,
            Some("yaml") => Format::Yaml,
            _ => Format::Table,
        }
    }
}

/// Prints JSON on one line.
pub fn json(mut text: Vec<u8>) -> Vec<u8> {
    text.push(b'\n');
    text
}

/// Turns JSON into YAML, as `sigs.k8s.io/yaml.Marshal` does: whole numbers stay whole.
///
/// # Errors
/// What is no JSON, which records are not.
pub fn yaml(json: &[u8]) -> Result<Vec<u8>, Failure> {
    let value = whole_numbers(gostd::json::decode(json)?);
    Ok(goyaml::to_yaml(&value)?)
}

/// 2^63: the first float beyond `int64`.
const BEYOND_INT64: f64 = 9_223_372_036_854_775_808.0;

/// Makes integers of the floats that JSON writes without a point: go-yaml reads them as such.
fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < BEYOND_INT64 => Value::Int64(number as i64),
        Value::List(list) => Value::list(list.iter().cloned().map(whole_numbers).collect()),
        Value::Map(map) => {
            Value::map(map.borrow().iter().map(|(key, value)| (key.clone(), whole_numbers(value.clone()))).collect())
        }
        value => value,
    }
}

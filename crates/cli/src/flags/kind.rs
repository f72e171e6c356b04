//! The types of flag values: what is a valid value, and the error for one that is not.

use gostd::strconv;

use super::csv;

/// The type of a flag's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Bool,
    Int,
    Uint,
    Float32,
    String,
    /// Comma-separated (as a CSV record) and repeatable.
    StringSlice,
    /// Repeatable, each value whole.
    StringArray,
    /// `k=v,k2=v2`, repeatable.
    StringToString,
    Duration,
    /// Helm's `--wait`.
    WaitStrategy,
    /// `table`, `json` or `yaml`.
    Format,
}

impl Kind {
    /// Returns the word that the help shows for a value.
    pub fn placeholder(self) -> &'static str {
        match self {
            Kind::Bool => "",
            Kind::Int => "int",
            Kind::Uint => "uint",
            Kind::Float32 => "float32",
            Kind::String => "string",
            Kind::StringSlice => "strings",
            Kind::StringArray => "stringArray",
            Kind::StringToString => "stringToString",
            Kind::Duration => "duration",
            Kind::WaitStrategy => "WaitStrategy",
            Kind::Format => "format",
        }
    }

    /// Checks a value as pflag's `Set` does; the error is the text after `invalid argument … flag: `.
    pub fn check(self, value: &str) -> Result<(), String> {
        match self {
            Kind::Bool => strconv::parse_bool(value.as_bytes()).map(drop).map_err(|e| e.text),
            Kind::Int => strconv::parse_int(value.as_bytes(), 0, 64).map(drop).map_err(|e| e.text),
            Kind::Uint => strconv::parse_uint(value.as_bytes(), 0, 64).map(drop).map_err(|e| e.text),
            Kind::Float32 => strconv::parse_float(value.as_bytes(), 32).map(drop).map_err(|e| e.text),
            Kind::String | Kind::StringArray => Ok(()),
            Kind::StringSlice => csv::record(value).map(drop),
            Kind::StringToString => pairs(value).map(drop),
            Kind::Duration => gostd::time::parse_duration(value.as_bytes()).map(drop).map_err(|e| e.text),
            Kind::WaitStrategy => check_wait(value),
            Kind::Format if ["table", "json", "yaml"].contains(&value) => Ok(()),
            Kind::Format => Err("invalid format type".to_string()),
        }
    }
}

/// Splits the value of a `stringToString` flag.
pub fn pairs(value: &str) -> Result<Vec<(String, String)>, String> {
    let items = match value.matches('=').count() {
        0 => return Err(format!("{value} must be formatted as key=value")),
        1 => vec![value.trim_matches('"').to_string()],
        _ => csv::record(value)?,
    };
    items
        .into_iter()
        .map(|item| match item.split_once('=') {
            Some((key, value)) => Ok((key.to_string(), value.to_string())),
            None => Err(format!("{item} must be formatted as key=value")),
        })
        .collect()
}

fn check_wait(value: &str) -> Result<(), String> {
    match value {
        "watcher" | "legacy" | "hookOnly" | "true" | "false" => Ok(()),
        _ => Err(format!("invalid wait input {value:?}. Valid inputs are watcher, hookOnly, and legacy")),
    }
}

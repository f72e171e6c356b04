//! Values to and from YAML, JSON and TOML.

use gostd::json::Shape;
use gostd::value::Entries;
use gostd::{GoError, Map, Str, Value, json, limits, toml};
use gotemplate::exec::Exec;

const MAP: Shape = Shape::Map(&Shape::Any, "map[string]interface {}");

type Result = std::result::Result<Value, GoError>;

/// Writes YAML without its last line end.
pub(crate) fn to_yaml(value: &Value) -> std::result::Result<Str, GoError> {
    goyaml::to_yaml(value).map(without_line_end)
}

fn without_line_end(mut text: Vec<u8>) -> Str {
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    text.into()
}

/// Returns a text, an empty one for a value that cannot be written; but an error of ours is one.
fn kept(text: std::result::Result<Str, GoError>) -> Result {
    match text {
        Err(error) if limits::is_exceeded(&error) => Err(error),
        text => Ok(Value::Str(text.unwrap_or_default())),
    }
}

pub(super) fn to_yaml_call(_: &mut Exec<'_>, args: &[Value]) -> Result {
    kept(to_yaml(&args[0]))
}

pub(super) fn must_to_yaml(_: &mut Exec<'_>, args: &[Value]) -> Result {
    to_yaml(&args[0]).map(Value::Str)
}

pub(super) fn to_yaml_pretty(_: &mut Exec<'_>, args: &[Value]) -> Result {
    kept(goyaml::to_yaml_pretty(&args[0]).map(without_line_end))
}

pub(super) fn to_json(_: &mut Exec<'_>, args: &[Value]) -> Result {
    kept(json::encode(&args[0]).map(Str::from))
}

pub(super) fn must_to_json(_: &mut Exec<'_>, args: &[Value]) -> Result {
    json::encode(&args[0]).map(|text| Value::Str(text.into()))
}

/// A value that cannot be written gives the text of the error; only nil, on which the library panics, is an error.
pub(super) fn to_toml(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    if args[0].is_nil() {
        return must_to_toml(exec, args);
    }
    match toml::encode(&args[0]) {
        Err(error) if limits::is_exceeded(&error) => Err(error),
        text => Ok(Value::Str(text.unwrap_or_else(|error| error.text.into_bytes()).into())),
    }
}

pub(super) fn must_to_toml(_: &mut Exec<'_>, args: &[Value]) -> Result {
    toml::encode(&args[0]).map(|text| Value::Str(text.into()))
}

pub(super) fn from_yaml(_: &mut Exec<'_>, args: &[Value]) -> Result {
    map_or_error(goyaml::from_yaml_map(text(args)))
}

pub(super) fn from_yaml_array(_: &mut Exec<'_>, args: &[Value]) -> Result {
    list_or_error(goyaml::from_yaml_list(text(args)))
}

pub(super) fn from_json(_: &mut Exec<'_>, args: &[Value]) -> Result {
    if gostd::strings::trim_space(text(args)) == b"null" {
        return Ok(Value::Map(Map::nil()));
    }
    // What could be read stays beside the error.
    let (value, error) = json::decode_partial(text(args), &MAP);
    let map = value.as_map().cloned().unwrap_or_default();
    match error {
        Some(error) if limits::is_exceeded(&error) => return Err(error),
        Some(error) => map.insert("Error", Value::from(error.text)),
        None => {}
    }
    Ok(Value::Map(map))
}

pub(super) fn from_json_array(_: &mut Exec<'_>, args: &[Value]) -> Result {
    list_or_error(json::decode_list(text(args)))
}

pub(super) fn from_toml(_: &mut Exec<'_>, args: &[Value]) -> Result {
    map_or_error(toml::decode(text(args)))
}

/// The engine has checked that the argument is a string.
fn text(args: &[Value]) -> &[u8] {
    args[0].as_str().map(Str::as_bytes).unwrap_or_default()
}

/// An error is put into the map, under `Error`; one of ours is an error.
fn map_or_error(result: Result) -> Result {
    result.or_else(|error| {
        let told = |error: GoError| Value::map(Entries::from([(Str::from("Error"), Value::from(error.text))]));
        if limits::is_exceeded(&error) { Err(error) } else { Ok(told(error)) }
    })
}

fn list_or_error(result: Result) -> Result {
    result.or_else(|error| {
        if limits::is_exceeded(&error) { Err(error) } else { Ok(Value::list(vec![Value::from(error.text)])) }
    })
}

//! Looking values up by a dotted path, in Rust and as methods that templates can call on `.Values`.

use gostd::strconv::quote;
use gostd::value::{MapMethod, MapType};
use gostd::{GoError, Map, Type, Value};

/// `common.Values`: the outermost map of a chart's values.
pub static VALUES: MapType = MapType::with_methods(
    super::VALUES_NAME,
    &[
        MapMethod { name: "AsMap", params: &[], call: |map, _| Ok(Value::Map(map.view(MapType::ANY))) },
        MapMethod { name: "PathValue", params: &[Type::String], call: |map, args| path_value(map, &path(args)) },
        MapMethod {
            name: "Table",
            params: &[Type::String],
            call: |map, args| Ok(Value::Map(table(map, &path(args))?.view(&VALUES))),
        },
        MapMethod {
            name: "YAML",
            params: &[],
            call: |map, _| Ok(Value::str(goyaml::to_yaml(&Value::Map(map.clone()))?)),
        },
    ],
);

/// The engine has checked that the argument is a string.
fn path(args: &[Value]) -> Vec<u8> {
    args.first().and_then(Value::as_str).map(|path| path.to_vec()).unwrap_or_default()
}

/// Returns the map at a dotted path, as `a.b`.
///
/// # Errors
/// `"b" is not a table`: the first part that is not there or no map.
pub fn table(values: &Map, path: &[u8]) -> Result<Map, GoError> {
    let mut table = values.clone();
    for part in path.split(|b| *b == b'.') {
        let inner = table.get(part).and_then(|value| value.as_map().cloned());
        table = inner.ok_or_else(|| not_a(part, "table"))?;
    }
    Ok(table)
}

/// Returns what is at a dotted path, unless it is a map.
///
/// # Errors
/// `"b" is not a value`, with the last part; `YAML path cannot be empty`.
pub fn path_value(values: &Map, path: &[u8]) -> Result<Value, GoError> {
    if path.is_empty() {
        return Err(GoError::new("YAML path cannot be empty"));
    }
    let (holder, key) = match path.iter().rposition(|b| *b == b'.') {
        None => (Some(values.clone()), path),
        Some(dot) => (table(values, &path[..dot]).ok(), &path[dot + 1..]),
    };
    let value = holder.and_then(|holder| holder.get(key)).filter(|value| value.as_map().is_none());
    value.ok_or_else(|| not_a(key, "value"))
}

fn not_a(part: &[u8], what: &str) -> GoError {
    GoError::new(format!("{} is not a {what}", String::from_utf8_lossy(&quote(part))))
}

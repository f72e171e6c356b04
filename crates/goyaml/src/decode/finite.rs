//! The numbers that JSON cannot hold.

use gostd::{GoError, Value};

/// Fails with the first infinite number in the order in which encoding/json meets them.
pub(super) fn check(value: &Value) -> Result<(), GoError> {
    match value {
        Value::Float(float) if float.is_nan() => Err(GoError::new("json: unsupported value: NaN")),
        Value::Float(float) if *float == f64::INFINITY => Err(GoError::new("json: unsupported value: +Inf")),
        Value::Float(float) if *float == f64::NEG_INFINITY => Err(GoError::new("json: unsupported value: -Inf")),
        Value::List(list) => list.iter().try_for_each(check),
        Value::Map(map) => map.borrow().values().try_for_each(check),
        _ => Ok(()),
    }
}

//! Floating-point numbers.

use gostd::json;

use super::state::Emitter;
use super::{Stop, object};
use crate::numbers;

/// From here on encoding/json writes an exponent.
const JSON_EXPONENT: f64 = 1e21;

/// Writes a float64: for `toYaml` what go-yaml reads from its JSON text, an integer where it can.
pub(super) fn float(emitter: &mut Emitter<'_>, float: f64) -> Result<(), Stop> {
    let mut text = Vec::with_capacity(24);
    if !float.is_finite() {
        return infinite(emitter, float);
    }
    if !emitter.is_pretty() && float.fract() == 0.0 && float.abs() < JSON_EXPONENT {
        json::append_number(&mut text, float);
        let text = std::str::from_utf8(&text).unwrap_or_default();
        if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
            emitter.bare(if text == "-0" { b"0" } else { text.as_bytes() });
            return Ok(());
        }
    }
    text.clear();
    numbers::append_float(&mut text, float);
    emitter.bare(&text);
    Ok(())
}

fn infinite(emitter: &mut Emitter<'_>, float: f64) -> Result<(), Stop> {
    let (yaml, json) = match float {
        f64::INFINITY => (".inf", "+Inf"),
        f64::NEG_INFINITY => ("-.inf", "-Inf"),
        _ => (".nan", "NaN"),
    };
    if !emitter.is_pretty() {
        return Err(Stop::Failed(object::json_error(&format!("json: unsupported value: {json}"))));
    }
    emitter.bare(yaml.as_bytes());
    Ok(())
}

//! Numbers, booleans and times.

use crate::time::{Zone, parse_in_zone};
use crate::{GoError, Value, strconv};

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&strconv::quote(text.as_bytes())).into_owned()
}

/// Reads a word that is no text, list or table.
///
/// # Errors
/// The library's words for what is wrong with it.
pub fn scalar(word: &str) -> Result<Value, GoError> {
    match word {
        "true" => return Ok(Value::Bool(true)),
        "false" => return Ok(Value::Bool(false)),
        "inf" | "+inf" => return Ok(Value::Float(f64::INFINITY)),
        "-inf" => return Ok(Value::Float(f64::NEG_INFINITY)),
        "nan" | "+nan" => return Ok(Value::Float(f64::NAN)),
        "-nan" => return Ok(Value::Float(-f64::NAN)),
        _ => {}
    }
    if !word.starts_with(|c: char| c.is_ascii_digit() || c == '+' || c == '-') {
        return Err(unexpected(word));
    }
    let bytes = word.as_bytes();
    let is_date = bytes.len() > 4 && bytes[4] == b'-' && bytes[..4].iter().all(u8::is_ascii_digit);
    let is_time = bytes.get(2) == Some(&b':');
    if is_date || is_time {
        return datetime(word);
    }
    let based = matches!(bytes, [b'0', b'x' | b'o' | b'b', ..]);
    if !based && word.contains(['.', 'e', 'E']) { float(word) } else { integer(word) }
}

fn unexpected(word: &str) -> GoError {
    match word.chars().next() {
        Some('.') => "floats must start with a digit, not '.'".into(),
        Some(c) if c.is_alphabetic() || c == '_' => format!("expected value but found {} instead", quoted(word)).into(),
        Some(c) => {
            let shown = strconv::quote_rune(c as u32);
            format!("expected value but found {} instead", String::from_utf8_lossy(&shown)).into()
        }
        None => "unexpected EOF; expected value".into(),
    }
}

fn underscores_fit(word: &str) -> bool {
    let mut accept = false;
    for byte in word.bytes() {
        if byte == b'_' && !accept {
            return false;
        }
        accept = byte.is_ascii_hexdigit();
    }
    accept
}

fn has_leading_zero(word: &str) -> bool {
    let digits = word.strip_prefix(['+', '-']).unwrap_or(word).as_bytes();
    digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit()
}

fn integer(word: &str) -> Result<Value, GoError> {
    if !underscores_fit(word) {
        return Err(format!("Invalid integer {}: underscores must be surrounded by digits", quoted(word)).into());
    }
    if has_leading_zero(word) {
        return Err(format!("Invalid integer {}: cannot have leading zeroes", quoted(word)).into());
    }
    match strconv::parse_int(word.as_bytes(), 0, 64) {
        Ok(number) => Ok(Value::Int64(number)),
        Err(error) if error.text.ends_with("value out of range") => {
            Err(format!("{word} is out of range for int64").into())
        }
        Err(_) => Err(format!("expected value but found {} instead", quoted(word)).into()),
    }
}

fn float(word: &str) -> Result<Value, GoError> {
    let number = word.replace('_', "");
    let mantissa = word.split(['e', 'E']).next().unwrap_or_default();
    if !word.split(['.', 'e', 'E']).all(|part| part.is_empty() || underscores_fit(part.trim_start_matches(['+', '-'])))
    {
        return Err(format!("Invalid float {}: underscores must be surrounded by digits", quoted(word)).into());
    }
    if has_leading_zero(mantissa.split('.').next().unwrap_or_default()) {
        return Err(format!("Invalid float {}: cannot have leading zeroes", quoted(word)).into());
    }
    if mantissa.ends_with('.') {
        return Err(format!("Invalid float {}: '.' must be followed by one or more digits", quoted(word)).into());
    }
    match strconv::parse_float(number.as_bytes(), 64) {
        Ok(number) => Ok(Value::Float(number)),
        Err(error) if error.text.ends_with("value out of range") => {
            Err(format!("{word} is out of range for float64").into())
        }
        Err(_) => Err(format!("Invalid float value: {}", quoted(word)).into()),
    }
}

/// The layouts that TOML knows; those without an offset have a zone that says so.
const LAYOUTS: &[(&str, Option<&str>)] = &[
    ("2006-01-02T15:04:05.999999999Z07:00", None),
    ("2006-01-02T15:04:05.999999999", Some("datetime-local")),
    ("2006-01-02", Some("date-local")),
    ("15:04:05.999999999", Some("time-local")),
    ("2006-01-02T15:04Z07:00", None),
    ("2006-01-02T15:04", Some("datetime-local")),
    ("15:04", Some("time-local")),
];

fn datetime(word: &str) -> Result<Value, GoError> {
    let text = word.replace('z', "Z").replace(['t', ' '], "T");
    for (layout, local) in LAYOUTS {
        let zone = match local {
            Some(name) => Zone::Fixed((*name).to_string(), 0),
            None => Zone::local(),
        };
        if let Ok(time) = parse_in_zone(layout.as_bytes(), text.as_bytes(), zone) {
            return Ok(Value::object(time));
        }
    }
    Err(format!("invalid datetime: {}", quoted(&text)).into())
}

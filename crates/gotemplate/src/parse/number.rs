//! Number literals (Go's `newNumber` and `idealConstant`).

use gostd::{GoError, Value, strconv};

use crate::node::Number;
use crate::token::Kind;

/// Reads a literal as every type that can hold it.
///
/// # Errors
/// Go's text: `illegal number syntax: "…"`, `integer overflow: "…"`, `malformed character constant: …`.
pub fn number(text: &[u8], kind: Kind) -> Result<Number, GoError> {
    let mut number = Number { text: String::from_utf8_lossy(text).into_owned(), ..Number::default() };
    match kind {
        Kind::CharConstant => character(text, &mut number)?,
        Kind::Complex => {
            let split = 1 + text[1..].iter().rposition(|b| matches!(b, b'+' | b'-')).unwrap_or(0);
            // An exponent's sign is not the one between the parts.
            let split = if matches!(text[split - 1], b'e' | b'E' | b'p' | b'P') {
                1 + text[1..split].iter().rposition(|b| matches!(b, b'+' | b'-')).unwrap_or(0)
            } else {
                split
            };
            let real = strconv::parse_float(&text[..split], 64)?;
            let imaginary = strconv::parse_float(&text[split..text.len() - 1], 64)?;
            set_complex(&mut number, real, imaginary);
        }
        _ => plain(text, &mut number)?,
    }
    number.ideal = ideal(text, &number);
    Ok(number)
}

fn character(text: &[u8], number: &mut Number) -> Result<(), GoError> {
    let strconv::Unquoted { value: rune, tail, .. } = strconv::unquote_char(&text[1..], text[0])?;
    if tail != b"'" {
        return Err(format!("malformed character constant: {}", number.text).into());
    }
    number.int = Some(i64::from(rune));
    number.uint = Some(u64::from(rune));
    number.float = Some(f64::from(rune));
    Ok(())
}

fn plain(text: &[u8], number: &mut Number) -> Result<(), GoError> {
    if let Some(digits) = text.strip_suffix(b"i")
        && let Ok(imaginary) = strconv::parse_float(digits, 64)
    {
        set_complex(number, 0.0, imaginary);
        return Ok(());
    }
    number.uint = strconv::parse_uint(text, 0, 64).ok();
    number.int = strconv::parse_int(text, 0, 64).ok();
    if number.int == Some(0) {
        number.uint = Some(0);
    }
    number.float = number.int.map(|n| n as f64).or(number.uint.map(|n| n as f64));
    let quoted = || String::from_utf8_lossy(&strconv::quote(text)).into_owned();
    if number.float.is_none() {
        let Ok(float) = strconv::parse_float(text, 64) else {
            return Err(format!("illegal number syntax: {}", quoted()).into());
        };
        if !text.iter().any(|b| b".eEpP".contains(b)) {
            return Err(format!("integer overflow: {}", quoted()).into());
        }
        set_float(number, float);
    }
    Ok(())
}

/// A float without a fraction is an integer too.
fn set_float(number: &mut Number, float: f64) {
    number.float = Some(float);
    if float.fract() == 0.0 {
        number.int = ((i64::MIN as f64)..(i64::MAX as f64)).contains(&float).then_some(float as i64);
        number.uint = (0.0..(u64::MAX as f64)).contains(&float).then_some(float as u64);
    }
}

fn set_complex(number: &mut Number, real: f64, imaginary: f64) {
    number.complex = Some((real, imaginary));
    if imaginary == 0.0 {
        set_float(number, real);
    }
}

/// The value where nothing asks for a type: complex, then a float if it looks like one, then an int.
fn ideal(text: &[u8], number: &Number) -> Option<Value> {
    let is_character = text.first() == Some(&b'\'');
    let is_hex = text.len() > 2
        && text[0] == b'0'
        && matches!(text[1], b'x' | b'X')
        && !text.iter().any(|b| matches!(b, b'p' | b'P'));
    let looks_like_float = text.iter().any(|b| b".eEpP".contains(b));
    match number {
        Number { complex: Some(parts), .. } => Some(Value::Complex(std::rc::Rc::new(*parts))),
        Number { float: Some(float), .. } if !is_hex && !is_character && looks_like_float => Some(Value::Float(*float)),
        Number { int: Some(int), .. } => Some(Value::Int(*int)),
        _ => None,
    }
}

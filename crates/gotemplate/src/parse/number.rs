//! Number literals (Go's `newNumber` and `idealConstant`).

use gostd::{GoError, Value, strconv};

use crate::node::{Exact, Number};
use crate::token::{Kind, Token};

/// Reads a literal as every type that can hold it.
///
/// # Errors
/// Go's text: `illegal number syntax: "…"`, `integer overflow: "…"`, `malformed character constant: …`.
pub fn number(text: &[u8], token: Token) -> Result<Number, GoError> {
    let mut number = Exact::default();
    match token.kind {
        Kind::CharConstant => character(text, &mut number)?,
        Kind::Complex => {
            let (real, imaginary) = complex(text)?;
            set_complex(&mut number, real, imaginary);
        }
        _ => plain(text, &mut number)?,
    }
    let ideal = ideal(text, &number);
    let whole = matches!(ideal, Some(Value::Int(_))) && is_whole(number);
    let exact = (!whole).then(|| Box::new(number));
    Ok(Number { start: token.start, end: token.end, ideal, exact })
}

/// Reports whether a number is just an int.
fn is_whole(number: Exact) -> bool {
    number.int.is_some_and(|int| {
        number.uint == u64::try_from(int).ok() && number.float == Some(int as f64) && number.complex.is_none()
    })
}

/// Go reads both parts with `fmt.Sscan`, which knows fewer numbers than the lexer.
fn complex(text: &[u8]) -> Result<(f64, f64), GoError> {
    let (real, imaginary) = text.split_at(float_length(text));
    let whole = matches!(imaginary, [b'+' | b'-', second, ..] if *second != b'i');
    if !whole || &imaginary[float_length(imaginary)..] != b"i" {
        return Err("syntax error scanning complex number".into());
    }
    let digits = imaginary.strip_suffix(b"i").unwrap_or(imaginary);
    Ok((strconv::parse_float(real, 64)?, strconv::parse_float(digits, 64)?))
}

/// Returns how much of a text `fmt.Sscan` takes for a float.
fn float_length(text: &[u8]) -> usize {
    let mut rest = text;
    let mut accept = |valid: &[u8]| match rest {
        [first, tail @ ..] if valid.contains(first) => {
            rest = tail;
            true
        }
        _ => false,
    };
    let decimal: &[u8] = b"0123456789_";
    accept(b"+-");
    let hexadecimal = accept(b"0") && accept(b"xX");
    let digits = if hexadecimal { b"0123456789aAbBcCdDeEfF_" } else { decimal };
    while accept(digits) {}
    if accept(b".") {
        while accept(digits) {}
    }
    if accept(if hexadecimal { b"pP" } else { b"eEpP" }) {
        accept(b"+-");
        while accept(decimal) {}
    }
    text.len() - rest.len()
}

fn character(text: &[u8], number: &mut Exact) -> Result<(), GoError> {
    let strconv::Unquoted { value: rune, tail, .. } = strconv::unquote_char(&text[1..], text[0])?;
    if tail != b"'" {
        return Err(format!("malformed character constant: {}", String::from_utf8_lossy(text)).into());
    }
    number.int = Some(i64::from(rune));
    number.uint = Some(u64::from(rune));
    number.float = Some(f64::from(rune));
    Ok(())
}

fn plain(text: &[u8], number: &mut Exact) -> Result<(), GoError> {
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
fn set_float(number: &mut Exact, float: f64) {
    number.float = Some(float);
    if float.fract() == 0.0 {
        number.int = ((i64::MIN as f64)..(i64::MAX as f64)).contains(&float).then_some(float as i64);
        number.uint = (0.0..(u64::MAX as f64)).contains(&float).then_some(float as u64);
    }
}

fn set_complex(number: &mut Exact, real: f64, imaginary: f64) {
    number.complex = Some((real, imaginary));
    if imaginary == 0.0 {
        set_float(number, real);
    }
}

/// The value where nothing asks for a type: complex, then a float if it looks like one, then an int.
fn ideal(text: &[u8], number: &Exact) -> Option<Value> {
    let is_character = text.first() == Some(&b'\'');
    let is_hex = text.len() > 2
        && text[0] == b'0'
        && matches!(text[1], b'x' | b'X')
        && !text.iter().any(|b| matches!(b, b'p' | b'P'));
    let looks_like_float = text.iter().any(|b| b".eEpP".contains(b));
    match number {
        Exact { complex: Some(parts), .. } => Some(Value::Complex(std::rc::Rc::new(*parts))),
        Exact { float: Some(float), .. } if !is_hex && !is_character && looks_like_float => Some(Value::Float(*float)),
        Exact { int: Some(int), .. } => Some(Value::Int(*int)),
        _ => None,
    }
}

//! Values to text: `json.Marshal`.

use super::DEPTH_LIMIT;
use super::base64::append_base64;
use super::indent::indent;
use super::quote::{append_quote, append_quote_raw};

use crate::limits;
use crate::strconv::{append_float, append_int, append_uint};
use crate::value::{List, Map, Object};
use crate::{GoError, Value};

/// From this depth on Go looks for values that hold themselves.
const CYCLES_FROM: usize = 1000;

/// `json.Marshal`: keys in the order of their bytes, `<`, `>`, `&`, U+2028 and U+2029 escaped.
///
/// # Errors
/// `json: unsupported value: NaN` (or `+Inf`, `-Inf`), `json: unsupported value: encountered a cycle via TYPE`,
/// `json: unsupported type: complex128`, `exceeded max depth`.
pub fn encode(value: &Value) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::with_capacity(128);
    append_encode(&mut out, value)?;
    Ok(out)
}

/// Appends what [`encode`] gives.
///
/// # Errors
/// As [`encode`]; part of the text is then written.
pub fn append_encode(out: &mut Vec<u8>, value: &Value) -> Result<(), GoError> {
    Encoder { out, quote: append_quote, open: Vec::new() }.value(value, 0)
}

/// `json.Encoder` after `SetEscapeHTML(false)`, without the line feed at the end.
///
/// # Errors
/// As [`encode`].
pub fn encode_raw(value: &Value) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::with_capacity(128);
    Encoder { out: &mut out, quote: append_quote_raw, open: Vec::new() }.value(value, 0)?;
    Ok(out)
}

/// `json.MarshalIndent`.
///
/// # Errors
/// As [`encode`].
pub fn encode_indent(value: &Value, prefix: &[u8], indentation: &[u8]) -> Result<Vec<u8>, GoError> {
    Ok(indent(&encode(value)?, prefix, indentation))
}

/// Appends a finite number: without an exponent from 1e-6 to below 1e21.
pub fn append_number(out: &mut Vec<u8>, number: f64) {
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return append_float(out, number, b'f', -1, 64);
    }
    append_float(out, number, b'e', -1, 64);
    // `e-09` is written `e-9`.
    if let [.., b'e', b'-', b'0', digit] = out.as_slice() {
        let digit = *digit;
        out.truncate(out.len() - 2);
        out.push(digit);
    }
}

struct Encoder<'a> {
    out: &'a mut Vec<u8>,
    quote: fn(&mut Vec<u8>, &[u8]),
    /// The containers around this value below [`CYCLES_FROM`].
    open: Vec<Value>,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), GoError> {
        match value {
            Value::Nil => self.out.extend_from_slice(b"null"),
            Value::Bool(yes) => self.out.extend_from_slice(if *yes { b"true" } else { b"false" }),
            Value::Int(number) | Value::Int64(number) => append_int(self.out, *number),
            Value::Sized(kind, bits) if kind.is_unsigned() => append_uint(self.out, *bits as u64, 10),
            Value::Sized(_, number) => append_int(self.out, *number),
            Value::Float(number) => return self.float(*number),
            Value::Complex(_) => return Err(GoError::new("json: unsupported type: complex128")),
            Value::Str(text) => {
                limits::text(self.out.len() + text.len())?;
                (self.quote)(self.out, text);
            }
            Value::Bytes(bytes) => {
                self.out.push(b'"');
                append_base64(self.out, bytes);
                self.out.push(b'"');
            }
            Value::List(list) if list.is_nil() => self.out.extend_from_slice(b"null"),
            Value::List(list) => return self.within(value, depth, |me| me.list(list, depth)),
            Value::Map(map) if map.is_nil() => self.out.extend_from_slice(b"null"),
            Value::Map(map) => return self.within(value, depth, |me| me.map(map, depth)),
            Value::Object(object) => return self.object(object.as_ref(), depth),
        }
        Ok(())
    }

    fn float(&mut self, number: f64) -> Result<(), GoError> {
        if number.is_finite() {
            append_number(self.out, number);
            return Ok(());
        }
        let name = if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "+Inf"
        } else {
            "-Inf"
        };
        Err(GoError::new(format!("json: unsupported value: {name}")))
    }

    /// Writes a container after the checks of depth and cycles.
    fn within(
        &mut self,
        value: &Value,
        depth: usize,
        write: impl FnOnce(&mut Self) -> Result<(), GoError>,
    ) -> Result<(), GoError> {
        // Shared branches make a small tree a large text.
        limits::text(self.out.len())?;
        if depth < CYCLES_FROM {
            return write(self);
        }
        if self.open.iter().any(|around| same(around, value)) {
            let go_type = value.go_type();
            return Err(GoError::new(format!("json: unsupported value: encountered a cycle via {go_type}")));
        }
        if depth >= DEPTH_LIMIT {
            return Err(GoError::new("exceeded max depth"));
        }
        self.open.push(value.clone());
        write(self)?;
        self.open.pop();
        Ok(())
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<(), GoError> {
        self.out.push(b'[');
        for (i, item) in list.iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            self.value(item, depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), GoError> {
        self.out.push(b'{');
        for (i, (key, value)) in map.borrow().iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            (self.quote)(self.out, key);
            self.out.push(b':');
            self.value(value, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn object(&mut self, object: &dyn Object, depth: usize) -> Result<(), GoError> {
        if depth >= DEPTH_LIMIT {
            return Err(GoError::new("exceeded max depth"));
        }
        if let Some(json) = object.json() {
            self.out.extend_from_slice(json.as_bytes());
            return Ok(());
        }
        if let Some(plain) = object.underlying() {
            return self.value(&plain, depth);
        }
        self.out.push(b'{');
        let fields = object.fields();
        for (i, (_, name, value)) in fields.iter().filter(|(_, name, _)| *name != "-").enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            (self.quote)(self.out, name.as_bytes());
            self.out.push(b':');
            self.value(value, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => a.same(b),
        (Value::List(a), Value::List(b)) => a.same(b),
        _ => false,
    }
}

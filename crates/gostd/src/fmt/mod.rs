//! Go's `fmt` printing over [`Value`]: `Sprintf`, `Sprint`, `Sprintln`, and `%v` for the output of templates.

mod directive;
mod number;
mod plain;
mod printer;
mod text;

pub use directive::try_sprintf;
pub use plain::try_append_value;

use printer::Printer;

use crate::{GoError, Str, Value};

/// Containers inside containers; Go goes on until its stack is full.
const DEPTH_LIMIT: usize = 10_000;
/// Bytes that one call may write. A width of a million takes seven bytes of a format: small input, large text.
const LENGTH_LIMIT: usize = crate::limits::TEXT_BYTES;

/// What ends printing early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Limit {
    Depth,
    Length,
}

impl Limit {
    fn text(self) -> &'static str {
        match self {
            Limit::Depth => "value is nested deeper than 10000 levels",
            Limit::Length => "text is longer than 32 MiB",
        }
    }

    fn error(self) -> GoError {
        crate::limits::exceeded(self.text())
    }

    /// Says in the output what is missing, for callers that get no error.
    fn note(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"%!(");
        out.extend_from_slice(self.text().as_bytes());
        out.push(b')');
    }
}

/// `fmt.Sprintf`. Past the limits of depth and length the text ends with `%!(…)`; see [`try_sprintf`].
pub fn sprintf(format: &[u8], args: &[Value]) -> Vec<u8> {
    let mut out = Vec::with_capacity(format.len() + 16 * args.len());
    if let Err(limit) = directive::append_format(&mut out, format, args) {
        limit.note(&mut out);
    }
    out
}

/// `fmt.Sprint`: a blank between two operands when neither is a string.
///
/// # Errors
/// As [`try_append_value`].
pub fn sprint(args: &[Value]) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::new();
    let mut after_string = true;
    for arg in args {
        let string = is_string(arg);
        if !after_string && !string {
            out.push(b' ');
        }
        plain::append_within(&mut out, arg, LENGTH_LIMIT).map_err(Limit::error)?;
        after_string = string;
    }
    Ok(out)
}

fn is_string(value: &Value) -> bool {
    match value {
        Value::Str(_) => true,
        Value::Object(object) => matches!(object.underlying(), Some(Value::Str(_))),
        _ => false,
    }
}

/// `fmt.Sprintln`: blanks between all operands, and a line feed.
///
/// # Errors
/// As [`try_append_value`].
pub fn sprintln(args: &[Value]) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::new();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        plain::append_within(&mut out, arg, LENGTH_LIMIT).map_err(Limit::error)?;
    }
    out.push(b'\n');
    Ok(out)
}

/// Appends what `%v` prints. Past the limits of depth and length the text ends with `%!(…)`; see
/// [`try_append_value`].
pub fn append_value(out: &mut Vec<u8>, value: &Value) {
    if let Err(limit) = plain::append(out, value) {
        limit.note(out);
    }
}

/// Returns what `%v` prints.
///
/// # Errors
/// As [`try_append_value`].
pub fn value_string(value: &Value) -> Result<Str, GoError> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        other => {
            let mut out = Vec::new();
            try_append_value(&mut out, other)?;
            Ok(out.into())
        }
    }
}

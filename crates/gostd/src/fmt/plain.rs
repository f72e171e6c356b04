//! `%v` without flags: the hot path of templates. Scalars are written without allocation.

use super::{DEPTH_LIMIT, LENGTH_LIMIT, Limit, Printer};
use crate::strconv::{append_float, append_int, append_uint};
use crate::value::Object;
use crate::{GoError, Value};

/// Appends what `%v` prints.
///
/// # Errors
/// A value nested deeper than 10,000 levels, as a map that holds itself, or more than 32 MiB of text; what was written
/// until then stays.
pub fn try_append_value(out: &mut Vec<u8>, value: &Value) -> Result<(), GoError> {
    append(out, value).map_err(Limit::error)
}

pub(super) fn append(out: &mut Vec<u8>, value: &Value) -> Result<(), Limit> {
    let end = out.len().saturating_add(LENGTH_LIMIT);
    append_within(out, value, end)
}

/// Appends until the output is so long.
pub(super) fn append_within(out: &mut Vec<u8>, value: &Value, end: usize) -> Result<(), Limit> {
    Plain { out, end }.value(value, 0)
}

struct Plain<'a> {
    out: &'a mut Vec<u8>,
    end: usize,
}

impl Plain<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), Limit> {
        match value {
            Value::Str(text) => {
                if self.out.len().saturating_add(text.len()) > self.end {
                    return Err(Limit::Length);
                }
                self.out.extend_from_slice(text);
            }
            Value::Nil => self.out.extend_from_slice(b"<nil>"),
            Value::Bool(yes) => self.out.extend_from_slice(if *yes { b"true" } else { b"false" }),
            Value::Int(number) | Value::Int64(number) => append_int(self.out, *number),
            Value::Sized(kind, bits) if kind.is_unsigned() => append_uint(self.out, *bits as u64, 10),
            Value::Sized(_, number) => append_int(self.out, *number),
            Value::Float(number) => append_float(self.out, *number, b'g', -1, 64),
            Value::Complex(_) => Printer::new(self.out).value(value, u32::from(b'v'), 0)?,
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::List(list) => self.list(list, depth)?,
            Value::Map(map) => self.map(map, depth)?,
            Value::Object(object) => self.object(value, object.as_ref(), depth)?,
        }
        Ok(())
    }

    fn enter(&self, depth: usize) -> Result<(), Limit> {
        match () {
            () if depth >= DEPTH_LIMIT => Err(Limit::Depth),
            () if self.out.len() >= self.end => Err(Limit::Length),
            () => Ok(()),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.push(b'[');
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 {
                self.out.push(b' ');
            }
            append_uint(self.out, u64::from(*byte), 10);
        }
        self.out.push(b']');
    }

    fn list(&mut self, items: &[Value], depth: usize) -> Result<(), Limit> {
        self.enter(depth)?;
        self.out.push(b'[');
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push(b' ');
            }
            self.value(item, depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, map: &crate::Map, depth: usize) -> Result<(), Limit> {
        self.enter(depth)?;
        self.out.extend_from_slice(b"map[");
        for (i, (key, value)) in map.borrow().iter().enumerate() {
            if i > 0 {
                self.out.push(b' ');
            }
            self.out.extend_from_slice(key);
            self.out.push(b':');
            self.value(value, depth + 1)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self, value: &Value, object: &dyn Object, depth: usize) -> Result<(), Limit> {
        self.enter(depth)?;
        match object.display() {
            Some(text) => {
                self.out.extend_from_slice(text.as_bytes());
                Ok(())
            }
            None => Printer::within(self.out, self.end).value(value, u32::from(b'v'), depth),
        }
    }
}

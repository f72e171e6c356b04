//! Prints one value by one verb with flags, width and precision: `fmt/print.go`.

use super::{DEPTH_LIMIT, LENGTH_LIMIT, Limit};
use crate::strings::{append_rune, rune_count};
use crate::value::Object;
use crate::{List, Map, Value};

/// Where Go prints an address, which no two runs share, we print this one.
const ADDRESS: u64 = 0xc000_000000;

/// What stands between `%` and the verb.
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub width: Option<usize>,
    pub precision: Option<usize>,
    pub minus: bool,
    pub plus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%+v`
    pub plus_v: bool,
    /// `%#v`
    pub sharp_v: bool,
}

impl Flags {
    /// Gives `+` and `#` the meaning that they have for `%v`.
    pub fn for_v(&mut self) {
        self.sharp_v = std::mem::take(&mut self.sharp);
        self.plus_v = std::mem::take(&mut self.plus);
    }
}

pub(super) struct Printer<'a> {
    pub out: &'a mut Vec<u8>,
    pub flags: Flags,
    /// The value of a wrong verb is being printed: methods are not called.
    erroring: bool,
    end: usize,
}

impl<'a> Printer<'a> {
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        let end = out.len().saturating_add(LENGTH_LIMIT);
        Printer::within(out, end)
    }

    /// Makes a printer that stops when the output is so long.
    pub fn within(out: &'a mut Vec<u8>, end: usize) -> Self {
        Printer { out, flags: Flags::default(), erroring: false, end }
    }

    pub fn check_length(&self) -> Result<(), Limit> {
        if self.out.len() >= self.end { Err(Limit::Length) } else { Ok(()) }
    }

    /// Writes filling for a width.
    pub fn fill(&mut self, count: usize) {
        let byte = if self.flags.zero && !self.flags.minus { b'0' } else { b' ' };
        self.out.resize(self.out.len() + count, byte);
    }

    /// Writes a text, filled to the width.
    pub fn pad(&mut self, text: &[u8]) {
        let missing = match self.flags.width {
            None | Some(0) => 0,
            Some(width) => width.saturating_sub(rune_count(text)),
        };
        if !self.flags.minus {
            self.fill(missing);
        }
        self.out.extend_from_slice(text);
        if self.flags.minus {
            self.fill(missing);
        }
    }

    /// [`Printer::pad`], but never with zeros.
    pub fn pad_blank(&mut self, text: &[u8]) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(text);
        self.flags.zero = zero;
    }

    /// Prints an operand.
    pub fn argument(&mut self, value: &Value, verb: u32) -> Result<(), Limit> {
        match (char::from_u32(verb), value) {
            (Some('v' | 'T'), Value::Nil) => self.pad(b"<nil>"),
            (_, Value::Nil) => return self.bad_verb(value, verb),
            (Some('T'), _) => self.string(value.go_type().as_bytes()),
            (Some('p'), _) => return self.pointer(value, verb),
            (_, Value::Bytes(bytes)) => return self.bytes(value, bytes, verb, "[]byte"),
            _ => return self.value(value, verb, 0),
        }
        Ok(())
    }

    /// Prints `%!verb(type=value)`.
    pub fn bad_verb(&mut self, value: &Value, verb: u32) -> Result<(), Limit> {
        self.erroring = true;
        self.out.extend_from_slice(b"%!");
        append_rune(self.out, verb);
        self.out.push(b'(');
        if value.is_nil() {
            self.out.extend_from_slice(b"<nil>");
        } else {
            self.out.extend_from_slice(value.go_type().as_bytes());
            self.out.push(b'=');
            self.argument(value, u32::from(b'v'))?;
        }
        self.out.push(b')');
        self.erroring = false;
        Ok(())
    }

    /// Prints an operand (depth 0) or what is inside one.
    pub fn value(&mut self, value: &Value, verb: u32, depth: usize) -> Result<(), Limit> {
        if verb == u32::from(b'w') && !self.erroring && !matches!(value, Value::Nil | Value::Bytes(_)) {
            return self.bad_verb(value, verb);
        }
        self.check_length()?;
        match value {
            // Only inside of something: an interface that holds nothing.
            Value::Nil if self.flags.sharp_v => self.out.extend_from_slice(b"interface {}(nil)"),
            Value::Nil => self.out.extend_from_slice(b"<nil>"),
            Value::Bool(yes) if matches!(char::from_u32(verb), Some('t' | 'v')) => {
                self.pad(if *yes { b"true" } else { b"false" });
            }
            Value::Bool(_) => return self.bad_verb(value, verb),
            Value::Int(number) | Value::Int64(number) => return self.integer(value, *number as u64, true, verb),
            Value::Sized(kind, bits) => return self.integer(value, *bits as u64, !kind.is_unsigned(), verb),
            Value::Float(number) => return self.float(value, *number, verb),
            Value::Complex(parts) => return self.complex(value, **parts, verb),
            Value::Str(text) => return self.text(value, text, verb),
            Value::Bytes(bytes) => return self.bytes(value, bytes, verb, "[]uint8"),
            Value::List(list) => return self.list(list, list.go_type(), verb, depth),
            Value::Map(map) => return self.map(map, map.go_type(), verb, depth),
            Value::Object(object) => return self.object(value, object.as_ref(), verb, depth),
        }
        Ok(())
    }

    fn enter(&self, depth: usize) -> Result<(), Limit> {
        if depth >= DEPTH_LIMIT { Err(Limit::Depth) } else { self.check_length() }
    }

    fn open(&mut self, go_type: &str, otherwise: &str) {
        if self.flags.sharp_v {
            self.out.extend_from_slice(go_type.as_bytes());
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(otherwise.as_bytes());
        }
    }

    fn separate(&mut self, index: usize) {
        match index {
            0 => {}
            _ if self.flags.sharp_v => self.out.extend_from_slice(b", "),
            _ => self.out.push(b' '),
        }
    }

    fn close(&mut self) {
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn list(&mut self, list: &List, go_type: &str, verb: u32, depth: usize) -> Result<(), Limit> {
        self.enter(depth)?;
        if self.flags.sharp_v && list.is_nil() {
            self.out.extend_from_slice(go_type.as_bytes());
            self.out.extend_from_slice(b"(nil)");
            return Ok(());
        }
        self.open(go_type, "[");
        for (i, item) in list.iter().enumerate() {
            self.separate(i);
            self.value(item, verb, depth + 1)?;
        }
        self.close();
        Ok(())
    }

    /// `[]byte` by a verb that takes the bytes one by one.
    pub fn each_byte(&mut self, bytes: &[u8], verb: u32, go_type: &str) -> Result<(), Limit> {
        self.open(go_type, "[");
        for (i, byte) in bytes.iter().enumerate() {
            self.separate(i);
            let item = Value::Sized(crate::value::IntKind::Uint8, i64::from(*byte));
            self.value(&item, verb, 1)?;
        }
        self.close();
        Ok(())
    }

    fn map(&mut self, map: &Map, go_type: &str, verb: u32, depth: usize) -> Result<(), Limit> {
        self.enter(depth)?;
        if self.flags.sharp_v && map.is_nil() {
            self.out.extend_from_slice(go_type.as_bytes());
            self.out.extend_from_slice(b"(nil)");
            return Ok(());
        }
        self.open(go_type, "map[");
        for (i, (key, value)) in map.borrow().iter().enumerate() {
            self.separate(i);
            self.value(&Value::Str(key.clone()), verb, depth + 1)?;
            self.out.push(b':');
            self.value(value, verb, depth + 1)?;
        }
        self.close();
        Ok(())
    }

    fn object(&mut self, value: &Value, object: &dyn Object, verb: u32, depth: usize) -> Result<(), Limit> {
        self.enter(depth)?;
        if let Some(text) = self.own_text(object, verb) {
            return match self.flags.sharp_v {
                true => {
                    self.string(text.as_bytes());
                    Ok(())
                }
                false => self.text(value, text.as_bytes(), verb),
            };
        }
        let go_type = object.go_type();
        match (object.underlying(), go_type.strip_prefix('*')) {
            (Some(Value::List(list)), _) => self.list(&list, go_type, verb, depth),
            (Some(Value::Map(map)), _) => self.map(&map, go_type, verb, depth),
            (Some(Value::Bytes(bytes)), _) => self.bytes(value, &bytes, verb, go_type),
            (Some(plain), _) => self.named(value, &plain, verb, depth),
            (None, Some(target)) if depth == 0 => {
                self.out.push(b'&');
                self.fields(object, target, verb, depth + 1)
            }
            (None, Some(_)) => self.pointer(value, verb),
            (None, None) => self.fields(object, go_type, verb, depth),
        }
    }

    /// What `Error()`, `String()` or `GoString()` returns, where this verb asks for it.
    fn own_text(&self, object: &dyn Object, verb: u32) -> Option<String> {
        match char::from_u32(verb) {
            _ if self.erroring => None,
            _ if self.flags.sharp_v => object.go_string(),
            Some('v' | 's' | 'x' | 'X' | 'q') => object.display(),
            _ => None,
        }
    }

    /// A scalar of a named type: a wrong verb names the type, not the scalar's.
    fn named(&mut self, value: &Value, plain: &Value, verb: u32, depth: usize) -> Result<(), Limit> {
        match plain {
            Value::Int(number) | Value::Int64(number) => self.integer(value, *number as u64, true, verb),
            Value::Sized(kind, bits) => self.integer(value, *bits as u64, !kind.is_unsigned(), verb),
            Value::Float(number) => self.float(value, *number, verb),
            Value::Str(text) => self.text(value, text, verb),
            other => self.value(other, verb, depth + 1),
        }
    }

    fn fields(&mut self, object: &dyn Object, go_type: &str, verb: u32, depth: usize) -> Result<(), Limit> {
        if self.flags.sharp_v {
            self.out.extend_from_slice(go_type.as_bytes());
        }
        self.out.push(b'{');
        for (i, (name, _, value)) in object.fields().iter().enumerate() {
            self.separate(i);
            if self.flags.plus_v || self.flags.sharp_v {
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b':');
            }
            self.value(value, verb, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn pointer(&mut self, value: &Value, verb: u32) -> Result<(), Limit> {
        let has_address = match value {
            Value::List(_) | Value::Map(_) | Value::Bytes(_) => true,
            Value::Object(object) => match object.underlying() {
                Some(Value::List(_) | Value::Map(_) | Value::Bytes(_)) => true,
                Some(_) => false,
                None => object.go_type().starts_with('*'),
            },
            _ => false,
        };
        match char::from_u32(verb) {
            Some('v') if has_address && self.flags.sharp_v => {
                self.out.push(b'(');
                self.out.extend_from_slice(value.go_type().as_bytes());
                self.out.extend_from_slice(b")(");
                self.hexadecimal(ADDRESS, true);
                self.out.push(b')');
            }
            Some('v' | 'p') if has_address => self.hexadecimal(ADDRESS, !self.flags.sharp),
            Some('b' | 'o' | 'd' | 'x' | 'X') if has_address => return self.integer(value, ADDRESS, false, verb),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_past_the_limit_is_an_error() {
        let mut out = Vec::new();
        let inner = Value::list(vec![Value::Int(1); 20]);
        let outer = Value::list(vec![inner; 20]);
        assert_eq!(Printer::within(&mut out, 100).argument(&outer, u32::from(b'v')), Err(Limit::Length));
    }
}

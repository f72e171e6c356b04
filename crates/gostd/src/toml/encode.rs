//! Writes values as TOML (`encode.go` of github.com/BurntSushi/toml 1.6.0).

use super::quote::append_quoted;
use crate::time::{Duration, RFC3339_NANO, Time, Zone};
use crate::{GoError, Object, Str, Value, json, limits, strconv};

/// How deep values may be nested.
const MAX_DEPTH: usize = 10_000;

/// Writes a map as a document, and any other value as it would stand after a key.
///
/// Keys are in byte order, those with plain values before tables; tables are indented two spaces a level; nil is left out.
///
/// # Errors
/// A list with a nil element, a list of tables that has no key, values nested too deep.
pub fn encode(value: &Value) -> Result<Vec<u8>, GoError> {
    let mut encoder = Encoder { out: Vec::new() };
    match value {
        Value::Nil => return Err("reflect: call of reflect.Value.Type on zero Value".into()),
        Value::Complex(_) => return Err("unsupported type for key '': complex128".into()),
        Value::List(list) if list.is_nil() => encoder.element(value, 0)?,
        _ => encoder.entry(&mut Vec::new(), value)?,
    }
    Ok(encoder.out)
}

/// What TOML makes of a value.
#[derive(PartialEq, Clone, Copy)]
enum Shape {
    Nothing,
    Plain,
    Table,
    Tables,
}

fn shape(value: &Value, depth: usize) -> Result<Shape, GoError> {
    check_depth(depth)?;
    Ok(match value {
        Value::Nil => Shape::Nothing,
        Value::Map(_) => Shape::Table,
        Value::List(list) if list.is_nil() => Shape::Nothing,
        Value::List(list) => {
            let mut tables = !list.is_empty();
            for item in list.iter() {
                match shape(item, depth + 1)? {
                    Shape::Nothing => return Err("toml: cannot encode array with nil element".into()),
                    shape => tables &= shape == Shape::Table,
                }
            }
            if tables { Shape::Tables } else { Shape::Plain }
        }
        Value::Object(object) => match object.underlying() {
            Some(Value::Map(_)) if object.json().is_some_and(|json| json == "null") => Shape::Nothing,
            Some(value) => shape(&value, depth)?,
            None if object.json().is_some() => Shape::Plain,
            None => Shape::Table,
        },
        Value::Complex(_) => return Err("unsupported type: complex128".into()),
        _ => Shape::Plain,
    })
}

fn check_depth(depth: usize) -> Result<(), GoError> {
    if depth > MAX_DEPTH { Err(format!("toml: nested more than {MAX_DEPTH} deep").into()) } else { Ok(()) }
}

/// Returns the entries of a map or struct.
fn entries(value: &Value) -> Vec<(Str, Value)> {
    match value {
        Value::Map(map) => map.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        Value::Object(object) => match object.underlying() {
            Some(value) => entries(&value),
            None => {
                let exported = object.fields().into_iter().filter(|(name, ..)| name.starts_with(char::is_uppercase));
                exported.map(|(name, _, value)| (Str::from(name), value)).collect()
            }
        },
        _ => Vec::new(),
    }
}

struct Encoder {
    out: Vec<u8>,
}

impl Encoder {
    fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// Starts a line of its own, but for the first.
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn indent(&mut self, key: &[Str]) {
        let width = 2 * key.len().saturating_sub(1);
        self.out.extend(std::iter::repeat_n(b' ', width));
    }

    fn entry(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), GoError> {
        check_depth(key.len())?;
        limits::text(self.out.len())?;
        match shape(value, key.len())? {
            Shape::Nothing => Ok(()),
            Shape::Table => self.table(key, value),
            Shape::Tables => self.tables(key, value),
            Shape::Plain if key.is_empty() => self.element(value, 0),
            Shape::Plain => {
                self.indent(key);
                let name = key.last().cloned().unwrap_or_default();
                self.key(&name);
                self.put(b" = ");
                self.element(value, key.len())?;
                self.newline();
                Ok(())
            }
        }
    }

    fn path(&mut self, key: &[Str]) {
        for (at, part) in key.iter().enumerate() {
            self.put(if at > 0 { b"." } else { b"" });
            self.key(part);
        }
    }

    fn key(&mut self, key: &[u8]) {
        let bare = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if !key.is_empty() && key.iter().all(bare) { self.put(key) } else { append_quoted(&mut self.out, key) }
    }

    fn table(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), GoError> {
        if key.len() == 1 {
            self.newline();
        }
        if !key.is_empty() {
            self.indent(key);
            self.put(b"[");
            self.path(key);
            self.put(b"]");
            self.newline();
        }
        self.entries(key, value)
    }

    fn tables(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), GoError> {
        if key.is_empty() {
            return Err("toml: top-level values must be Go maps or structs".into());
        }
        for item in value.as_list().map(|list| list.items()).unwrap_or_default() {
            self.newline();
            self.indent(key);
            self.put(b"[[");
            self.path(key);
            self.put(b"]]");
            self.newline();
            self.entries(key, item)?;
        }
        Ok(())
    }

    /// Writes plain values first: behind a table they would belong to it.
    fn entries(&mut self, key: &mut Vec<Str>, value: &Value) -> Result<(), GoError> {
        let (tables, plain) = sorted(value, key.len())?;
        for (name, value) in plain.into_iter().chain(tables) {
            key.push(name);
            self.entry(key, &value)?;
            key.pop();
        }
        Ok(())
    }

    fn element(&mut self, value: &Value, depth: usize) -> Result<(), GoError> {
        check_depth(depth)?;
        limits::text(self.out.len())?;
        match value {
            Value::Str(text) => append_quoted(&mut self.out, text),
            Value::Bool(truth) => self.put(truth.to_string().as_bytes()),
            Value::Int(n) | Value::Int64(n) => strconv::append_int(&mut self.out, *n),
            Value::Sized(kind, bits) if kind.is_unsigned() => strconv::append_uint(&mut self.out, *bits as u64, 10),
            Value::Sized(_, n) => strconv::append_int(&mut self.out, *n),
            Value::Float(number) => self.float(*number),
            Value::Bytes(bytes) => {
                let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
                self.put(format!("[{}]", numbers.join(", ")).as_bytes());
            }
            Value::List(list) => {
                self.put(b"[");
                for (at, item) in list.iter().enumerate() {
                    self.put(if at > 0 { b", " } else { b"" });
                    self.element(item, depth + 1)?;
                }
                self.put(b"]");
            }
            Value::Map(_) => self.inline_table(value, depth)?,
            Value::Object(object) => self.object(object.as_ref(), value, depth)?,
            Value::Nil | Value::Complex(_) => {
                return Err(format!("unexpected type: {}", value.go_type()).into());
            }
        }
        Ok(())
    }

    /// Times stand without quotes, durations as text; of other types those that are text in JSON are text here too.
    fn object(&mut self, object: &dyn Object, value: &Value, depth: usize) -> Result<(), GoError> {
        let any = object.as_any();
        if let Some(time) = any.downcast_ref::<Time>() {
            self.time(time);
        } else if let Some(duration) = any.downcast_ref::<Duration>() {
            append_quoted(&mut self.out, duration.to_string().as_bytes());
        } else if let Some(value) = object.underlying() {
            self.element(&value, depth + 1)?;
        } else if let Some(json) = object.json() {
            match json::decode(json.as_bytes()) {
                Ok(Value::Str(text)) => append_quoted(&mut self.out, &text),
                _ => self.put(json.as_bytes()),
            }
        } else {
            self.inline_table(value, depth)?;
        }
        Ok(())
    }

    /// Writes a time that was read from TOML without an offset as it would be in UTC, like the original.
    fn time(&mut self, time: &Time) {
        let (layout, zone): (&[u8], _) = match &time.zone {
            Zone::Fixed(name, _) if name == "datetime-local" => (b"2006-01-02T15:04:05.999999999", Zone::Utc),
            Zone::Fixed(name, _) if name == "date-local" => (b"2006-01-02", Zone::Utc),
            Zone::Fixed(name, _) if name == "time-local" => (b"15:04:05.999999999", Zone::Utc),
            zone => (RFC3339_NANO, zone.clone()),
        };
        let text = time.in_zone(zone).format(layout);
        self.put(&text);
    }

    /// A nil value leaves its comma behind, as in the original.
    fn inline_table(&mut self, value: &Value, depth: usize) -> Result<(), GoError> {
        let (tables, plain) = sorted(value, depth)?;
        self.put(b"{");
        for (group, more) in [(&plain, !tables.is_empty()), (&tables, false)] {
            for (at, (name, value)) in group.iter().enumerate() {
                if shape(value, depth + 1)? == Shape::Nothing {
                    continue;
                }
                self.key(name);
                self.put(b" = ");
                self.element(value, depth + 1)?;
                if more || at + 1 < group.len() {
                    self.put(b", ");
                }
            }
        }
        self.put(b"}");
        Ok(())
    }

    fn float(&mut self, number: f64) {
        if number.is_finite() {
            let start = self.out.len();
            strconv::append_float(&mut self.out, number, b'g', -1, 64);
            if !self.out[start..].iter().any(|b| matches!(b, b'e' | b'.')) {
                self.put(b".0");
            }
            return;
        }
        self.put(if number.is_sign_negative() { b"-" } else { b"" });
        self.put(if number.is_nan() { b"nan" } else { b"inf" });
    }
}

type Named = Vec<(Str, Value)>;

/// Returns the tables of a map and its other entries.
fn sorted(value: &Value, depth: usize) -> Result<(Named, Named), GoError> {
    let (mut tables, mut plain) = (Vec::new(), Vec::new());
    for (name, value) in entries(value) {
        match shape(&value, depth + 1)? {
            Shape::Table | Shape::Tables => tables.push((name, value)),
            Shape::Plain | Shape::Nothing => plain.push((name, value)),
        }
    }
    Ok((tables, plain))
}

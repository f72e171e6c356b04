//! Values, collections and the layout of blocks.

use std::cmp::Ordering;

use gostd::value::IntKind;
use gostd::{List, Map, Str, Value, limits};

use super::state::Emitter;
use super::{Stop, Style, number, order};

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Item,
    /// A key on the line of its value.
    Key,
    /// A key after `?`, or a value.
    Value,
}

/// encoding/json's limit; Go has none for version 3 but its stack.
const MAX_DEPTH: usize = 10_000;

/// encoding/json looks for cycles in collections deeper than this.
const FIRST_LOOK: usize = 1000;

/// go-yaml writes longer keys after `?`.
const MAX_KEY_BYTES: usize = 128;

impl Emitter<'_> {
    pub fn document(&mut self, value: &Value) -> Result<(), Stop> {
        self.value(value, Place::Root)?;
        self.write_indent();
        Ok(())
    }

    pub fn value(&mut self, value: &Value, place: Place) -> Result<(), Stop> {
        match value {
            Value::Nil => self.bare(b"null"),
            Value::Bool(true) => self.bare(b"true"),
            Value::Bool(false) => self.bare(b"false"),
            Value::Int(int) | Value::Int64(int) => self.int(*int),
            Value::Sized(IntKind::Uint | IntKind::Uint64, bits) => {
                self.bare(bits.cast_unsigned().to_string().as_bytes())
            }
            Value::Sized(_, int) => self.int(*int),
            Value::Float(float) => number::float(self, *float)?,
            Value::Complex(_) if self.is_pretty() => {
                return Err(Stop::Failed("cannot marshal type: complex128".into()));
            }
            Value::Complex(_) => {
                return Err(Stop::Failed(super::object::json_error("json: unsupported type: complex128")));
            }
            Value::Str(text) => {
                limits::text(self.out.len() + text.len())?;
                self.string(text, place)?;
            }
            Value::Bytes(bytes) => self.bytes(bytes, place)?,
            Value::List(list) if list.is_nil() && !self.is_pretty() => self.bare(b"null"),
            Value::List(list) => self.list(list, place)?,
            Value::Map(map) if map.is_nil() && !self.is_pretty() => self.bare(b"null"),
            Value::Map(map) => self.map(map)?,
            Value::Object(object) => self.object(object, place)?,
        }
        Ok(())
    }

    fn int(&mut self, int: i64) {
        self.bare(int.to_string().as_bytes());
    }

    /// Writes a text that is neither quoted nor folded.
    pub fn bare(&mut self, text: &[u8]) {
        if !self.whitespace {
            self.put(b' ');
        }
        self.write_tight(text);
    }

    fn bytes(&mut self, bytes: &Str, place: Place) -> Result<(), Stop> {
        if self.is_pretty() {
            let items = bytes.iter().map(|b| Value::Int(i64::from(*b))).collect();
            return self.list(&List::new(items), place);
        }
        self.string(&Str::from(crate::decode::encode_base64(bytes)), place)
    }

    pub fn list(&mut self, list: &List, place: Place) -> Result<(), Stop> {
        if list.is_empty() {
            self.write_indicator(b"[]", false);
            return Ok(());
        }
        let indentless = place == Place::Value && !self.indention && !self.is_pretty();
        let outer = self.open(indentless, || Value::List(list.clone()))?;
        for item in list.iter() {
            self.write_indent();
            self.write_indicator(b"-", true);
            self.value(item, Place::Item)?;
        }
        self.close(outer);
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), Stop> {
        let entries = map.borrow();
        let sorted = entries.keys().zip(entries.keys().skip(1));
        if sorted.into_iter().all(|(a, b)| order::compare(a, b, self.is_pretty()) == Ordering::Less) {
            return self.entries(entries.iter(), || Value::Map(map.clone()));
        }
        let mut entries: Vec<(&Str, &Value)> = entries.iter().collect();
        order::sort(&mut entries, self.is_pretty());
        self.entries(entries.into_iter(), || Value::Map(map.clone()))
    }

    /// Writes a mapping in the given order.
    pub fn entries<'v>(
        &mut self,
        entries: impl ExactSizeIterator<Item = (&'v Str, &'v Value)>,
        whole: impl FnOnce() -> Value,
    ) -> Result<(), Stop> {
        if entries.len() == 0 {
            self.write_indicator(b"{}", false);
            return Ok(());
        }
        let outer = self.open(false, whole)?;
        for (key, value) in entries {
            self.write_indent();
            if self.is_simple_key(key)? {
                self.string(key, Place::Key)?;
                self.write_tight(b":");
            } else {
                self.write_indicator(b"?", true);
                self.string(key, Place::Value)?;
                self.write_indent();
                self.write_indicator(b":", true);
            }
            self.value(value, Place::Value)?;
        }
        self.close(outer);
        Ok(())
    }

    fn is_simple_key(&self, key: &Str) -> Result<bool, Stop> {
        if self.style == Style::Json && key.len() > super::route::MAX_KEY_BYTES {
            return Err(Stop::NeedsJson);
        }
        if self.is_pretty() && key.to_utf8().is_none() {
            return Ok(super::scalar::is_short_binary(key, MAX_KEY_BYTES));
        }
        Ok(key.len() <= MAX_KEY_BYTES && !super::analyze::has_break(key))
    }

    /// Opens a collection; returns the indentation to go back to.
    fn open(&mut self, indentless: bool, whole: impl FnOnce() -> Value) -> Result<isize, Stop> {
        self.depth += 1;
        // Shared branches make a small value a large text.
        limits::text(self.out.len())?;
        if self.depth > FIRST_LOOK {
            self.look_for_cycle(whole())?;
        }
        let outer = self.indent;
        if !(indentless && outer >= 0) {
            self.indent = self.deeper(false);
        }
        Ok(outer)
    }

    fn look_for_cycle(&mut self, collection: Value) -> Result<(), Stop> {
        let is_same = |outer: &Value| match (outer, &collection) {
            (Value::Map(a), Value::Map(b)) => a.same(b),
            (Value::List(a), Value::List(b)) => a.same(b),
            _ => false,
        };
        if self.path.iter().any(is_same) {
            let text = format!("json: unsupported value: encountered a cycle via {}", collection.go_type());
            return Err(Stop::Failed(super::object::json_error(&text)));
        }
        if self.depth > MAX_DEPTH {
            return Err(Stop::Failed(super::object::json_error("exceeded max depth")));
        }
        self.path.push(collection);
        Ok(())
    }

    fn close(&mut self, outer: isize) {
        self.depth -= 1;
        self.path.pop();
        self.indent = outer;
    }
}

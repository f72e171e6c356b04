//! Fits values that are decoded already into Go types: the second half of reading YAML into structs.

use super::DEPTH_LIMIT;
use super::decode::{map_type, zero};
use super::encode::append_number;
use super::fault::Fault;
use super::mismatch::{Mismatch, push_index, push_key};
use super::shape::{Field, Shape};
use super::time;
use crate::strconv::quote;
use crate::strings::equal_fold;
use crate::value::{Entries, List, Map, Str, Type};
use crate::{GoError, Value};

/// Fits a tree into a Go type as `json.Unmarshal` of its JSON would. Structs come back as maps of the fields present,
/// named as in the [`Shape`].
///
/// `root` is the name of the type that error texts put before the path, see [`Shape::root`]; it is empty for what
/// sigs.k8s.io/yaml reads.
///
/// # Errors
/// The first value that does not fit, in the order of the keys.
pub fn shape_value(value: &Value, shape: &Shape, root: &str) -> Result<Value, GoError> {
    run(value, shape, root, false)
}

/// [`shape_value`] as a `json.Decoder` after `DisallowUnknownFields`.
///
/// # Errors
/// Also `json: unknown field "x"`.
pub fn shape_value_strict(value: &Value, shape: &Shape, root: &str) -> Result<Value, GoError> {
    run(value, shape, root, true)
}

fn run(value: &Value, shape: &Shape, root: &str, strict: bool) -> Result<Value, GoError> {
    let mut checker = Checker { root, strict, path: Vec::new(), depth: 0, error: None };
    let fitted = checker.fit(value, shape);
    match checker.error {
        None => Ok(fitted),
        Some(error) => Err(error),
    }
}

/// The element type of the list that a list of these becomes.
pub(super) fn element_type(element: &Shape) -> Type {
    match element {
        Shape::String => Type::String,
        Shape::Int => Type::Int,
        Shape::Float64 => Type::Float64,
        Shape::Bool => Type::Bool,
        _ => Type::Any,
    }
}

struct Checker<'a> {
    root: &'a str,
    strict: bool,
    /// Where the checker is; its text is only made for an error.
    path: Vec<Step>,
    depth: usize,
    error: Option<GoError>,
}

enum Step {
    Key(Str),
    Index(usize),
}

impl Checker<'_> {
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) => push_key(&mut pointer, key),
                Step::Index(index) => push_index(&mut pointer, *index),
            }
        }
        pointer
    }

    /// Fits what is one step further.
    fn fit_at(&mut self, step: Step, value: &Value, shape: &Shape) -> Value {
        self.path.push(step);
        let value = self.fit(value, shape);
        self.path.pop();
        value
    }

    fn fit(&mut self, value: &Value, shape: &Shape) -> Value {
        match (shape, value) {
            (Shape::Any, _) => value.clone(),
            (_, Value::Nil) => zero(shape),
            (Shape::Bool, Value::Bool(_)) | (Shape::String, Value::Str(_)) => value.clone(),
            (Shape::Time, Value::Str(text)) => {
                if let Err(error) = time::check(text) {
                    self.error.get_or_insert(error);
                }
                value.clone()
            }
            (Shape::Float64, Value::Float(_)) => value.clone(),
            (Shape::Float64, Value::Int(number) | Value::Int64(number)) => Value::Float(*number as f64),
            (Shape::Int, Value::Float(number)) => match whole(*number) {
                Some(number) => Value::Int(number),
                None => self.misfit(number_text(*number), shape),
            },
            (Shape::Int, Value::Int(number) | Value::Int64(number)) => Value::Int(*number),
            (Shape::List(element, _), Value::List(list)) => self.inside(shape, |me| me.list(list, element)),
            (Shape::Map(element, _), Value::Map(map)) => self.inside(shape, |me| me.map(map, element)),
            (Shape::Struct(fields, _), Value::Map(map)) => self.inside(shape, |me| me.structure(map, fields)),
            _ => self.misfit(kind(value).to_owned(), shape),
        }
    }

    fn misfit(&mut self, found: String, shape: &Shape) -> Value {
        if self.error.is_none() {
            let mismatch = Mismatch { found, wanted: shape.go_type() };
            self.error = Some(mismatch.error(self.root, &self.pointer()));
        }
        zero(shape)
    }

    fn inside(&mut self, shape: &Shape, fit: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.depth >= DEPTH_LIMIT {
            self.error.get_or_insert(Fault::depth().error());
            return zero(shape);
        }
        self.depth += 1;
        let value = fit(self);
        self.depth -= 1;
        value
    }

    fn list(&mut self, list: &List, element: &Shape) -> Value {
        let items = list.iter().enumerate().map(|(i, item)| self.fit_at(Step::Index(i), item, element));
        Value::List(List::of(element_type(element), items.collect()))
    }

    fn map(&mut self, map: &Map, element: &Shape) -> Value {
        let map = map.borrow();
        let fitted = map.iter().map(|(key, item)| (key.clone(), self.fit_at(Step::Key(key.clone()), item, element)));
        let entries: Entries = fitted.collect();
        Value::Map(Map::of(map_type(element), entries))
    }

    fn structure(&mut self, map: &Map, fields: &'static [Field]) -> Value {
        let mut target = Target::new(fields);
        for (key, item) in map.borrow().iter() {
            match target.field(key) {
                Some(field) if item.is_nil() => target.set_null(field),
                Some(field) => {
                    let value = self.fit_at(Step::Key(key.clone()), item, &field.shape);
                    target.set(field, value);
                }
                None if self.strict && self.error.is_none() => self.error = Some(unknown_field(key)),
                None => {}
            }
        }
        target.value()
    }
}

fn unknown_field(key: &[u8]) -> GoError {
    GoError::new(format!("json: unknown field {}", String::from_utf8_lossy(&quote(key))))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Nil => "null",
        Value::Bool(_) => "bool",
        Value::Str(_) | Value::Bytes(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) | Value::Object(_) => "object",
        Value::Int(_) | Value::Int64(_) | Value::Sized(..) | Value::Float(_) | Value::Complex(_) => "number",
    }
}

/// The number as an `int`, when JSON would write it without fraction and exponent.
fn whole(number: f64) -> Option<i64> {
    let text = number_text(number);
    text.strip_prefix("number ").and_then(|t| t.parse().ok())
}

fn number_text(number: f64) -> String {
    let mut text = b"number ".to_vec();
    append_number(&mut text, number);
    String::from_utf8(text).unwrap_or_default()
}

/// A struct being filled.
pub(super) struct Target {
    fields: &'static [Field],
    entries: Entries,
}

impl Target {
    pub fn new(fields: &'static [Field]) -> Self {
        Target { fields, entries: Entries::new() }
    }

    /// Finds the field of a key: by its name, else without regard to case.
    pub fn field(&self, key: &[u8]) -> Option<&'static Field> {
        let exact = self.fields.iter().find(|f| f.name.as_bytes() == key);
        exact.or_else(|| self.fields.iter().find(|f| equal_fold(f.name.as_bytes(), key)))
    }

    /// Stores a value; into a field that is filled already, structs and maps are merged as Go does.
    pub fn set(&mut self, field: &Field, value: Value) {
        let name = field.name.as_bytes();
        let merged = match self.entries.get(name) {
            Some(old) => merge(&field.shape, old, value),
            None => value,
        };
        self.entries.insert(Str::from(name), merged);
    }

    /// `null` empties slices, maps and interfaces and changes nothing else.
    pub fn set_null(&mut self, field: &Field) {
        if matches!(field.shape, Shape::Any | Shape::List(..) | Shape::Map(..)) {
            self.entries.remove(field.name.as_bytes());
        }
    }

    pub fn value(self) -> Value {
        Value::Map(Map::new(self.entries))
    }
}

fn merge(shape: &Shape, old: &Value, new: Value) -> Value {
    match (shape, old, &new) {
        (Shape::Struct(fields, _), Value::Map(old), Value::Map(added)) => {
            let mut target = Target { fields, entries: old.borrow().clone() };
            for (name, value) in added.borrow().iter() {
                if let Some(field) = target.field(name) {
                    target.set(field, value.clone());
                }
            }
            target.value()
        }
        (Shape::Map(..), Value::Map(old), Value::Map(added)) => {
            let mut entries = old.borrow().clone();
            entries.extend(added.borrow().iter().map(|(k, v)| (k.clone(), v.clone())));
            Value::Map(Map::of(old.map_type(), entries))
        }
        _ => new,
    }
}

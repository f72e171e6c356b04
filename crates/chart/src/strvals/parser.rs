//! `--set` and those that share its keys.

use gostd::json::decode_first;
use gostd::unicode::is_space;
use gostd::{GoError, Map, Value};

use super::fault::{Fault, quoted, quoted_runes};
use super::index::{self, Growth};
use super::scanner::Scanner;
use super::{FileReader, typed};

const MAX_NESTED_NAMES: usize = 30;

/// How values are read.
pub enum Grammar<'a> {
    Typed,
    Text,
    File(FileReader<'a>),
    Json,
}

/// A text on its way into values.
pub struct Parser<'a> {
    scanner: Scanner<'a>,
    grammar: Grammar<'a>,
    growth: Growth,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, grammar: Grammar<'a>) -> Self {
        Parser { scanner: Scanner::new(text), grammar, growth: Growth::default() }
    }

    /// Reads pairs until the end of the text.
    pub fn run(mut self, values: &Map) -> Result<(), GoError> {
        loop {
            match self.key(values, 0) {
                Ok(()) => {}
                Err(Fault::End) => return Ok(()),
                Err(Fault::Error(error)) => return Err(error),
            }
        }
    }

    /// Reads a key and what it is given, into a map.
    fn key(&mut self, data: &Map, level: usize) -> Result<(), Fault> {
        let run = self.scanner.until(&['=', '[', ',', '.']);
        let key = run.text;
        match run.stop {
            Some('[') => self.list_at(data, &key, level),
            Some('=') => self.value_at(data, &key),
            Some(',') => {
                set(data, &key, Value::str(""));
                Err(Fault::new(format!("key {} has no value (cannot end with ,)", quoted(&key))))
            }
            Some(_) => self.map_at(data, &key, level + 1),
            None if key.is_empty() => Err(Fault::End),
            None => Err(Fault::new(format!("key {} has no value", quoted(&key)))),
        }
    }

    /// After `key[`.
    fn list_at(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Fault> {
        let index = index::parse(&self.scanner.until(&[']']))?;
        let mut list = index::list_at(data, key)?;
        let result = self.item(&mut list, index, level, 0);
        set(data, key, Value::list(list));
        result
    }

    /// After `key.`.
    fn map_at(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Fault> {
        if level > MAX_NESTED_NAMES {
            return Err(too_deep());
        }
        let inner = map_at(data, key)?;
        let result = self.key(&inner, level);
        if result.is_ok() && inner.is_empty() {
            return Err(Fault::new(format!("key map {} has no value", quoted(key))));
        }
        if !inner.is_empty() {
            set(data, key, Value::Map(inner));
        }
        result
    }

    /// After `key=`.
    fn value_at(&mut self, data: &Map, key: &str) -> Result<(), Fault> {
        if matches!(self.grammar, Grammar::Json) {
            let value = self.json(|value| {
                set(data, key, value);
                Ok(())
            });
            return value;
        }
        match self.scanner.peek() {
            None => {
                set(data, key, Value::str(""));
                Err(Fault::End)
            }
            Some('{') => {
                set(data, key, self.list()?);
                Ok(())
            }
            Some(_) => {
                let value = self.scalar();
                let (value, result) = match value {
                    Ok(value) => (value, Ok(())),
                    Err(fault) => (Value::Nil, Err(fault)),
                };
                set(data, key, value);
                result
            }
        }
    }

    /// After `[index]` of a list.
    fn item(&mut self, list: &mut Vec<Value>, index: i64, level: usize, depth: usize) -> Result<(), Fault> {
        index::check_sign(index)?;
        index::check_depth(depth)?;
        let run = self.scanner.until(&['[', '.', '=']);
        if !run.text.is_empty() {
            let found = quoted_runes(&run.text);
            return Err(Fault::new(format!("unexpected data at end of array index: {found}")));
        }
        match run.stop {
            None => Err(Fault::End),
            Some('=') => self.value_in(list, index),
            Some('[') => {
                let next = index::parse(&self.scanner.until(&[']']))?;
                let present = index::list_in(list, index)?;
                let mut inner = present.clone().unwrap_or_default();
                let result = self.item(&mut inner, next, level, depth + 1);
                if result.is_ok() || present.is_some() {
                    self.growth.set(list, index, Value::list(inner))?;
                }
                result
            }
            Some(_) => {
                let inner = index::map_in(list, index);
                self.key(&inner, level)?;
                self.growth.set(list, index, Value::Map(inner))
            }
        }
    }

    /// After `[index]=`.
    fn value_in(&mut self, list: &mut Vec<Value>, index: i64) -> Result<(), Fault> {
        if matches!(self.grammar, Grammar::Json) {
            let mut growth = std::mem::take(&mut self.growth);
            let result = self.json(|value| growth.set(list, index, value));
            self.growth = growth;
            return result;
        }
        let value = match self.scanner.peek() {
            None => Value::str(""),
            Some('{') => self.list()?,
            Some(_) => self.scalar()?,
        };
        self.growth.set(list, index, value)
    }

    /// A value up to the comma.
    fn scalar(&mut self) -> Result<Value, Fault> {
        let text = self.scanner.until(&[',']).text;
        self.read(&text)
    }

    /// `{item,item}`.
    fn list(&mut self) -> Result<Value, Fault> {
        self.scanner.next();
        let mut items = Vec::new();
        loop {
            let run = self.scanner.until(&[',', '}']);
            let Some(stop) = run.stop else { return Err(Fault::new("list must terminate with '}'")) };
            if stop == '}' && self.scanner.peek() == Some(',') {
                self.scanner.next();
            }
            items.push(self.read(&run.text)?);
            if stop == '}' {
                return Ok(Value::list(items));
            }
        }
    }

    fn read(&mut self, text: &str) -> Result<Value, Fault> {
        match &mut self.grammar {
            Grammar::Typed => Ok(typed::typed(text)),
            Grammar::Text | Grammar::Json => Ok(text.into()),
            Grammar::File(reader) => reader(text).map_err(Fault::Error),
        }
    }

    /// A JSON value and the comma behind it; nothing is null.
    fn json(&mut self, put: impl FnOnce(Value) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.blank() {
            return put(Value::Nil);
        }
        let (value, bytes) = decode_first(self.scanner.rest().as_bytes()).map_err(Fault::Error)?;
        put(value)?;
        self.scanner.skip(bytes);
        self.blank();
        Ok(())
    }

    /// Takes blanks and a comma; reports whether that, or the text, ended the value.
    fn blank(&mut self) -> bool {
        loop {
            match self.scanner.peek() {
                None => return true,
                Some(',') => {
                    self.scanner.next();
                    return true;
                }
                Some(c) if is_space(u32::from(c)) => drop(self.scanner.next()),
                Some(_) => return false,
            }
        }
    }
}

/// Returns the map under a key; an empty one when there is no such key.
pub fn map_at(data: &Map, key: &str) -> Result<Map, Fault> {
    match data.get(key.as_bytes()) {
        None => Ok(Map::default()),
        Some(Value::Map(map)) => Ok(map),
        Some(value) => Err(Fault::conversion(&value, "map[string]interface {}")),
    }
}

/// Sets a value; what has no key goes nowhere.
pub fn set(data: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        data.insert(key, value);
    }
}

pub fn too_deep() -> Fault {
    Fault::new(format!("value name nested level is greater than maximum supported nested level of {MAX_NESTED_NAMES}"))
}

pub const fn max_nested_names() -> usize {
    MAX_NESTED_NAMES
}

//! `--set-literal`.

use gostd::{GoError, Map, Value};

use super::fault::{Fault, quoted, quoted_runes};
use super::index::{self, Growth};
use super::parser::{map_at, max_nested_names, set, too_deep};
use super::scanner::Scanner;

const STOPS: [char; 3] = ['=', '[', '.'];

/// A text on its way into values.
pub struct Parser<'a> {
    scanner: Scanner<'a>,
    growth: Growth,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str) -> Self {
        Parser { scanner: Scanner::new(text), growth: Growth::default() }
    }

    /// Reads the pair.
    pub fn run(mut self, values: &Map) -> Result<(), GoError> {
        loop {
            match self.key(values, 0) {
                Ok(()) => {}
                Err(Fault::End) => return Ok(()),
                Err(Fault::Error(error)) => return Err(error),
            }
        }
    }

    fn key(&mut self, data: &Map, level: usize) -> Result<(), Fault> {
        let run = self.scanner.until_literally(&STOPS);
        let key = run.text;
        match run.stop {
            Some('=') => {
                set(data, &key, self.value());
                Ok(())
            }
            Some('.') => self.map_at(data, &key, level + 1),
            Some(_) => {
                let index = index::parse(&self.scanner.until_literally(&[']']))?;
                let mut list = index::list_at(data, &key)?;
                let result = self.item(&mut list, index, level, 0);
                set(data, &key, Value::list(list));
                result
            }
            None if key.is_empty() => Err(Fault::End),
            None => Err(Fault::new(format!("key {} has no value", quoted(&key)))),
        }
    }

    fn map_at(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Fault> {
        if level > max_nested_names() {
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

    fn item(&mut self, list: &mut Vec<Value>, index: i64, level: usize, depth: usize) -> Result<(), Fault> {
        index::check_sign(index)?;
        index::check_depth(depth)?;
        let run = self.scanner.until_literally(&STOPS);
        if !run.text.is_empty() {
            let found = quoted_runes(&run.text);
            return Err(Fault::new(format!("unexpected data at end of array index: {found}")));
        }
        match run.stop {
            None => Err(Fault::End),
            Some('=') => {
                let value = self.value();
                self.growth.set(list, index, value)
            }
            Some('.') => {
                let inner = index::map_in(list, index);
                self.key(&inner, level)?;
                self.growth.set(list, index, Value::Map(inner))
            }
            Some(_) => {
                let next = index::parse(&self.scanner.until_literally(&[']']))?;
                let present = index::list_in(list, index)?;
                let mut inner = present.clone().unwrap_or_default();
                let result = self.item(&mut inner, next, level, depth + 1);
                if result.is_ok() || present.is_some() {
                    self.growth.set(list, index, Value::list(inner))?;
                }
                result
            }
        }
    }

    /// All that is left.
    fn value(&mut self) -> Value {
        self.scanner.until_literally(&[]).text.into()
    }
}

//! Lists that are given item by item.

use gostd::strconv::atoi;
use gostd::{Map, Value};

use super::fault::Fault;
use super::scanner::Run;

const MAX_INDEX: i64 = 65_536;
/// Items that one argument may make, given or null between those given.
const MAX_ITEMS: usize = 4 * 1024 * 1024;
/// Lists inside each other; Go has no limit, its stack has.
const MAX_LISTS: usize = 10_000;

/// How much one argument has taken.
#[derive(Default)]
pub struct Growth {
    items: usize,
}

impl Growth {
    /// Sets an item; nulls fill what is before it.
    pub fn set(&mut self, list: &mut Vec<Value>, index: i64, value: Value) -> Result<(), Fault> {
        check_sign(index)?;
        if index > MAX_INDEX {
            return Err(Fault::new(format!("index of {index} is greater than maximum supported index of {MAX_INDEX}")));
        }
        let position = index as usize;
        if list.len() <= position {
            self.items += position + 1 - list.len();
            if self.items > MAX_ITEMS {
                return Err(Fault::new(format!("lists of more than {MAX_ITEMS} items")));
            }
            list.resize(position + 1, Value::Nil);
        }
        if let Some(slot) = list.get_mut(position) {
            *slot = value;
        }
        Ok(())
    }
}

pub fn check_sign(index: i64) -> Result<(), Fault> {
    match index < 0 {
        true => Err(Fault::new(format!("negative {index} index not allowed"))),
        false => Ok(()),
    }
}

pub fn check_depth(depth: usize) -> Result<(), Fault> {
    match depth > MAX_LISTS {
        true => Err(Fault::new(format!("lists nested more than {MAX_LISTS} deep"))),
        false => Ok(()),
    }
}

/// Reads the number of `[number]`.
pub fn parse(digits: &Run) -> Result<i64, Fault> {
    if digits.stop.is_none() {
        return Err(Fault::End);
    }
    atoi(digits.text.as_bytes()).map_err(|error| Fault::Error(error).within("error parsing index"))
}

/// Returns the list under a key; an empty one when there is no such key.
pub fn list_at(data: &Map, key: &str) -> Result<Vec<Value>, Fault> {
    match data.get(key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(value) => items(&value),
    }
}

/// Returns the list inside a list, if there is one.
pub fn list_in(list: &[Value], index: i64) -> Result<Option<Vec<Value>>, Fault> {
    match usize::try_from(index).ok().and_then(|index| list.get(index)) {
        None | Some(Value::Nil) => Ok(None),
        Some(value) => items(value).map(Some),
    }
}

/// Returns the map inside a list, where anything else that is there gives way to an empty one.
pub fn map_in(list: &mut [Value], index: i64) -> Map {
    match usize::try_from(index).ok().and_then(|index| list.get_mut(index)) {
        None => Map::default(),
        Some(Value::Map(map)) => map.clone(),
        Some(slot) => {
            let map = Map::default();
            *slot = Value::Map(map.clone());
            map
        }
    }
}

fn items(value: &Value) -> Result<Vec<Value>, Fault> {
    value.as_list().map(|list| list.items().to_vec()).ok_or_else(|| Fault::conversion(value, "[]interface {}"))
}

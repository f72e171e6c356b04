//! A chart's default values, in the two forms that combining needs.

use std::cell::OnceCell;

use gostd::{Map, Value};

/// Default values as they were read, and without the nulls inside their maps.
pub struct Defaults {
    map: Map,
    clean: OnceCell<Map>,
}

impl Defaults {
    pub fn new(map: Map) -> Self {
        Defaults { map, clean: OnceCell::new() }
    }

    pub fn map(&self) -> &Map {
        &self.map
    }

    /// Returns the values without nulls below the first level: a null of a chart's defaults never reaches templates.
    /// What has none is shared with [`Defaults::map`].
    pub fn clean(&self) -> &Map {
        self.clean.get_or_init(|| {
            let inner = |value: &Value| value.as_map().and_then(without_nils).map(Value::Map);
            changed(&self.map, inner).unwrap_or_else(|| self.map.clone())
        })
    }
}

/// Returns the map without nulls, when it has any inside.
fn without_nils(map: &Map) -> Option<Map> {
    let inner = |value: &Value| value.as_map().and_then(without_nils).map(Value::Map);
    let changed = changed(map, inner);
    if !map.borrow().values().any(Value::is_nil) {
        return changed;
    }
    let map = changed.unwrap_or_else(|| Map::new(map.borrow().clone()));
    map.borrow_mut().retain(|_, value| !value.is_nil());
    Some(map)
}

/// Returns the map with the values that `change` replaces, when it replaces any.
fn changed(map: &Map, change: impl Fn(&Value) -> Option<Value>) -> Option<Map> {
    let replaced: Vec<_> = map.borrow().iter().filter_map(|(key, value)| Some((key.clone(), change(value)?))).collect();
    if replaced.is_empty() {
        return None;
    }
    let copy = Map::new(map.borrow().clone());
    copy.borrow_mut().extend(replaced);
    Some(copy)
}

//! Functions over maps: `dict`, `get`, `set`, `pick`, `merge`, `dig` and their kin.
//!
//! Go visits a map in random order; `keys`, `values` and `pluck` give the byte order of the keys.

use std::collections::HashSet;

use gostd::Type as T;
use gostd::value::{Entries, MapType};
use gostd::{GoError, List, Map, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, as_map, map, string};
use crate::merge::{self, MAP, Mode, conversion};
use crate::table::{fixed, variadic};
use crate::text::strval;

pub(crate) const TABLE: &[Func] = &[
    variadic("dict", &[T::Any], T::MapAny, dict),
    fixed("get", &[T::MapAny, T::String], T::Any, get),
    fixed("set", &[T::MapAny, T::String, T::Any], T::MapAny, set),
    fixed("unset", &[T::MapAny, T::String], T::MapAny, unset),
    fixed("hasKey", &[T::MapAny, T::String], T::Bool, has_key),
    variadic("pluck", &[T::String, T::MapAny], T::ListAny, pluck),
    variadic("keys", &[T::MapAny], T::ListString, keys),
    fixed("values", &[T::MapAny], T::ListAny, values),
    variadic("pick", &[T::MapAny, T::String], T::MapAny, pick),
    variadic("omit", &[T::MapAny, T::String], T::MapAny, omit),
    variadic("merge", &[T::MapAny, T::MapAny], T::Any, |_, args| merged(args, Mode::Fill).or_else(swallowed)),
    variadic("mustMerge", &[T::MapAny, T::MapAny], T::Any, |_, args| merged(args, Mode::Fill)),
    variadic("mergeOverwrite", &[T::MapAny, T::MapAny], T::Any, |_, args| {
        merged(args, Mode::Overwrite).or_else(swallowed)
    }),
    variadic("mustMergeOverwrite", &[T::MapAny, T::MapAny], T::Any, |_, args| merged(args, Mode::Overwrite)),
    fixed("deepCopy", &[T::Any], T::Any, |_, args| merge::deep_copy(any(args, 0)?)),
    fixed("mustDeepCopy", &[T::Any], T::Any, |_, args| merge::deep_copy(any(args, 0)?)),
    variadic("dig", &[T::Any], T::Any, dig),
];

type Result<V = Value> = std::result::Result<V, GoError>;

/// Makes a map of keys and values in turn; a key without a value gets "".
fn dict(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let mut entries = Entries::new();
    for pair in args.chunks(2) {
        let [key, rest @ ..] = pair else { continue };
        let value = rest.first().cloned().unwrap_or_else(|| Value::str(""));
        entries.insert(strval(key)?, value);
    }
    Ok(Value::map(entries))
}

fn get(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let found = map(args, 0)?.and_then(|map| map.get(string(args, 1).ok()?));
    Ok(found.unwrap_or_else(|| Value::str("")))
}

fn set(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let Some(map) = map(args, 0)? else { return Err(GoError::new("assignment to entry in nil map")) };
    map.insert(string(args, 1)?.clone(), any(args, 2)?.clone());
    Ok(Value::Map(plain(map)))
}

/// The parameter's type is the result's too: of a named map Go passes on the plain one.
fn plain(map: &Map) -> Map {
    map.view(MapType::ANY)
}

fn unset(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let Some(map) = map(args, 0)? else { return Ok(Value::Map(Map::nil())) };
    map.remove(string(args, 1)?);
    Ok(Value::Map(plain(map)))
}

fn has_key(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let key = string(args, 1)?;
    Ok(Value::Bool(map(args, 0)?.is_some_and(|map| map.contains(key))))
}

fn pluck(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let key = string(args, 0)?;
    let mut found = Vec::new();
    for arg in args.iter().skip(1) {
        found.extend(as_map(Some(arg))?.and_then(|map| map.get(key)));
    }
    Ok(Value::list(found))
}

fn keys(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let mut all = Vec::new();
    for arg in args {
        if let Some(map) = as_map(Some(arg))? {
            all.extend(map.borrow().keys().map(|key| Value::Str(key.clone())));
        }
    }
    Ok(Value::List(List::of(T::String, all)))
}

fn values(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::list(match map(args, 0)? {
        Some(map) => map.borrow().values().cloned().collect(),
        None => Vec::new(),
    }))
}

fn pick(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let mut picked = Entries::new();
    if let Some(map) = map(args, 0)? {
        for i in 1..args.len() {
            let key = string(args, i)?;
            if let Some(value) = map.get(key) {
                picked.insert(key.clone(), value);
            }
        }
    }
    Ok(Value::map(picked))
}

fn omit(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let mut omitted = HashSet::new();
    for i in 1..args.len() {
        omitted.insert(string(args, i)?.as_bytes());
    }
    let Some(map) = map(args, 0)? else { return Ok(Value::Map(Map::default())) };
    let kept = map
        .borrow()
        .iter()
        .filter(|(key, _)| !omitted.contains(key.as_bytes()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    Ok(Value::map(kept))
}

fn merged(args: &[Value], mode: Mode) -> Result {
    let dst = map(args, 0)?.map(plain).unwrap_or_default();
    for src in args.iter().skip(1) {
        if let Some(src) = as_map(Some(src))? {
            merge::merge(&dst, src, mode).map_err(Failure::from)?;
        }
    }
    Ok(Value::Map(dst))
}

/// An error of mergo; a marker keeps it apart from a panic in it, which no variant swallows.
struct Failure;

impl Failure {
    fn from(mut err: GoError) -> GoError {
        if err.text == merge::DIFFERENT_TYPES {
            err.detail = Some(std::rc::Rc::new(Failure));
        }
        err
    }
}

/// `merge` and `mergeOverwrite` return "" where mergo returns an error.
fn swallowed(err: GoError) -> Result {
    match err.detail.as_ref().is_some_and(|detail| detail.is::<Failure>()) {
        true => Ok(Value::str("")),
        false => Err(err),
    }
}

fn dig(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let [path @ .., default, dict] = args else { return Err(GoError::new("dig needs at least three arguments")) };
    if path.is_empty() {
        return Err(GoError::new("dig needs at least three arguments"));
    }
    if dict.as_map().is_none_or(|map| map.go_type() != MAP) {
        return Err(conversion(dict, MAP));
    }
    if let Some(key) = path.iter().find(|key| key.as_str().is_none()) {
        return Err(conversion(key, "string"));
    }
    merge::dig(path, default, dict)
}

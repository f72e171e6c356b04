//! Functions over lists: `list`, `append`, `first`, `slice`, `uniq`, `has`, and their `must` forms.
//!
//! Every function has a plain form that panics and a `must` form that returns the error; in a template both end as the
//! same text, so they share one body.

use std::collections::HashSet;

use gostd::Type as T;
use gostd::value::IntKind;
use gostd::value::Str;
use gostd::{GoError, List, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, int};
use crate::kind::{Items, NIL_DEREFERENCE, is_empty, kind_name};
use crate::limits;
use crate::number::to_int64;
use crate::table::{fixed, variadic};

pub(crate) const TABLE: &[Func] = &[
    variadic("list", &[T::Any], T::ListAny, list),
    variadic("tuple", &[T::Any], T::ListAny, list),
    fixed("append", &[T::Any, T::Any], T::ListAny, append),
    fixed("push", &[T::Any, T::Any], T::ListAny, append),
    fixed("mustAppend", &[T::Any, T::Any], T::ListAny, append),
    fixed("mustPush", &[T::Any, T::Any], T::ListAny, append),
    fixed("prepend", &[T::Any, T::Any], T::ListAny, prepend),
    fixed("mustPrepend", &[T::Any, T::Any], T::ListAny, prepend),
    fixed("first", &[T::Any], T::Any, first),
    fixed("mustFirst", &[T::Any], T::Any, first),
    fixed("last", &[T::Any], T::Any, last),
    fixed("mustLast", &[T::Any], T::Any, last),
    fixed("rest", &[T::Any], T::ListAny, rest),
    fixed("mustRest", &[T::Any], T::ListAny, rest),
    fixed("initial", &[T::Any], T::ListAny, initial),
    fixed("mustInitial", &[T::Any], T::ListAny, initial),
    fixed("reverse", &[T::Any], T::ListAny, reverse),
    fixed("mustReverse", &[T::Any], T::ListAny, reverse),
    fixed("compact", &[T::Any], T::ListAny, compact),
    fixed("mustCompact", &[T::Any], T::ListAny, compact),
    fixed("uniq", &[T::Any], T::ListAny, uniq),
    fixed("mustUniq", &[T::Any], T::ListAny, uniq),
    variadic("without", &[T::Any, T::Any], T::ListAny, without),
    variadic("mustWithout", &[T::Any, T::Any], T::ListAny, without),
    fixed("has", &[T::Any, T::Any], T::Bool, has),
    fixed("mustHas", &[T::Any, T::Any], T::Bool, has),
    variadic("slice", &[T::Any, T::Any], T::Any, slice),
    variadic("mustSlice", &[T::Any, T::Any], T::Any, slice),
    variadic("concat", &[T::Any], T::Any, concat),
    fixed("chunk", &[T::Int, T::Any], T::Named("[][]interface {}"), chunk),
    fixed("mustChunk", &[T::Int, T::Any], T::Named("[][]interface {}"), chunk),
];

type Result<V = Value> = std::result::Result<V, GoError>;

/// Returns the items of a list argument, or the error `Cannot WHAT type KIND`.
fn items(v: &Value, cannot: &str) -> Result<Items> {
    match Items::of(v) {
        Some(items) => Ok(items),
        None if v.is_nil() => Err(GoError::new(NIL_DEREFERENCE)),
        None => Err(GoError::new(format!("{cannot} type {}", kind_name(v)))),
    }
}

fn list(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::list(args.to_vec()))
}

fn append(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let old = items(any(args, 0)?, "Cannot push on")?;
    let mut new = old.copy(0, old.len(), 1);
    new.push(any(args, 1)?.clone());
    Ok(Value::list(new))
}

fn prepend(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let old = items(any(args, 0)?, "Cannot prepend on")?;
    let mut new = Vec::with_capacity(old.len() + 1);
    new.push(any(args, 1)?.clone());
    new.extend(old.iter());
    Ok(Value::list(new))
}

fn first(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(items(any(args, 0)?, "Cannot find first on")?.get(0))
}

fn last(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let items = items(any(args, 0)?, "Cannot find last on")?;
    Ok(items.len().checked_sub(1).map_or(Value::Nil, |i| items.get(i)))
}

/// Returns all items but the first; of an empty list a nil slice.
fn rest(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let items = items(any(args, 0)?, "Cannot find rest on")?;
    Ok(match items.len() {
        0 => Value::List(List::nil(T::Any)),
        len => Value::list(items.copy(1, len, 0)),
    })
}

/// Returns all items but the last; of an empty list a nil slice.
fn initial(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let items = items(any(args, 0)?, "Cannot find initial on")?;
    Ok(match items.len() {
        0 => Value::List(List::nil(T::Any)),
        len => Value::list(items.copy(0, len - 1, 0)),
    })
}

fn reverse(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let old = items(any(args, 0)?, "Cannot find reverse on")?;
    let mut new = old.copy(0, old.len(), 0);
    new.reverse();
    Ok(Value::list(new))
}

fn compact(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let old = items(any(args, 0)?, "Cannot compact on")?;
    Ok(Value::list(old.iter().filter(|item| !is_empty(item)).collect()))
}

/// A scalar, as something that can be looked up without comparing it with every other item.
#[derive(PartialEq, Eq, Hash)]
enum Scalar {
    Nil,
    Bool(bool),
    Int(i64),
    Int64(i64),
    Sized(&'static str, i64),
    Str(Str),
    /// The bits; never of NaN, and zero always positive.
    Float(u64),
}

fn scalar(v: &Value) -> Option<Scalar> {
    Some(match v {
        Value::Nil => Scalar::Nil,
        Value::Bool(b) => Scalar::Bool(*b),
        Value::Int(n) => Scalar::Int(*n),
        Value::Int64(n) => Scalar::Int64(*n),
        Value::Sized(kind, n) => Scalar::Sized(IntKind::name(*kind), *n),
        Value::Str(s) => Scalar::Str(s.clone()),
        Value::Float(x) if *x == 0.0 => Scalar::Float(0),
        Value::Float(x) if !x.is_nan() => Scalar::Float(x.to_bits()),
        _ => return None,
    })
}

fn uniq(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let old = items(any(args, 0)?, "Cannot find uniq on")?;
    let (mut new, mut seen, mut others) = (Vec::new(), HashSet::new(), Vec::new());
    for item in old.iter() {
        match scalar(&item) {
            Some(key) => {
                if !seen.insert(key) {
                    continue;
                }
            }
            None if contains(&others, &item)? => continue,
            None => others.push(item.clone()),
        }
        new.push(item);
    }
    Ok(Value::list(new))
}

fn contains(haystack: &[Value], needle: &Value) -> Result<bool> {
    for item in haystack {
        if gostd::value::deep_equal(needle, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn without(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let old = items(any(args, 0)?, "Cannot find without on")?;
    let omit = args.get(1..).unwrap_or_default();
    let mut new = Vec::new();
    for item in old.iter() {
        if !contains(omit, &item)? {
            new.push(item);
        }
    }
    Ok(Value::list(new))
}

fn has(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (needle, haystack) = (any(args, 0)?, any(args, 1)?);
    if haystack.is_nil() {
        return Ok(Value::Bool(false));
    }
    Ok(Value::Bool(match items(haystack, "Cannot find has on")? {
        Items::List(list) => contains(&list, needle)?,
        bytes => contains(&bytes.copy(0, bytes.len(), 0), needle)?,
    }))
}

/// Cuts a list by start and end, keeping its type; of an empty list nil, whatever the bounds.
fn slice(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let list = any(args, 0)?;
    let Some(items) = Items::of(list) else {
        let kind = if list.is_nil() { return Err(GoError::new(NIL_DEREFERENCE)) } else { kind_name(list) };
        return Err(GoError::new(format!("list should be type of slice or array but {kind}")));
    };
    if items.len() == 0 {
        return Ok(Value::Nil);
    }
    let start = args.get(1).map_or(0, to_int64);
    let end = args.get(2).map_or(items.len() as i64, to_int64);
    if start < 0 || start > end || end > items.len() as i64 {
        return Err(GoError::new("reflect.Value.Slice: slice index out of bounds"));
    }
    let (start, end) = (start as usize, end as usize);
    Ok(match items {
        Items::List(list) if start == 0 && end == list.len() => Value::List(list),
        Items::List(list) => Value::List(List::of(list.element(), list[start..end].to_vec())),
        Items::Bytes(bytes) => Value::Bytes(Str::from(&bytes[start..end])),
    })
}

/// Joins lists; without any item the result is a nil slice.
fn concat(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let mut all = Vec::new();
    for arg in args {
        match Items::of(arg) {
            Some(items) => all.extend(items.iter()),
            None if arg.is_nil() => return Err(GoError::new(NIL_DEREFERENCE)),
            None => return Err(GoError::new(format!("Cannot concat type {} as list", kind_name(arg)))),
        }
        if all.len() > limits::LIST_ITEMS {
            return Err(limits::list_too_long());
        }
    }
    Ok(Value::List(if all.is_empty() { List::nil(T::Any) } else { List::new(all) }))
}

/// Cuts a list into lists of `size` items; the odd sizes fail as Go's arithmetic on floats makes them fail.
fn chunk(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let size = int(args, 0)?;
    let items = items(any(args, 1)?, "Cannot chunk")?;
    if size <= 0 {
        return odd_chunk(size, &items);
    }
    let step = usize::try_from(size).unwrap_or(usize::MAX);
    let mut chunks = Vec::new();
    let mut from = 0;
    while from < items.len() {
        let to = from.saturating_add(step).min(items.len());
        chunks.push(Value::list(items.copy(from, to, 0)));
        from = to;
    }
    Ok(Value::List(List::of(T::ListAny, chunks)))
}

/// Chunks of no or negative size: Go computes their number as `floor((len-1)/size) + 1`.
fn odd_chunk(size: i64, items: &Items) -> Result {
    let count = crate::number::float_to_int(((items.len() as f64 - 1.0) / size as f64).floor() + 1.0);
    if count < 0 || count > limits::LIST_ITEMS as i64 {
        return Err(GoError::new("runtime error: makeslice: len out of range"));
    }
    if count == 0 {
        return Ok(Value::List(List::of(T::ListAny, Vec::new())));
    }
    // The first chunk would have `size` items, or the remainder where it is also the last.
    let rest = crate::number::float_to_int((items.len() as f64 % size as f64).floor());
    let len = if count == 1 && rest != 0 { rest } else { size };
    if len < 0 {
        return Err(GoError::new("runtime error: makeslice: len out of range"));
    }
    let chunk = (0..len).map(|i| items.get(i as usize)).collect();
    Ok(Value::List(List::of(T::ListAny, vec![Value::list(chunk)])))
}

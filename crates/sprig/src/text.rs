//! How sprig turns values into text: `toString`, `quote`, `cat`, `join`, and the lists of strings behind them.

use gostd::Type as T;
use gostd::{GoError, List, Str, Value, fmt, strconv};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, string};
use crate::kind::Items;
use crate::limits;
use crate::table::{fixed, variadic};

pub(crate) const TABLE: &[Func] = &[
    fixed("toString", &[T::Any], T::String, |_, args| Ok(Value::Str(strval(any(args, 0)?)?))),
    variadic("quote", &[T::Any], T::String, quote),
    variadic("squote", &[T::Any], T::String, squote),
    variadic("cat", &[T::Any], T::String, cat),
    fixed("join", &[T::String, T::Any], T::String, join),
    fixed("toStrings", &[T::Any], T::ListString, |_, args| Ok(Value::List(strings(any(args, 0)?)?))),
    fixed("sortAlpha", &[T::Any], T::ListString, sort_alpha),
];

type Result<V = Value> = std::result::Result<V, GoError>;

/// Returns a value as sprig prints it: strings and bytes as they are, all else as `%v`.
pub(crate) fn strval(v: &Value) -> Result<Str> {
    match v {
        Value::Str(s) | Value::Bytes(s) => Ok(s.clone()),
        _ => fmt::value_string(v),
    }
}

/// Appends what [`strval`] returns.
fn append(out: &mut Vec<u8>, v: &Value) -> Result<()> {
    match v {
        Value::Str(s) | Value::Bytes(s) => {
            limits::string(out.len() + s.len())?;
            out.extend_from_slice(s);
            Ok(())
        }
        _ => fmt::try_append_value(out, v),
    }
}

/// Joins the arguments that are not nil with spaces, each written by `write`.
fn spaced(args: &[Value], write: fn(&mut Vec<u8>, &Value) -> Result<()>) -> Result {
    let mut out = Vec::with_capacity(args.first().and_then(Value::as_str).map_or(16, |s| s.len() + 2));
    for (i, arg) in args.iter().filter(|arg| !arg.is_nil()).enumerate() {
        if i > 0 {
            out.push(b' ');
        }
        write(&mut out, arg)?;
        limits::string(out.len())?;
    }
    Ok(Value::str(out))
}

fn quote(_: &mut Exec<'_>, args: &[Value]) -> Result {
    spaced(args, |out, v| match v {
        Value::Str(s) | Value::Bytes(s) => {
            strconv::append_quote(out, s);
            Ok(())
        }
        _ => {
            strconv::append_quote(out, &fmt::value_string(v)?);
            Ok(())
        }
    })
}

fn squote(_: &mut Exec<'_>, args: &[Value]) -> Result {
    spaced(args, |out, v| {
        out.push(b'\'');
        fmt::try_append_value(out, v)?;
        out.push(b'\'');
        Ok(())
    })
}

fn cat(_: &mut Exec<'_>, args: &[Value]) -> Result {
    spaced(args, fmt::try_append_value)
}

fn join(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (separator, v) = (string(args, 0)?, any(args, 1)?);
    let Some(items) = Items::of(v) else {
        return Ok(if v.is_nil() { Value::str("") } else { Value::Str(strval(v)?) });
    };
    if let (Items::List(list), 1) = (&items, items.len())
        && let Some(only @ Value::Str(_)) = list.first()
    {
        return Ok(only.clone());
    }
    let mut out = Vec::new();
    for (i, item) in items.iter().filter(|item| !item.is_nil()).enumerate() {
        if i > 0 {
            out.extend_from_slice(separator);
        }
        append(&mut out, &item)?;
        limits::string(out.len())?;
    }
    Ok(Value::str(out))
}

/// Returns a list as `[]string` without its nils, anything else as the one item. A `[]string` is not copied.
pub(crate) fn strings(v: &Value) -> Result<List> {
    Ok(match v {
        Value::List(list) if list.element() == T::String => list.clone(),
        Value::Nil => List::of(T::String, Vec::new()),
        _ => match Items::of(v) {
            Some(items) => {
                let texts = items.iter().filter(|item| !item.is_nil()).map(|item| strval(&item));
                List::strings(texts.collect::<Result<Vec<_>>>()?)
            }
            None => List::strings([strval(v)?]),
        },
    })
}

/// Sorts by bytes; a `[]string` is sorted in place, for every holder.
fn sort_alpha(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let list = strings(any(args, 0)?)?;
    if any(args, 0)?.is_nil() {
        // Not a slice, so its text is the one item.
        return Ok(Value::List(List::strings(["<nil>"])));
    }
    list.sort_strings();
    Ok(Value::List(list))
}

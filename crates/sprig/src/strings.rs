//! Functions over strings: trimming, cutting, replacing, indenting, splitting, wrapping, changing case.

use gostd::Type as T;
use gostd::value::{Entries, MapType};
use gostd::{GoError, List, Map, Str, Value, strings};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{int, string};
use crate::host::Host;
use crate::limits;
use crate::table::fixed;
use crate::words::{self, LongWords};
use crate::{cases, cut};

const S: &[T] = &[T::String];
const SS: &[T] = &[T::String, T::String];

pub(crate) const TABLE: &[Func] = &[
    fixed("hello", &[], T::String, |_, _| Ok(Value::str("Hello!"))),
    fixed("trim", S, T::String, |_, args| part(args, 0, |s| strings::trim_space(s))),
    fixed("trimAll", SS, T::String, |_, args| two(args, |set, s| strings::trim(s, set))),
    fixed("trimall", SS, T::String, |_, args| two(args, |set, s| strings::trim(s, set))),
    fixed("trimSuffix", SS, T::String, |_, args| two(args, |suffix, s| s.strip_suffix(suffix).unwrap_or(s))),
    fixed("trimPrefix", SS, T::String, |_, args| two(args, |prefix, s| s.strip_prefix(prefix).unwrap_or(s))),
    fixed("upper", S, T::String, |_, args| mapped(args, strings::to_upper)),
    fixed("lower", S, T::String, |_, args| mapped(args, strings::to_lower)),
    fixed("title", S, T::String, |_, args| mapped(args, strings::title)),
    fixed("untitle", S, T::String, |_, args| mapped(args, words::uncapitalize)),
    fixed("swapcase", S, T::String, |_, args| mapped(args, words::swap_case)),
    fixed("initials", S, T::String, |_, args| mapped(args, words::initials)),
    fixed("nospace", S, T::String, no_space),
    fixed("camelcase", S, T::String, |_, args| mapped(args, cases::pascal)),
    fixed("snakecase", S, T::String, |_, args| mapped(args, |s| cases::lower(s, b'_'))),
    fixed("kebabcase", S, T::String, |_, args| mapped(args, |s| cases::lower(s, b'-'))),
    fixed("shuffle", S, T::String, shuffle),
    fixed("abbrev", &[T::Int, T::String], T::String, abbrev),
    fixed("abbrevboth", &[T::Int, T::Int, T::String], T::String, abbrev_both),
    fixed("trunc", &[T::Int, T::String], T::String, trunc),
    fixed("substr", &[T::Int, T::Int, T::String], T::String, substr),
    fixed("repeat", &[T::Int, T::String], T::String, repeat),
    fixed("wrap", &[T::Int, T::String], T::String, wrap),
    fixed("wrapWith", &[T::Int, T::String, T::String], T::String, wrap_with),
    fixed("contains", SS, T::Bool, |_, args| Ok(Value::Bool(strings::contains(string(args, 1)?, string(args, 0)?)))),
    fixed("hasPrefix", SS, T::Bool, |_, args| Ok(Value::Bool(string(args, 1)?.starts_with(string(args, 0)?)))),
    fixed("hasSuffix", SS, T::Bool, |_, args| Ok(Value::Bool(string(args, 1)?.ends_with(string(args, 0)?)))),
    fixed("indent", &[T::Int, T::String], T::String, |_, args| indented(args, "")),
    fixed("nindent", &[T::Int, T::String], T::String, |_, args| indented(args, "\n")),
    fixed("replace", &[T::String, T::String, T::String], T::String, replace),
    fixed("plural", &[T::String, T::String, T::Int], T::String, plural),
    fixed("split", SS, T::MapString, |_, args| Ok(numbered(&cut::split(string(args, 1)?, string(args, 0)?, -1)?))),
    fixed("splitn", &[T::String, T::Int, T::String], T::MapString, split_n),
    fixed("splitList", SS, T::ListString, split_list),
];

type Result<V = Value> = std::result::Result<V, GoError>;

/// Returns the argument itself where the part is all of it.
fn shared(s: &Str, part: &[u8]) -> Value {
    Value::Str(if part.len() == s.len() { s.clone() } else { Str::from(part) })
}

fn part(args: &[Value], i: usize, cut: fn(&[u8]) -> &[u8]) -> Result {
    let s = string(args, i)?;
    Ok(shared(s, cut(s)))
}

/// Cuts the second argument by the first.
fn two(args: &[Value], cut: for<'a> fn(&[u8], &'a [u8]) -> &'a [u8]) -> Result {
    let s = string(args, 1)?;
    Ok(shared(s, cut(string(args, 0)?, s)))
}

fn mapped(args: &[Value], map: fn(&[u8]) -> Vec<u8>) -> Result {
    let s = string(args, 0)?;
    let out = map(s);
    Ok(if out == s.as_bytes() { Value::Str(s.clone()) } else { Value::str(out) })
}

fn no_space(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let s = string(args, 0)?;
    Ok(Value::Str(words::without_space(s).map_or_else(|| s.clone(), Str::from)))
}

fn shuffle(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let s = string(args, 0)?;
    if s.is_empty() {
        return Ok(Value::Str(s.clone()));
    }
    let host = Host::of(exec)?;
    let mut runes: Vec<u32> = strings::runes(s).map(|(_, rune, _)| rune).collect();
    for i in (1..runes.len()).rev() {
        let j = host.below(i as u64 + 1)? as usize;
        runes.swap(i, j);
    }
    let mut out = Vec::with_capacity(s.len());
    runes.iter().for_each(|rune| strings::append_rune(&mut out, *rune));
    Ok(Value::str(out))
}

fn abbrev(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (width, s) = (int(args, 0)?, string(args, 1)?);
    if width < 4 {
        return Ok(Value::Str(s.clone()));
    }
    Ok(Value::str(words::abbreviate(s, 0, width)))
}

fn abbrev_both(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (left, right, s) = (int(args, 0)?, int(args, 1)?, string(args, 2)?);
    if right < 4 || left > 0 && right < 7 {
        return Ok(Value::Str(s.clone()));
    }
    Ok(Value::str(words::abbreviate(s, left, right)))
}

/// Cuts to the first bytes, or with a negative count to the last.
fn trunc(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (count, s) = (int(args, 0)?, string(args, 1)?);
    let bytes = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let kept = match count < 0 {
        true => s.len().checked_sub(bytes).and_then(|from| s.get(from..)),
        false => s.get(..bytes),
    };
    Ok(shared(s, kept.unwrap_or(s)))
}

/// Cuts by byte positions; a negative start stands for 0, a negative or too large end for the end.
fn substr(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (start, end, s) = (int(args, 0)?, int(args, 1)?, string(args, 2)?);
    let len = s.len() as i64;
    let (from, to) = match (start, end) {
        (..0, _) if end > len => return out_of_range(&format!("[:{end}] with length {len}")),
        (..0, ..0) => return out_of_range(&format!("[:{end}]")),
        (..0, _) => (0, end),
        _ if (end < 0 || end > len) && start > len => return out_of_range(&format!("[{start}:{len}]")),
        _ if end < 0 || end > len => (start, len),
        _ if start > end => return out_of_range(&format!("[{start}:{end}]")),
        _ => (start, end),
    };
    Ok(shared(s, s.get(from as usize..to as usize).unwrap_or_default()))
}

fn out_of_range(what: &str) -> Result {
    Err(GoError::new(format!("runtime error: slice bounds out of range {what}")))
}

fn repeat(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (count, s) = (repeat_count(int(args, 0)?)?, string(args, 1)?);
    limits::string(s.len().saturating_mul(count))?;
    Ok(Value::str(s.repeat(count)))
}

fn repeat_count(count: i64) -> Result<usize> {
    usize::try_from(count).map_err(|_| GoError::new("strings: negative Repeat count"))
}

fn wrap(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::str(words::wrap(string(args, 1)?, int(args, 0)?, b"", LongWords::Keep)))
}

fn wrap_with(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (width, separator, s) = (int(args, 0)?, string(args, 1)?, string(args, 2)?);
    let lines = s.len() / usize::try_from(width).unwrap_or(0).max(1);
    limits::string(lines.saturating_mul(separator.len()))?;
    Ok(Value::str(words::wrap(s, width, separator, LongWords::Break)))
}

/// Puts spaces at the start of every line, and `prefix` before all.
fn indented(args: &[Value], prefix: &str) -> Result {
    let (pad, s) = (repeat_count(int(args, 0)?)?, string(args, 1)?);
    let lines = 1 + s.iter().filter(|b| **b == b'\n').count();
    let len = prefix.len().saturating_add(s.len()).saturating_add(pad.saturating_mul(lines));
    limits::string(len)?;
    let mut out = Vec::with_capacity(len);
    out.extend_from_slice(prefix.as_bytes());
    for (i, line) in s.split(|b| *b == b'\n').enumerate() {
        if i > 0 {
            out.push(b'\n');
        }
        out.resize(out.len() + pad, b' ');
        out.extend_from_slice(line);
    }
    Ok(Value::str(out))
}

/// Replaces every `old`; an empty one stands between all characters.
fn replace(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (old, new, s) = (string(args, 0)?, string(args, 1)?, string(args, 2)?);
    let found = strings::count(s, old);
    if found == 0 || old == new {
        return Ok(Value::Str(s.clone()));
    }
    limits::string(
        (s.len() - found.saturating_mul(old.len()).min(s.len())).saturating_add(found.saturating_mul(new.len())),
    )?;
    Ok(Value::str(strings::replace(s, old, new, -1)))
}

fn plural(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Str(string(args, usize::from(int(args, 2)? != 1))?.clone()))
}

/// Makes the map `_0`, `_1`, … that `split` and `splitn` return.
fn numbered(parts: &[&[u8]]) -> Value {
    let entries: Entries =
        parts.iter().enumerate().map(|(i, part)| (Str::from(format!("_{i}")), Value::str(*part))).collect();
    Value::Map(Map::of(MapType::STRINGS, entries))
}

fn split_n(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(numbered(&cut::split(string(args, 2)?, string(args, 0)?, int(args, 1)?)?))
}

fn split_list(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::List(List::strings(cut::split(string(args, 1)?, string(args, 0)?, -1)?)))
}

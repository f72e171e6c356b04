//! Regular expressions: each function in a form that panics on a bad pattern and a `must` form that returns its error.

use std::rc::Rc;

use gostd::Type as T;
use gostd::regexp::{self, Regexp};
use gostd::{GoError, List, Str, Value, strconv};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{int, string};
use crate::host::Host;
use crate::limits;
use crate::table::fixed;

const SS: &[T] = &[T::String, T::String];
const SSI: &[T] = &[T::String, T::String, T::Int];
const SSS: &[T] = &[T::String, T::String, T::String];

pub(crate) const TABLE: &[Func] = &[
    fixed("regexMatch", SS, T::Bool, |exec, args| Ok(matches(exec, args).unwrap_or(Value::Bool(false)))),
    fixed("mustRegexMatch", SS, T::Bool, matches),
    fixed("regexFind", SS, T::String, |exec, args| find(must_compile(exec, args)?, args)),
    fixed("mustRegexFind", SS, T::String, |exec, args| find(compile(exec, args)?, args)),
    fixed("regexFindAll", SSI, T::ListString, |exec, args| find_all(must_compile(exec, args)?, args)),
    fixed("mustRegexFindAll", SSI, T::ListString, |exec, args| find_all(compile(exec, args)?, args)),
    fixed("regexSplit", SSI, T::ListString, |exec, args| split(must_compile(exec, args)?, args)),
    fixed("mustRegexSplit", SSI, T::ListString, |exec, args| split(compile(exec, args)?, args)),
    fixed("regexReplaceAll", SSS, T::String, |exec, args| replace(must_compile(exec, args)?, args)),
    fixed("mustRegexReplaceAll", SSS, T::String, |exec, args| replace(compile(exec, args)?, args)),
    fixed("regexReplaceAllLiteral", SSS, T::String, |exec, args| replace_literal(must_compile(exec, args)?, args)),
    fixed("mustRegexReplaceAllLiteral", SSS, T::String, |exec, args| replace_literal(compile(exec, args)?, args)),
    fixed("regexQuoteMeta", &[T::String], T::String, |_, args| Ok(Value::str(regexp::quote_meta(string(args, 0)?)))),
];

type Result<V = Value> = std::result::Result<V, GoError>;

fn compile(exec: &Exec<'_>, args: &[Value]) -> Result<Rc<Regexp>> {
    let pattern = string(args, 0)?;
    match Host::of(exec) {
        Ok(host) => host.regexp(pattern),
        Err(_) => Regexp::new(pattern).map(Rc::new),
    }
}

/// Compiles as `regexp.MustCompile`, whose panic names the pattern.
fn must_compile(exec: &Exec<'_>, args: &[Value]) -> Result<Rc<Regexp>> {
    let pattern = string(args, 0)?;
    compile(exec, args).map_err(|err| {
        let quoted = match strconv::can_backquote(pattern) {
            true => format!("`{}`", pattern.to_text()),
            false => String::from_utf8_lossy(&strconv::quote(pattern)).into_owned(),
        };
        GoError::new(format!("regexp: Compile({quoted}): {err}"))
    })
}

fn matches(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Bool(compile(exec, args)?.is_match(string(args, 1)?)))
}

fn find(regexp: Rc<Regexp>, args: &[Value]) -> Result {
    let text = string(args, 1)?;
    Ok(Value::Str(regexp.find(text).and_then(|range| text.get(range)).map(Str::from).unwrap_or_default()))
}

/// Makes a `[]string` of the parts of a text.
fn parts(text: &[u8], ranges: Vec<std::ops::Range<usize>>) -> Result<List> {
    if ranges.len() > limits::LIST_ITEMS {
        return Err(limits::list_too_long());
    }
    Ok(List::strings(ranges.into_iter().map(|range| Str::from(text.get(range).unwrap_or_default()))))
}

/// Asks for no more than one beyond the limit.
fn bounded(count: i64) -> i64 {
    let most = limits::LIST_ITEMS as i64 + 1;
    if count < 0 { most } else { count.min(most) }
}

/// Returns a nil slice where nothing is found.
fn find_all(regexp: Rc<Regexp>, args: &[Value]) -> Result {
    let text = string(args, 1)?;
    let found = parts(text, regexp.find_all(text, bounded(int(args, 2)?)))?;
    Ok(Value::List(if found.is_empty() { List::nil(T::String) } else { found }))
}

/// Returns a nil slice where nothing is asked for.
fn split(regexp: Rc<Regexp>, args: &[Value]) -> Result {
    let (text, n) = (string(args, 1)?, int(args, 2)?);
    Ok(Value::List(if n == 0 { List::nil(T::String) } else { parts(text, regexp.split(text, bounded(n)))? }))
}

fn replace(regexp: Rc<Regexp>, args: &[Value]) -> Result {
    made(regexp.replace_all_within(string(args, 1)?, string(args, 2)?, limits::STRING_BYTES))
}

fn replace_literal(regexp: Rc<Regexp>, args: &[Value]) -> Result {
    made(regexp.replace_all_literal_within(string(args, 1)?, string(args, 2)?, limits::STRING_BYTES))
}

/// Returns what a replacement made, unless it is too long.
fn made(text: std::result::Result<Vec<u8>, Vec<u8>>) -> Result {
    match text {
        Ok(text) => Ok(Value::str(text)),
        Err(text) => limits::string(text.len()).and(Ok(Value::str(text))),
    }
}

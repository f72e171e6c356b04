//! Functions over any value: `default`, `empty`, `ternary`, `typeOf`, `kindIs`, `deepEqual`, `fail`.

use gostd::Type as T;
use gostd::{GoError, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, boolean, string};
use crate::kind::{is_empty, kind_name};
use crate::table::{fixed, variadic};

pub(crate) const TABLE: &[Func] = &[
    variadic("default", &[T::Any, T::Any], T::Any, default),
    fixed("empty", &[T::Any], T::Bool, |_, args| Ok(Value::Bool(is_empty(any(args, 0)?)))),
    variadic("coalesce", &[T::Any], T::Any, coalesce),
    variadic("all", &[T::Any], T::Bool, |_, args| Ok(Value::Bool(!args.iter().any(is_empty)))),
    variadic("any", &[T::Any], T::Bool, |_, args| Ok(Value::Bool(!args.iter().all(is_empty)))),
    fixed("ternary", &[T::Any, T::Any, T::Bool], T::Any, ternary),
    fixed("typeOf", &[T::Any], T::String, |_, args| Ok(Value::from(any(args, 0)?.go_type()))),
    fixed("typeIs", &[T::String, T::Any], T::Bool, type_is),
    fixed("typeIsLike", &[T::String, T::Any], T::Bool, type_is_like),
    fixed("kindOf", &[T::Any], T::String, |_, args| Ok(Value::from(kind_name(any(args, 0)?)))),
    fixed("kindIs", &[T::String, T::Any], T::Bool, kind_is),
    fixed("deepEqual", &[T::Any, T::Any], T::Bool, |_, args| {
        gostd::value::deep_equal(any(args, 0)?, any(args, 1)?).map(Value::Bool)
    }),
    fixed("fail", &[T::String], T::String, |_, args| Err(GoError::new(string(args, 0)?.to_text()))),
];

type Result<V = Value> = std::result::Result<V, GoError>;

fn default(_: &mut Exec<'_>, args: &[Value]) -> Result {
    match args.get(1) {
        Some(given) if !is_empty(given) => Ok(given.clone()),
        _ => any(args, 0).cloned(),
    }
}

fn coalesce(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(args.iter().find(|arg| !is_empty(arg)).cloned().unwrap_or(Value::Nil))
}

fn ternary(_: &mut Exec<'_>, args: &[Value]) -> Result {
    any(args, usize::from(!boolean(args, 2)?)).cloned()
}

fn type_is(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Bool(**string(args, 0)? == *any(args, 1)?.go_type().as_bytes()))
}

/// Also a pointer to the type will do.
fn type_is_like(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let (target, name) = (string(args, 0)?, any(args, 1)?.go_type().as_bytes());
    Ok(Value::Bool(**target == *name || name.strip_prefix(b"*").is_some_and(|name| *name == **target)))
}

fn kind_is(_: &mut Exec<'_>, args: &[Value]) -> Result {
    Ok(Value::Bool(**string(args, 0)? == *kind_name(any(args, 1)?).as_bytes()))
}

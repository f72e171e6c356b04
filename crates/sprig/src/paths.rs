//! Functions over slash-separated paths; those of the operating system are the same on Unix.

use gostd::Type as T;
use gostd::{GoError, Value, path};
use gotemplate::func::Func;

use crate::args::string;
use crate::table::fixed;

pub(crate) const TABLE: &[Func] = &[
    fixed("base", &[T::String], T::String, |_, args| apply(args, |p| path::base(p).into())),
    fixed("osBase", &[T::String], T::String, |_, args| apply(args, |p| path::base(p).into())),
    fixed("dir", &[T::String], T::String, |_, args| apply(args, path::dir)),
    fixed("osDir", &[T::String], T::String, |_, args| apply(args, path::dir)),
    fixed("clean", &[T::String], T::String, |_, args| apply(args, path::clean)),
    fixed("osClean", &[T::String], T::String, |_, args| apply(args, path::clean)),
    fixed("ext", &[T::String], T::String, |_, args| apply(args, |p| path::ext(p).into())),
    fixed("osExt", &[T::String], T::String, |_, args| apply(args, |p| path::ext(p).into())),
    fixed("isAbs", &[T::String], T::Bool, |_, args| Ok(Value::Bool(path::is_abs(string(args, 0)?)))),
    fixed("osIsAbs", &[T::String], T::Bool, |_, args| Ok(Value::Bool(path::is_abs(string(args, 0)?)))),
];

fn apply(args: &[Value], change: fn(&[u8]) -> Vec<u8>) -> Result<Value, GoError> {
    Ok(Value::str(change(string(args, 0)?)))
}

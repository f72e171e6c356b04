//! sprig's own JSON functions; Helm replaces `toJson`, `fromJson` and `mustToJson` by its own.

use gostd::Type as T;
use gostd::{GoError, Value, json};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, string};
use crate::table::fixed;

pub(crate) const TABLE: &[Func] = &[
    fixed("fromJson", &[T::String], T::Any, |exec, args| Ok(must_from(exec, args).unwrap_or(Value::Nil))),
    fixed("mustFromJson", &[T::String], T::Any, must_from),
    fixed("toJson", &[T::Any], T::String, |_, args| Ok(or_empty(text(json::encode(any(args, 0)?))))),
    fixed("mustToJson", &[T::Any], T::String, |_, args| text(json::encode(any(args, 0)?))),
    fixed("toPrettyJson", &[T::Any], T::String, |_, args| Ok(or_empty(pretty(args)))),
    fixed("mustToPrettyJson", &[T::Any], T::String, |_, args| pretty(args)),
    fixed("toRawJson", &[T::Any], T::String, |_, args| text(json::encode_raw(any(args, 0)?))),
    fixed("mustToRawJson", &[T::Any], T::String, |_, args| text(json::encode_raw(any(args, 0)?))),
];

fn must_from(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    json::decode(string(args, 0)?)
}

fn pretty(args: &[Value]) -> Result<Value, GoError> {
    text(json::encode_indent(any(args, 0)?, b"", b"  "))
}

fn text(encoded: Result<Vec<u8>, GoError>) -> Result<Value, GoError> {
    encoded.map(Value::str)
}

fn or_empty(encoded: Result<Value, GoError>) -> Value {
    encoded.unwrap_or_else(|_| Value::str(""))
}

//! `urlParse` and `urlJoin`: a URL as a map of its parts.

use gostd::Type as T;
use gostd::url::Url;
use gostd::value::Entries;
use gostd::{GoError, Map, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{map, string};
use crate::kind::{NIL_DEREFERENCE, kind_name};
use crate::table::fixed;

pub(crate) const TABLE: &[Func] =
    &[fixed("urlParse", &[T::String], T::MapAny, parse), fixed("urlJoin", &[T::MapAny], T::String, join)];

fn parse(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let url = Url::parse(string(args, 0)?).map_err(|err| GoError::new(format!("unable to parse url: {err}")))?;
    let host_name = url.hostname().to_vec();
    let user = url.user.as_ref().map(|user| user.text()).unwrap_or_default();
    let parts = [
        ("scheme", url.scheme),
        ("host", url.host),
        ("hostname", host_name),
        ("path", url.path),
        ("query", url.raw_query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        ("userinfo", user),
    ];
    Ok(Value::map(parts.into_iter().map(|(name, part)| (name.into(), Value::str(part))).collect::<Entries>()))
}

fn join(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let parts = map(args, 0)?;
    let mut url = Url {
        scheme: part(parts, "scheme")?,
        host: part(parts, "host")?,
        path: part(parts, "path")?,
        raw_query: part(parts, "query")?,
        opaque: part(parts, "opaque")?,
        fragment: part(parts, "fragment")?,
        ..Url::default()
    };
    let user = part(parts, "userinfo")?;
    if !user.is_empty() {
        let parsed = Url::parse(&[b"proto://", user.as_slice(), b"@host"].concat());
        url.user = parsed.map_err(|err| GoError::new(format!("unable to parse userinfo in dict: {err}")))?.user;
    }
    Ok(Value::str(url.text()))
}

/// Returns a part, empty where there is none.
fn part(parts: Option<&Map>, key: &str) -> Result<Vec<u8>, GoError> {
    match parts.and_then(|parts| parts.get(key.as_bytes())) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(Value::Nil) => Err(GoError::new(NIL_DEREFERENCE)),
        Some(other) => Err(GoError::new(format!(
            "unable to parse {key} key, must be of type string, but {} found",
            kind_name(&other)
        ))),
    }
}

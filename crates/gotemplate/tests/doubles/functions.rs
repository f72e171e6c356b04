//! Functions with parameters of every type that Helm's functions have.

use gostd::Type::{
    self, Any, Bool, Bytes, Float64, Int, Int64, ListAny, ListString, MapAny, MapString, Named, String as Text, Uint,
};
use gostd::time::Duration;
use gostd::value::{Entries, IntKind, MapType};
use gostd::{GoError, List, Map, Str, Value, fmt, strconv};
use gotemplate::exec::{Exec, TplError};
use gotemplate::func::{Call, Func};

use super::objects;

const fn func(name: &'static str, params: &'static [Type], result: Type, call: Call) -> Func {
    Func { name, params, variadic: false, result, call }
}

const fn variadic(name: &'static str, params: &'static [Type], result: Type, call: Call) -> Func {
    Func { name, params, variadic: true, result, call }
}

pub static FUNCS: &[Func] = &[
    func("add1", &[Int], Int, |_, args| Ok(Value::Int(int(&args[0]).wrapping_add(1)))),
    variadic("anystrs", &[Text], Any, |_, args| Ok(Value::List(List::of(Text, args.to_vec())))),
    func("big", &[Int64], Int64, |_, args| Ok(args[0].clone())),
    func("bytes", &[Text], Bytes, |_, args| Ok(Value::Bytes(string(&args[0])))),
    func("bytesof", &[Bytes], Text, |_, args| match &args[0] {
        Value::Bytes(bytes) => Ok(Value::Str(bytes.clone())),
        _ => Err("no bytes".into()),
    }),
    func("caps", &[], Named("*main.Caps"), |_, _| Ok(Value::object(objects::Caps))),
    func("count", &[ListAny], Int, |_, args| Ok(Value::Int(args[0].as_list().map_or(0, |l| l.len()) as i64))),
    variadic("dict", &[Any], MapAny, dict),
    func("dur", &[Int64], Named("time.Duration"), |_, args| Ok(Value::object(Duration(int(&args[0]))))),
    func("durof", &[Named("time.Duration")], Text, |_, args| fmt::value_string(&args[0]).map(Value::Str)),
    func("fails", &[Text], Text, |_, args| Err(GoError::new(string(&args[0]).to_text()))),
    func("files", &[], Named("main.Files"), |_, _| Ok(objects::files())),
    func("flip", &[Bool], Bool, |_, args| Ok(Value::Bool(matches!(args[0], Value::Bool(false))))),
    func("half", &[Float64], Float64, |_, args| match args[0] {
        Value::Float(x) => Ok(Value::Float(x / 2.0)),
        _ => Err("not a float".into()),
    }),
    func("i64", &[Int], Int64, |_, args| Ok(Value::Int64(int(&args[0])))),
    func("ident", &[Any], Any, |_, args| Ok(args[0].clone())),
    func("incl", &[Text, Any], Text, |exec, args| exec.include(&string(&args[0]), &args[1]).map(Value::Str)),
    variadic("join", &[Text, Text], Text, |_, args| Ok(join(&args[1..], &string(&args[0])))),
    func("joins", &[ListString], Text, |_, args| Ok(join(args[0].as_list().map_or(&[], |l| l.items()), b"+"))),
    func("keysof", &[MapAny], Int, |_, args| Ok(Value::Int(args[0].as_map().map_or(0, Map::len) as i64))),
    variadic("list", &[Any], ListAny, |_, args| Ok(Value::list(args.to_vec()))),
    func("panics", &[Text], Text, |_, args| Err(GoError::new(string(&args[0]).to_text()))),
    func("set", &[MapAny, Text, Any], MapAny, |_, args| {
        let map = args[0].as_map().ok_or_else(|| GoError::new("assignment to entry in nil map"))?;
        map.insert(string(&args[1]), args[2].clone());
        Ok(args[0].clone())
    }),
    func("smap", &[Text, Text], MapString, |_, args| {
        Ok(Value::Map(Map::of(MapType::STRINGS, Entries::from([(string(&args[0]), args[1].clone())]))))
    }),
    func("smapof", &[MapString], Int, |_, args| Ok(Value::Int(args[0].as_map().map_or(0, Map::len) as i64))),
    variadic("strs", &[Text], ListString, |_, args| Ok(Value::List(List::of(Text, args.to_vec())))),
    func("tpl", &[Text, Any], Text, tpl),
    func("u", &[Uint], Uint, |_, args| Ok(args[0].clone())),
    func("u32", &[Type::UINT32], Type::UINT32, |_, args| Ok(args[0].clone())),
    func("u8", &[Int], Named("uint8"), |_, args| Ok(Value::Sized(IntKind::Uint8, i64::from(int(&args[0]) as u8)))),
    func("upper", &[Text], Text, |_, args| Ok(Value::from(string(&args[0]).to_text().to_uppercase()))),
    func("vals", &[], Named("main.Values"), |_, _| Ok(objects::values())),
];

fn int(value: &Value) -> i64 {
    match value {
        Value::Int(n) | Value::Int64(n) => *n,
        _ => 0,
    }
}

pub fn string(value: &Value) -> Str {
    value.as_str().cloned().unwrap_or_default()
}

fn join(items: &[Value], separator: &[u8]) -> Value {
    let texts: Vec<Str> = items.iter().map(string).collect();
    Value::Str(texts.iter().map(Str::as_bytes).collect::<Vec<_>>().join(separator).into())
}

fn dict(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let entry = |pair: &[Value]| {
        (fmt::value_string(&pair[0]).unwrap_or_default(), pair.get(1).cloned().unwrap_or_else(|| Value::from("")))
    };
    Ok(Value::map(args.chunks(2).map(entry).collect()))
}

fn tpl(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let text = string(&args[0]);
    let quoted = || String::from_utf8_lossy(&strconv::quote(&text)).into_owned();
    exec.tpl(&text, &args[1]).map(Value::Str).map_err(|error| match error {
        TplError::Parse(error) => GoError::wrap(format!("cannot parse template {}: {}", quoted(), error.text), error),
        TplError::Execute(error) => {
            let text = format!("error during tpl function execution for {}: {}", quoted(), error.text);
            GoError::wrap(text, error)
        }
    })
}

//! Objects as Helm hands them to templates: a pointer to a struct, named maps and slices with methods.

use std::any::Any;
use std::rc::Rc;

use gostd::value::{Entries, MapMethod, MapType, Method};
use gostd::{GoError, List, Map, Object, Str, Type, Value};

use super::functions::string;

pub struct Caps;

impl Object for Caps {
    fn go_type(&self) -> &'static str {
        "*main.Caps"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields().into_iter().find(|(field, ..)| *field == name).map(|(.., value)| value)
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        vec![
            ("KubeVersion", "KubeVersion", Value::object(KubeVersion)),
            ("APIVersions", "APIVersions", Value::object(VersionSet)),
        ]
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct KubeVersion;

impl Object for KubeVersion {
    fn go_type(&self) -> &'static str {
        "main.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields().into_iter().find(|(field, ..)| *field == name).map(|(.., value)| value)
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        let text = |text: &str| Value::from(text);
        vec![("Version", "", text("v1.30.4-x")), ("Major", "", text("1")), ("Minor", "", text("30"))]
    }

    fn pointer_methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method { name: "GitVersion", params: &[], variadic: false, call: |_, _| Ok(Value::from("v1.30.4-x")) },
            Method { name: "String", params: &[], variadic: false, call: |_, _| Ok(Value::from("v1.30")) },
        ];
        METHODS
    }

    fn pointer_display(&self) -> Option<String> {
        Some("v1.30".to_string())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct VersionSet;

impl Object for VersionSet {
    fn go_type(&self) -> &'static str {
        "main.VersionSet"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::List(List::strings(["v1", "apps/v1"])))
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method {
            name: "Has",
            params: &[Type::String],
            variadic: false,
            call: |_, args| Ok(Value::Bool(["v1", "apps/v1"].iter().any(|name| string(&args[0]) == *name))),
        }];
        METHODS
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Files(Map);

const FILES: &MapType = &MapType::new("map[string][]uint8");

pub fn files() -> Value {
    let file = |name: &str, text: &str| (Str::from(name), Value::Bytes(Str::from(text)));
    Value::object(Files(Map::of(FILES, Entries::from([file("a.txt", "one\ntwo"), file("b/c", "")]))))
}

fn file(this: &Rc<dyn Object>, name: &Value) -> Str {
    match this.as_any().downcast_ref::<Files>().and_then(|files| files.0.get(&string(name))) {
        Some(Value::Bytes(bytes)) => bytes,
        _ => Str::default(),
    }
}

impl Object for Files {
    fn go_type(&self) -> &'static str {
        "main.Files"
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Map(self.0.clone()))
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method {
                name: "Get",
                params: &[Type::String],
                variadic: false,
                call: |this, args| Ok(Value::Str(file(this, &args[0]))),
            },
            Method {
                name: "GetBytes",
                params: &[Type::String],
                variadic: false,
                call: |this, args| Ok(Value::Bytes(file(this, &args[0]))),
            },
            Method { name: "Glob", params: &[Type::String], variadic: false, call: glob },
            Method { name: "Lines", params: &[Type::String], variadic: false, call: lines },
        ];
        METHODS
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn glob(this: &Rc<dyn Object>, args: &[Value]) -> Result<Value, GoError> {
    let files = this.as_any().downcast_ref::<Files>().ok_or("not files")?;
    let prefix = string(&args[0]);
    let found = files
        .0
        .borrow()
        .iter()
        .filter(|(name, _)| name.starts_with(&prefix))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    Ok(Value::object(Files(Map::of(FILES, found))))
}

fn lines(this: &Rc<dyn Object>, args: &[Value]) -> Result<Value, GoError> {
    let text = file(this, &args[0]);
    if text.is_empty() {
        return Ok(Value::List(List::strings(Vec::<Str>::new())));
    }
    Ok(Value::List(List::strings(text.split(|b| *b == b'\n').map(Str::from).collect::<Vec<_>>())))
}

const VALUES: &MapType = &MapType::with_methods(
    "main.Values",
    &[
        MapMethod { name: "AsMap", params: &[], call: |map, _| Ok(Value::Map(map.view(MapType::ANY))) },
        MapMethod { name: "Table", params: &[Type::String], call: table },
    ],
);

fn table(map: &Map, args: &[Value]) -> Result<Value, GoError> {
    let name = string(&args[0]);
    match map.get(&name) {
        Some(Value::Map(inner)) => Ok(Value::Map(inner.view(VALUES))),
        _ => Err(format!("{} is not a table", String::from_utf8_lossy(&gostd::strconv::quote(&name))).into()),
    }
}

pub fn values() -> Value {
    let table = Value::map(Entries::from([(Str::from("x"), Value::from("y"))]));
    let entries = [("a", Value::Float(1.0)), ("AsMap", Value::from("hidden")), ("t", table), ("z", Value::Nil)];
    Value::Map(Map::of(VALUES, entries.into_iter().map(|(key, value)| (Str::from(key), value)).collect()))
}

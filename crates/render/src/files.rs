//! `.Files`: the files of a chart that are not templates (Helm's `pkg/engine/files.go`).

use std::any::Any;
use std::collections::BTreeMap;
use std::rc::Rc;

use chart::Data;
use gostd::value::{Entries, MapType, Method};
use gostd::{GoError, List, Map, Object, Str, Type, Value};

static BYTES: MapType = MapType::new("map[string][]uint8");

/// Files by their path in the chart.
pub struct Files(BTreeMap<Str, Data>);

impl Files {
    pub fn new(files: impl IntoIterator<Item = (Str, Data)>) -> Self {
        Files(files.into_iter().collect())
    }

    fn get(&self, name: &[u8]) -> Str {
        self.0.get(name).map(|data| data.bytes().clone()).unwrap_or_default()
    }

    /// Files whose path matches; a pattern that cannot be read matches all, as in Helm.
    fn glob(&self, pattern: &Str) -> Files {
        let compile = |pattern: &str| gostd::glob::Glob::new(pattern, &['/']);
        let Ok(glob) = compile(&pattern.to_text()).or_else(|_| compile("**")) else { return Files(BTreeMap::new()) };
        Files(
            self.0
                .iter()
                .filter(|(name, _)| glob.is_match(&name.to_text()))
                .map(|(n, d)| (n.clone(), d.clone()))
                .collect(),
        )
    }

    /// A YAML map from base names to contents, made by `content`; of equal base names the last path wins.
    fn yaml(&self, content: impl Fn(&Str) -> Str) -> Str {
        let entries: Entries = self
            .0
            .iter()
            .map(|(name, data)| (Str::from(gostd::path::base(name)), Value::Str(content(data.bytes()))))
            .collect();
        let map = Value::Map(Map::of(MapType::STRINGS, entries));
        crate::funcs::to_yaml(&map).unwrap_or_default()
    }

    fn lines(&self, name: &[u8]) -> Value {
        let data = self.get(name);
        if data.is_empty() {
            return Value::List(List::strings::<Str>([]));
        }
        let text = data.strip_suffix(b"\n").unwrap_or(&data);
        Value::List(List::strings(text.split(|b| *b == b'\n')))
    }
}

const NAME: &[Type] = &[Type::String];

static METHODS: &[Method] = &[
    Method {
        name: "AsConfig",
        params: &[],
        variadic: false,
        call: |files, _| Ok(this(files)?.yaml(Str::clone).into()),
    },
    Method {
        name: "AsSecrets",
        params: &[],
        variadic: false,
        call: |files, _| Ok(this(files)?.yaml(|data| data_encoding::BASE64.encode(data).into()).into()),
    },
    Method {
        name: "Get",
        params: NAME,
        variadic: false,
        call: |files, args| Ok(Value::Str(this(files)?.get(text(args)))),
    },
    Method {
        name: "GetBytes",
        params: NAME,
        variadic: false,
        call: |files, args| Ok(Value::Bytes(this(files)?.get(text(args)))),
    },
    Method {
        name: "Glob",
        params: NAME,
        variadic: false,
        call: |files, args| Ok(Value::object(this(files)?.glob(&Str::from(text(args))))),
    },
    Method { name: "Lines", params: NAME, variadic: false, call: |files, args| Ok(this(files)?.lines(text(args))) },
];

fn this(object: &Rc<dyn Object>) -> Result<&Files, GoError> {
    object.as_any().downcast_ref().ok_or_else(|| GoError::new("not a set of files"))
}

/// The engine has checked that the argument is a string.
fn text(args: &[Value]) -> &[u8] {
    args.first().and_then(Value::as_str).map(Str::as_bytes).unwrap_or_default()
}

impl Object for Files {
    fn go_type(&self) -> &'static str {
        "engine.files"
    }

    fn methods(&self) -> &'static [Method] {
        METHODS
    }

    fn underlying(&self) -> Option<Value> {
        let entries = self.0.iter().map(|(name, data)| (name.clone(), Value::Bytes(data.bytes().clone()))).collect();
        Some(Value::Map(Map::of(&BYTES, entries)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

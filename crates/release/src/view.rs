//! A record as Go templates see it (`get all --template`): structs with the names of Go's fields.

use std::any::Any;
use std::rc::Rc;

use gostd::time::Time;
use gostd::value::{Entries, MapType, Method, Object};
use gostd::{GoError, Map, Value};

use crate::{Chart, File, Hook, Info, Release, Status};

/// A Go struct, or a pointer to one.
struct Struct {
    go_type: &'static str,
    /// In their order of declaration.
    fields: Vec<(&'static str, Value)>,
    methods: &'static [Method],
}

impl Object for Struct {
    fn go_type(&self) -> &'static str {
        self.go_type
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.clone())
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        self.fields.iter().map(|(name, value)| (*name, *name, value.clone())).collect()
    }

    fn methods(&self) -> &'static [Method] {
        self.methods
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A nil pointer: false, and `<nil>` where it is printed.
struct Null(&'static str);

impl Object for Null {
    fn go_type(&self) -> &'static str {
        self.0
    }

    fn display(&self) -> Option<String> {
        Some("<nil>".to_owned())
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::Nil)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn object(go_type: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
    Value::object(Struct { go_type, fields, methods: &[] })
}

impl Release {
    /// Returns the record as `*v1.Release`.
    pub fn to_template_value(&self) -> Value {
        let labels: Entries =
            self.labels.iter().map(|(key, value)| (key.as_str().into(), value.as_str().into())).collect();
        let config = self.config.clone().unwrap_or_else(Map::nil);
        object(
            // Helm hands templates an empty interface, which is what errors name.
            "interface {}",
            vec![
                ("Name", self.name.as_str().into()),
                ("Info", info(&self.info)),
                ("Chart", self.chart.as_ref().map_or_else(|| Value::object(Null("*v2.Chart")), chart)),
                ("Config", Value::Map(config)),
                ("Manifest", Value::Str(self.manifest.clone())),
                ("Hooks", Value::list(self.hooks.iter().map(hook).collect())),
                ("Version", Value::Int(self.version)),
                ("Namespace", self.namespace.as_str().into()),
                ("Labels", Value::Map(Map::of(MapType::STRINGS, labels))),
                ("ApplyMethod", self.apply_method.as_str().into()),
            ],
        )
    }
}

fn info(info: &Info) -> Value {
    object(
        "*v1.Info",
        vec![
            ("FirstDeployed", time(info.first_deployed.as_ref())),
            ("LastDeployed", time(info.last_deployed.as_ref())),
            ("Deleted", time(info.deleted.as_ref())),
            ("Description", info.description.as_str().into()),
            ("Status", word("common.Status", info.status.as_str(), STATUS_METHODS)),
            ("RollbackRevision", Value::Int(info.rollback_revision)),
            ("Notes", info.notes.as_str().into()),
            ("Resources", Value::Map(Map::nil())),
        ],
    )
}

fn hook(hook: &Hook) -> Value {
    let run = &hook.last_run;
    let last_run = object(
        "v1.HookExecution",
        vec![
            ("StartedAt", time(run.started_at.as_ref())),
            ("CompletedAt", time(run.completed_at.as_ref())),
            ("Phase", word("v1.HookPhase", run.phase.as_str(), WORD_METHODS)),
        ],
    );
    object(
        "*v1.Hook",
        vec![
            ("Name", hook.name.as_str().into()),
            ("Kind", hook.kind.as_str().into()),
            ("Path", hook.path.as_str().into()),
            ("Manifest", Value::Str(hook.manifest.clone())),
            ("Events", words("v1.HookEvent", &hook.events)),
            ("LastRun", last_run),
            ("Weight", Value::Int(hook.weight)),
            ("DeletePolicies", words("v1.HookDeletePolicy", &hook.delete_policies)),
            ("OutputLogPolicies", words("v1.HookOutputLogPolicy", &hook.output_log_policies)),
        ],
    )
}

/// A named text type with its methods.
struct Word {
    go_type: &'static str,
    text: String,
    methods: &'static [Method],
}

impl Object for Word {
    fn go_type(&self) -> &'static str {
        self.go_type
    }

    fn methods(&self) -> &'static [Method] {
        self.methods
    }

    fn display(&self) -> Option<String> {
        Some(self.text.clone())
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::str(self.text.as_str()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

const WORD_METHODS: &[Method] = &[Method { name: "String", params: &[], variadic: false, call: shown }];
const STATUS_METHODS: &[Method] = &[
    Method { name: "IsPending", params: &[], variadic: false, call: is_pending },
    Method { name: "String", params: &[], variadic: false, call: shown },
];

fn shown(word: &Rc<dyn Object>, _: &[Value]) -> Result<Value, GoError> {
    Ok(Value::str(word.display().unwrap_or_default()))
}

fn is_pending(word: &Rc<dyn Object>, _: &[Value]) -> Result<Value, GoError> {
    Ok(Value::Bool(word.display().is_some_and(|text| Status::of(&text).is_pending())))
}

fn word(go_type: &'static str, text: &str, methods: &'static [Method]) -> Value {
    Value::object(Word { go_type, text: text.to_owned(), methods })
}

fn words(go_type: &'static str, texts: &[String]) -> Value {
    Value::list(texts.iter().map(|text| word(go_type, text, WORD_METHODS)).collect())
}

/// Go's zero time where there is none.
fn time(time: Option<&Time>) -> Value {
    Value::object(time.cloned().unwrap_or_else(Time::zero))
}

fn chart(chart: &Chart) -> Value {
    let metadata = match &chart.metadata {
        Some(metadata) => fields_of("*v2.Metadata", METADATA, &metadata.to_map()),
        None => Value::object(Null("*v2.Metadata")),
    };
    let lock = match &chart.lock {
        Some(lock) => {
            let (generated, digest) = (lock.generated.as_str().into(), lock.digest.as_str().into());
            object("*v2.Lock", vec![("Generated", generated), ("Digest", digest)])
        }
        None => Value::object(Null("*v2.Lock")),
    };
    let fields = vec![
        ("Raw", Value::list(Vec::new())),
        ("Metadata", metadata),
        ("Lock", lock),
        ("Templates", files(chart.templates.as_deref())),
        ("Values", Value::Map(chart.values.clone().unwrap_or_else(Map::nil))),
        ("Schema", Value::Bytes(chart.schema.clone().unwrap_or_default())),
        ("SchemaModTime", time(chart.schema_modified.as_ref())),
        ("Files", files(chart.files.as_deref())),
        ("ModTime", time(chart.modified.as_ref())),
    ];
    Value::object(Struct { go_type: "*v2.Chart", fields, methods: CHART_METHODS })
}

fn files(files: Option<&[File]>) -> Value {
    let file = |file: &File| {
        let data = file.data.as_ref().map(|data| data.bytes().clone()).unwrap_or_default();
        object(
            "*common.File",
            vec![
                ("Name", file.name.as_str().into()),
                ("Data", Value::Bytes(data)),
                ("ModTime", time(file.modified.as_ref())),
            ],
        )
    };
    Value::list(files.unwrap_or_default().iter().map(file).collect())
}

/// The fields of Chart.yaml in the order of Go's struct.
const METADATA: &[&str] = &[
    "Name",
    "Home",
    "Sources",
    "Version",
    "Description",
    "Keywords",
    "Maintainers",
    "Icon",
    "APIVersion",
    "Condition",
    "Tags",
    "AppVersion",
    "Deprecated",
    "Annotations",
    "KubeVersion",
    "Dependencies",
    "Type",
];
const MAINTAINER: &[&str] = &["Name", "Email", "URL"];
const DEPENDENCY: &[&str] = &["Name", "Version", "Repository", "Condition", "Tags", "Enabled", "ImportValues", "Alias"];

/// Makes a struct of a map that has its fields; unlike the map it says when a field does not exist.
fn fields_of(go_type: &'static str, names: &[&'static str], map: &Map) -> Value {
    let field = |name: &&'static str| {
        let value = map.get(name.as_bytes()).unwrap_or(Value::Nil);
        let value = match *name {
            "Maintainers" => each("*v2.Maintainer", MAINTAINER, &value),
            "Dependencies" => each("*v2.Dependency", DEPENDENCY, &value),
            _ => value,
        };
        (*name, value)
    };
    object(go_type, names.iter().map(field).collect())
}

fn each(go_type: &'static str, names: &[&'static str], list: &Value) -> Value {
    let items = list.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
    Value::list(items.iter().filter_map(Value::as_map).map(|map| fields_of(go_type, names, map)).collect())
}

/// Methods of a chart without parameters: its name is one, not a field.
const CHART_METHODS: &[Method] = &[
    Method { name: "AppVersion", params: &[], variadic: false, call: |chart, _| metadata(chart, "AppVersion") },
    Method { name: "ChartFullPath", params: &[], variadic: false, call: |chart, _| metadata(chart, "Name") },
    Method { name: "ChartPath", params: &[], variadic: false, call: |chart, _| metadata(chart, "Name") },
    Method { name: "IsRoot", params: &[], variadic: false, call: |_, _| Ok(Value::Bool(true)) },
    Method { name: "Name", params: &[], variadic: false, call: |chart, _| metadata(chart, "Name") },
];

fn metadata(chart: &Rc<dyn Object>, name: &str) -> Result<Value, GoError> {
    let text = match chart.field("Metadata") {
        Some(Value::Object(metadata)) => metadata.field(name),
        _ => None,
    };
    Ok(text.unwrap_or_else(|| Value::str("")))
}

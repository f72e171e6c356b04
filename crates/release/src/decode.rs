//! From JSON, and from the YAML of tests, to a record.

use chart::{Lock, Metadata};
use gostd::time::Time;
use gostd::{GoError, Map, Str, Value, json};

use crate::envelope::decode_base64;
use crate::hook::{Hook, LastRun, Phase};
use crate::shape::{RELEASE, RELEASES};
use crate::{Chart, File, Info, Release, Status, times};

/// Reads the JSON of a record.
///
/// # Errors
/// What `json.Unmarshal` says: a syntax error, a value of another type, a bad time, `illegal base64 data at input byte 4`.
pub fn from_json(text: &[u8]) -> Result<Release, GoError> {
    release(&json::decode_shaped(text, &RELEASE)?)
}

/// Reads a YAML list of records: what `HELM_MEMORY_DRIVER_DATA` names.
///
/// # Errors
/// What sigs.k8s.io/yaml says of the text.
pub fn from_yaml(text: &[u8]) -> Result<Vec<Release>, GoError> {
    let value = goyaml::from_yaml_shaped(text, &RELEASES)?;
    let list = value.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
    let read: Result<Vec<Release>, GoError> = list.iter().filter(|value| !value.is_nil()).map(release).collect();
    read.map_err(|error| GoError::wrap(format!("error unmarshaling JSON: while decoding JSON: {}", error.text), error))
}

fn release(value: &Value) -> Result<Release, GoError> {
    let fields = Fields::of(value);
    Ok(Release {
        name: fields.string("name"),
        info: info(&Fields::of(&fields.get("info")))?,
        chart: fields.some("chart").map(|value| chart(&Fields::of(&value))).transpose()?,
        config: fields.map("config"),
        manifest: fields.text("manifest"),
        hooks: fields.list("hooks").unwrap_or_default().iter().map(hook).collect::<Result<_, _>>()?,
        version: fields.number("version"),
        namespace: fields.string("namespace"),
        apply_method: fields.string("apply_method"),
        ..Release::default()
    })
}

fn info(fields: &Fields) -> Result<Info, GoError> {
    Ok(Info {
        first_deployed: fields.time("first_deployed")?,
        last_deployed: fields.time("last_deployed")?,
        deleted: fields.time("deleted")?,
        description: fields.string("description"),
        status: Status::of(&fields.string("status")),
        rollback_revision: fields.number("rollback_revision"),
        notes: fields.string("notes"),
        ..Info::default()
    })
}

fn hook(value: &Value) -> Result<Hook, GoError> {
    let fields = Fields::of(value);
    let run = Fields::of(&fields.get("last_run"));
    Ok(Hook {
        name: fields.string("name"),
        kind: fields.string("kind"),
        path: fields.string("path"),
        manifest: fields.text("manifest"),
        events: fields.strings("events"),
        last_run: LastRun {
            started_at: run.time("started_at")?,
            completed_at: run.time("completed_at")?,
            phase: Phase::of(&run.string("phase")),
        },
        weight: fields.number("weight"),
        delete_policies: fields.strings("delete_policies"),
        output_log_policies: fields.strings("output_log_policies"),
    })
}

fn chart(fields: &Fields) -> Result<Chart, GoError> {
    Ok(Chart {
        metadata: fields.some("metadata").map(|value| Metadata::from_value(&value)),
        lock: fields.some("lock").map(|value| Lock::from_value(&value)),
        templates: files(fields.list("templates"))?,
        values: fields.map("values"),
        schema: fields.bytes("schema")?,
        schema_modified: fields.time("schemamodtime")?,
        files: files(fields.list("files"))?,
        modified: fields.time("modtime")?,
    })
}

/// Files that are null are left out: Helm itself fails over them.
fn files(list: Option<Vec<Value>>) -> Result<Option<Vec<File>>, GoError> {
    let Some(list) = list else { return Ok(None) };
    let file = |value: &Value| {
        let fields = Fields::of(value);
        let data = fields.bytes("data")?.map(Into::into);
        Ok(File { name: fields.string("name"), data, modified: fields.time("modtime")? })
    };
    list.iter().filter(|value| !value.is_nil()).map(file).collect::<Result<_, _>>().map(Some)
}

/// The fields of a struct that are present.
struct Fields(Map);

impl Fields {
    fn of(value: &Value) -> Self {
        Fields(value.as_map().cloned().unwrap_or_default())
    }

    fn get(&self, name: &str) -> Value {
        self.0.get(name.as_bytes()).unwrap_or(Value::Nil)
    }

    fn some(&self, name: &str) -> Option<Value> {
        Some(self.get(name)).filter(|value| !value.is_nil())
    }

    fn text(&self, name: &str) -> Str {
        self.get(name).as_str().cloned().unwrap_or_default()
    }

    fn string(&self, name: &str) -> String {
        self.text(name).to_text().into_owned()
    }

    fn number(&self, name: &str) -> i64 {
        match self.get(name) {
            Value::Int(number) => number,
            _ => 0,
        }
    }

    fn time(&self, name: &str) -> Result<Option<Time>, GoError> {
        times::read(&self.text(name))
    }

    /// A map; null is none.
    fn map(&self, name: &str) -> Option<Map> {
        self.get(name).as_map().filter(|map| !map.is_nil()).cloned()
    }

    /// A list; null is none.
    fn list(&self, name: &str) -> Option<Vec<Value>> {
        self.get(name).as_list().filter(|list| !list.is_nil()).map(|list| list.items().to_vec())
    }

    fn strings(&self, name: &str) -> Vec<String> {
        let list = self.list(name).unwrap_or_default();
        list.iter().map(|value| value.as_str().map(|text| text.to_text().into_owned()).unwrap_or_default()).collect()
    }

    /// A `[]byte`; null is none.
    fn bytes(&self, name: &str) -> Result<Option<Str>, GoError> {
        let value = self.get(name);
        value.as_str().map(|text| decode_base64(text).map(Str::from)).transpose()
    }
}

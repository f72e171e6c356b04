//! The JSON of a record (`json.Marshal` of `pkg/release/v1` and `pkg/chart/v2`).

use std::ops::Range;

use chart::Lock;
use chart::metadata::append_dependencies;
use gostd::{GoError, Value};

use crate::object::{Object, RecordMembers, list};
use crate::{Chart, File, Hook, Info, LastRun, Release};

/// Returns the JSON of a release: what is packed, and what `-o json` prints before it indents.
///
/// # Errors
/// What `encoding/json` says of values: `json: unsupported value: NaN`, of cycles and depth.
pub fn to_json(release: &Release) -> Result<Vec<u8>, GoError> {
    to_json_parts(release).map(|(json, _)| json)
}

/// Returns the JSON of a release, and where in it that is what its operation does not change: chart, values, manifest.
pub(crate) fn to_json_parts(release: &Release) -> Result<(Vec<u8>, Range<usize>), GoError> {
    let mut out = Vec::with_capacity(release.manifest.len() * 2 + 4096);
    let mut object = Object::open(&mut out);
    object.text_unless_empty("name", release.name.as_bytes());
    info(object.name("info"), &release.info);
    let start = object.out.len();
    if let Some(kept) = &release.chart {
        chart(object.name("chart"), kept)?;
    }
    if let Some(config) = release.config.as_ref().filter(|config| !config.is_empty()) {
        object.value("config", &Value::Map(config.clone()))?;
    }
    object.text_unless_empty("manifest", &release.manifest);
    let end = object.out.len();
    if !release.hooks.is_empty() {
        list(object.name("hooks"), &release.hooks, hook);
    }
    object.number_unless_zero("version", release.version);
    object.text_unless_empty("namespace", release.namespace.as_bytes());
    object.text_unless_empty("apply_method", release.apply_method.as_bytes());
    object.close();
    Ok((out, start..end))
}

fn info(out: &mut Vec<u8>, info: &Info) {
    let mut object = Object::open(out);
    object.time_unless_zero("first_deployed", info.first_deployed.as_ref());
    object.time_unless_zero("last_deployed", info.last_deployed.as_ref());
    object.time_unless_zero("deleted", info.deleted.as_ref());
    object.text_unless_empty("description", info.description.as_bytes());
    object.text_unless_empty("status", info.status.as_str().as_bytes());
    object.number_unless_zero("rollback_revision", info.rollback_revision);
    object.text_unless_empty("notes", info.notes.as_bytes());
    if !info.resources.is_empty() {
        let mut kinds = Object::open(object.name("resources"));
        for (kind, objects) in &info.resources {
            list(kinds.name(kind), objects, |out, json| out.extend_from_slice(json));
        }
        kinds.close();
    }
    object.close();
}

fn hook(out: &mut Vec<u8>, hook: &Hook) {
    let mut object = Object::open(out);
    object.text_unless_empty("name", hook.name.as_bytes());
    object.text_unless_empty("kind", hook.kind.as_bytes());
    object.text_unless_empty("path", hook.path.as_bytes());
    object.text_unless_empty("manifest", &hook.manifest);
    object.texts_unless_empty("events", &hook.events);
    last_run(object.name("last_run"), &hook.last_run);
    object.number_unless_zero("weight", hook.weight);
    object.texts_unless_empty("delete_policies", &hook.delete_policies);
    object.texts_unless_empty("output_log_policies", &hook.output_log_policies);
    object.close();
}

fn last_run(out: &mut Vec<u8>, run: &LastRun) {
    let mut object = Object::open(out);
    object.time_unless_zero("started_at", run.started_at.as_ref());
    object.time_unless_zero("completed_at", run.completed_at.as_ref());
    object.text("phase", run.phase.as_str().as_bytes());
    object.close();
}

fn chart(out: &mut Vec<u8>, chart: &Chart) -> Result<(), GoError> {
    let mut object = Object::open(out);
    match &chart.metadata {
        Some(kept) => kept.append_json(object.name("metadata"))?,
        None => object.name("metadata").extend_from_slice(b"null"),
    }
    match &chart.lock {
        Some(kept) => lock(object.name("lock"), kept)?,
        None => object.name("lock").extend_from_slice(b"null"),
    }
    files(object.name("templates"), chart.templates.as_deref());
    object.value("values", &chart.values.clone().map_or(Value::Nil, Value::Map))?;
    object.bytes("schema", chart.schema.as_deref());
    object.time("schemamodtime", chart.schema_modified.as_ref());
    files(object.name("files"), chart.files.as_deref());
    object.time_unless_zero("modtime", chart.modified.as_ref());
    object.close();
    Ok(())
}

fn files(out: &mut Vec<u8>, files: Option<&[File]>) {
    let Some(files) = files else { return out.extend_from_slice(b"null") };
    list(out, files, |out, file| {
        let mut object = Object::open(out);
        object.text("name", file.name.as_bytes());
        object.bytes("data", file.data.as_deref());
        object.time_unless_zero("modtime", file.modified.as_ref());
        object.close();
    });
}

fn lock(out: &mut Vec<u8>, lock: &Lock) -> Result<(), GoError> {
    let mut object = Object::open(out);
    let generated = crate::times::read(lock.generated.as_bytes())?;
    object.time("generated", generated.as_ref());
    object.text("digest", lock.digest.as_bytes());
    let out = object.name("dependencies");
    match lock.declares_dependencies {
        true => append_dependencies(out, &lock.dependencies)?,
        false => out.extend_from_slice(b"null"),
    }
    object.close();
    Ok(())
}

//! The data that templates see: one map a chart, shared by its templates (Helm's `recAllTpls`).

use std::cmp::Reverse;

use chart::Chart;
use gostd::value::Entries;
use gostd::{Map, Str, Value};

use crate::files::Files;

/// A template with the data of its chart.
pub struct Template {
    /// The path that error texts name, as `hello/templates/service.yaml`.
    pub path: String,
    pub text: Str,
    pub context: Map,
    base_path: String,
}

impl Template {
    /// Partials are parsed for their definitions only.
    pub fn is_partial(&self) -> bool {
        self.path.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
    }

    /// Puts `.Template` into the chart's data: the file being rendered, whoever's definition runs.
    pub fn announce(&self) {
        let entries = Entries::from([
            (Str::from("Name"), Value::from(self.path.as_str())),
            (Str::from("BasePath"), Value::from(self.base_path.as_str())),
        ]);
        self.context.insert("Template", Value::Map(Map::of(&chart::values::VALUES, entries)));
    }
}

/// Returns the templates of a chart and its subcharts in the order of parsing and rendering: most slashes first, then
/// in reverse byte order.
pub fn templates(chart: &Chart, top: &Map) -> Vec<Template> {
    let mut all = Vec::new();
    collect(chart, top, &mut all);
    // Of two charts at one path (loaded twice under charts/) the later one counts, as in Go's map.
    all.reverse();
    all.sort_by_cached_key(|t| (Reverse(t.path.matches('/').count()), Reverse(t.path.clone())));
    all.dedup_by(|later, first| later.path == first.path);
    all
}

fn collect(chart: &Chart, parent: &Map, all: &mut Vec<Template>) -> Map {
    let inherited = |key: &[u8]| parent.get(key).unwrap_or(Value::Nil);
    let metadata = chart.metadata_map();
    metadata.insert("IsRoot", Value::Bool(chart.is_root()));
    let files = chart.files().iter().map(|file| (Str::from(file.name.as_str()), file.data.clone()));
    let subcharts = Map::default();
    let context = Map::new(Entries::from([
        (Str::from("Chart"), Value::Map(metadata)),
        (Str::from("Files"), Value::object(Files::new(files))),
        (Str::from("Release"), inherited(b"Release")),
        (Str::from("Capabilities"), inherited(b"Capabilities")),
        (Str::from("Values"), values(chart, parent)),
        (Str::from("Subcharts"), Value::Map(subcharts.clone())),
    ]));
    for child in chart.dependencies() {
        let sub = collect(child, &context, all);
        subcharts.insert(child.name(), Value::Map(sub));
    }
    let full_path = chart.full_path();
    for file in chart.templates().iter().filter(|file| chart.is_template(&file.name)) {
        all.push(Template {
            path: join(&full_path, &file.name),
            text: file.data.clone(),
            context: context.clone(),
            base_path: join(&full_path, "templates"),
        });
    }
    context
}

/// The root sees the whole values, a subchart the table under its name; dots in the name go deeper, as in Helm.
fn values(chart: &Chart, parent: &Map) -> Value {
    let values = parent.get(b"Values").unwrap_or(Value::Nil);
    if chart.is_root() {
        return values;
    }
    let below = |table: Value, part: &str| table.as_map().and_then(|map| map.get(part.as_bytes()));
    match chart.name().split('.').try_fold(values, below) {
        Some(Value::Map(table)) => Value::Map(table.view(&chart::values::VALUES)),
        _ => Value::Map(Map::of(&chart::values::VALUES, Entries::new())),
    }
}

fn join(base: &str, name: &str) -> String {
    let joined = gostd::path::join(&[base.as_bytes(), name.as_bytes()]);
    String::from_utf8_lossy(&joined).into_owned()
}

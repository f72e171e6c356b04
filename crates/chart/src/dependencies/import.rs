//! import-values: tables of subcharts that become default values of their parent.

use std::rc::Rc;

use gostd::strconv::quote;
use gostd::value::{Entries, MapType};
use gostd::{GoError, Map, Str, Value};

use super::shared::Shared;
use crate::chart::Chart;
use crate::log::Log;
use crate::metadata::Metadata;
use crate::values::defaults::Defaults;
use crate::values::tree::{Node, Table};
use crate::values::{Coalescer, Mode, Prefix, deep_copy_map};

/// Imports into the subcharts, then into the chart itself; its default values become those of the whole tree.
pub fn process(chart: &mut Chart, shared: &mut Shared, log: &mut dyn Log) -> Result<(), GoError> {
    for child in &mut chart.children {
        process(child, shared, log)?;
    }
    shared.refresh(chart);
    if !chart.metadata.declares_dependencies {
        return Ok(());
    }
    let values = Table::default();
    Coalescer::new(Mode::Merge, log).chart(chart, &values, Prefix::ROOT)?;
    let imported = Table::default();
    let mut metadata = Metadata::clone(&chart.metadata);
    let mut any = false;
    for dependency in &mut metadata.dependencies {
        let mut written = Vec::new();
        for item in &dependency.import_values {
            let Some(import) = Import::read(item) else { continue };
            written.push(import.to_value());
            any = true;
            match table(&values, &format!("{}.{}", dependency.name, import.child)) {
                Ok(source) => {
                    let source = Node::Table(import.place(source));
                    Coalescer::new(Mode::Merge, log).tables(&imported, &source, Prefix::ROOT, Mode::Merge);
                }
                Err(error) => import.missing(&dependency.name, &error, log),
            }
        }
        dependency.import_values = written;
    }
    // A parent's own values win over imported ones.
    let values = values.deep_clone();
    let source = Node::Table(imported);
    Coalescer::new(Mode::Merge, log).tables(&values, &source, Prefix::ROOT, Mode::Merge);
    let map = values.to_map();
    // What is imported is in two places, which must not be the same map.
    let map = if any { deep_copy_map(&map) } else { map };
    chart.defaults = Rc::new(Defaults::new(map));
    shared.change(chart, metadata);
    Ok(())
}

/// One entry of `import-values`.
struct Import {
    child: String,
    parent: String,
    /// Given as a string: a table below `exports`.
    exported: bool,
}

impl Import {
    /// Reads an entry; one that was processed before (another copy of the chart) or has another type is nothing.
    fn read(item: &Value) -> Option<Self> {
        match item {
            Value::Str(name) => {
                Some(Import { child: format!("exports.{}", name.to_text()), parent: ".".to_owned(), exported: true })
            }
            Value::Map(map) if map.go_type() == MapType::ANY.name => {
                let text = |key: &[u8]| {
                    let value = map.get(key).unwrap_or(Value::Nil);
                    String::from_utf8_lossy(&gostd::fmt::sprintf(b"%v", &[value])).into_owned()
                };
                Some(Import { child: text(b"child"), parent: text(b"parent"), exported: false })
            }
            _ => None,
        }
    }

    fn to_value(&self) -> Value {
        Value::Map(Map::of(
            MapType::STRINGS,
            Entries::from([
                (Str::from("child"), self.child.as_str().into()),
                (Str::from("parent"), self.parent.as_str().into()),
            ]),
        ))
    }

    /// Puts a table at the parent's path.
    fn place(&self, table: Table) -> Table {
        if self.parent == "." {
            return table;
        }
        self.parent.split('.').rev().fold(table, |inner, part| {
            let outer = Table::default();
            outer.insert(Str::from(part), Node::Table(inner));
            outer
        })
    }

    fn missing(&self, chart: &str, error: &GoError, log: &mut dyn Log) {
        match self.exported {
            true => log.warn("ImportValues missing table", &[("error", &error.text)]),
            false => {
                let fields = [("chart", chart), ("error", error.text.as_str())];
                log.warn("ImportValues missing table from chart", &fields);
            }
        }
    }
}

/// Opens the map at a dotted path, and all in it: merging changes them in their first place too, as in Helm.
fn table(values: &Table, path: &str) -> Result<Table, GoError> {
    let mut table = values.clone();
    for part in path.split('.') {
        table = table.open(part.as_bytes()).ok_or_else(|| {
            let part = String::from_utf8_lossy(&quote(part.as_bytes())).into_owned();
            GoError::new(format!("{part} is not a table"))
        })?;
    }
    if table.is_empty() {
        return Ok(Table::default());
    }
    table.open_all();
    Ok(table)
}

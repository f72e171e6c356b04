//! values.yaml, and values.schema.json beside it (`rules/values.go`).

use chart::log::Log;
use chart::schema::Schemas;
use gostd::{Map, Value};

use super::io_error;
use crate::message::Linter;
use crate::message::Severity::{Error, Info};

const FILE: &str = "values.yaml";

/// Runs the rules on the values of the chart itself; those of subcharts are not looked at.
pub fn check(linter: &mut Linter, overrides: &Map, schemas: Schemas<'_>, log: &mut dyn Log) {
    let path = linter.chart_dir.join(FILE);
    let exists = if path.exists() { Ok(()) } else { Err("file does not exist".to_string()) };
    if linter.rule(Info, FILE, exists).is_none() {
        return;
    }
    let result = validate(&path, overrides, schemas, log);
    linter.rule(Error, FILE, result);
}

fn validate(path: &std::path::Path, overrides: &Map, schemas: Schemas<'_>, log: &mut dyn Log) -> Result<(), String> {
    let bytes = std::fs::read(path).map_err(|e| format!("unable to parse YAML: {}", io_error("read", path, &e)))?;
    let values = chart::values::read_values(&bytes).map_err(|e| format!("unable to parse YAML: {}", e.text))?;
    let merged = chart::values::coalesce_tables(&Map::default(), overrides, log);
    let merged = chart::values::coalesce_tables(&merged, &values, log);
    let Ok(schema) = std::fs::read(path.with_extension("schema.json")) else { return Ok(()) };
    match schemas {
        Schemas::Checked(references) if !schema.is_empty() => {
            chart::schema::validate_single(&Value::Map(merged), &schema, references, log).map_err(|e| e.text)
        }
        Schemas::Checked(_) | Schemas::Ignored => Ok(()),
    }
}

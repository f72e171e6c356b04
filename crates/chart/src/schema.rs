//! Values against the JSON schemas of a chart and its subcharts (`pkg/chart/common/util/jsonschema.go` of Helm 4.3.1).

use gostd::{GoError, Map, Value};
pub use jsonschema::LoadError;
use jsonschema::Loader;

use crate::chart::Chart;
use crate::log::Log;

/// The port through which references leave the schemas of charts.
pub trait References {
    /// Returns the text behind a `file:`, `http:` or `https:` URL.
    ///
    /// # Errors
    /// Their text ends `failing loading "URL": …`; [`LoadError::TooLong`] for more than `limit_bytes`.
    fn load(&self, url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError>;

    /// Reports whether a URN that nobody knows is met for the first time in this process.
    fn is_new_urn(&self, urn: &str) -> bool;
}

/// What becomes of the schemas of charts.
#[derive(Clone, Copy)]
pub enum Schemas<'a> {
    Ignored,
    /// Values are checked against them.
    Checked(&'a dyn References),
}

/// Checks coalesced values against the schema of a chart and, each with its own table, of its subcharts.
///
/// # Errors
/// The findings of all charts, each below `NAME:`.
pub fn validate(chart: &Chart, values: &Map, references: &dyn References, log: &mut dyn Log) -> Result<(), GoError> {
    let mut port = Port { references, log };
    let mut findings = String::new();
    check_chart(chart, values, &mut port, &mut findings);
    match findings.is_empty() {
        true => Ok(()),
        false => Err(GoError::new(findings)),
    }
}

/// Checks values against one schema (`helm lint`).
///
/// # Errors
/// The findings, ending with a line end; or why the schema cannot be used.
pub fn validate_single(
    values: &Value,
    schema: &[u8],
    references: &dyn References,
    log: &mut dyn Log,
) -> Result<(), GoError> {
    check_single(values, schema, &mut Port { references, log })
}

fn check_chart(chart: &Chart, values: &Map, port: &mut Port<'_>, findings: &mut String) {
    if let Some(schema) = chart.schema() {
        port.log.debug("chart name", &[("chart-name", chart.name())]);
        if let Err(error) = check_single(&Value::Map(values.clone()), schema, port) {
            findings.push_str(&format!("{}:\n{}", chart.name(), error.text));
        }
    }
    let count = chart.dependencies().len().to_string();
    let fields = [("chart", chart.name()), ("dependencies", count.as_str())];
    port.log.debug("number of dependencies in the chart", &fields);
    for child in chart.dependencies() {
        match values.get(child.name().as_bytes()) {
            None | Some(Value::Nil) => {}
            Some(Value::Map(values)) => check_chart(child, &values, port, findings),
            Some(other) => {
                let (name, found) = (child.name(), other.go_type());
                findings.push_str(&format!("{name}:\ninvalid type for values: expected object (map), got {found}\n"));
            }
        }
    }
}

fn check_single(values: &Value, schema: &[u8], port: &mut Port<'_>) -> Result<(), GoError> {
    let text = String::from_utf8_lossy(schema);
    port.log.debug("unmarshalled JSON schema", &[("schema", &text)]);
    jsonschema::check_values(values, schema, port)
}

/// Names each unknown URN once.
struct Port<'a> {
    references: &'a dyn References,
    log: &'a mut dyn Log,
}

impl Loader for Port<'_> {
    fn load(&mut self, url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        self.references.load(url, limit_bytes)
    }

    fn unresolved_urn(&mut self, urn: &str) {
        if self.references.is_new_urn(urn) {
            self.log.warn("unresolved URN reference ignored; using permissive schema", &[("urn", urn)]);
        }
    }
}
